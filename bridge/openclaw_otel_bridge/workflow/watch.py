"""Follow an issue without owning it."""

from __future__ import annotations

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.people.scope import check_seen
from openclaw_otel_bridge.workflow.activity import note
from openclaw_otel_bridge.workflow.issue import lock


def watch(conn: Connection, actor: Actor, issue_id: int) -> None:
    """Start watching; doing it twice changes nothing."""
    _change(conn, actor, issue_id, "watch")


def unwatch(conn: Connection, actor: Actor, issue_id: int) -> None:
    """Stop watching; doing it twice changes nothing."""
    _change(conn, actor, issue_id, "unwatch")


def _change(conn: Connection, actor: Actor, issue_id: int, query: str) -> None:
    require(actor, "issue.watch")
    lock(conn, actor, issue_id)
    check_seen(conn, actor, issue_id)
    done = conn.execute(queries("issues")[query], {"issue_id": issue_id, "person_id": actor.person_id})
    if done.rowcount:
        note(conn, actor, issue_id, f"{query}ed")
