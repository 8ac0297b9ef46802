"""Who changed which setting when: rules, channels, people, tokens. Never a secret in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor


def audit(conn: Connection, actor: Actor, action: str, about: str, data: Mapping[str, Any] | None = None) -> None:
    """Write one line of the audit log; `action` like `rule.create`, `about` like `rule 3`."""
    conn.execute(
        queries("people")["audit"],
        {"person_id": actor.person_id, "action": action, "object": about, "data": Jsonb(dict(data or {}))},
    )
