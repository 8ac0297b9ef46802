"""The activity log of an issue: every change, by whom, when (UTC, the database's clock)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor


def note(conn: Connection, actor: Actor, issue_id: int, action: str, data: Mapping[str, Any] | None = None) -> int:
    """Write one entry and return its id. `data` are parameters, never prose: readers' languages differ."""
    row = conn.execute(
        queries("issues")["note_activity"],
        {
            "issue_id": issue_id,
            "actor_id": actor.person_id,
            "actor": actor.kind,
            "action": action,
            "data": Jsonb(dict(data or {})),
        },
    ).fetchone()
    assert row is not None
    return int(row[0])
