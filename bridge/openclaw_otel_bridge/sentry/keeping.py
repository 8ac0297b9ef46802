"""A webhook of Sentry on its way into the table that the worker reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from openclaw_otel_bridge.db import Connection, queries


@dataclass(frozen=True, slots=True, eq=False)
class SentryHook:
    """What is needed of one webhook."""

    integration: str
    request_id: str
    received_at: datetime
    """When it came here: what waited for the database is worked off in the order it came."""
    facts: Mapping[str, Any]


def keep_hooks(conn: Connection, hooks: Sequence[SentryHook]) -> None:
    """Store webhooks; a repeat changes nothing."""
    for hook in hooks:
        values = {"integration": hook.integration, "request_id": hook.request_id, "received_at": hook.received_at}
        conn.execute(queries("sentry")["keep_hook"], values | {"facts": Jsonb(dict(hook.facts))})
