"""Say something about an issue."""

from __future__ import annotations

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.notify import queue
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.people.scope import check_seen
from openclaw_otel_bridge.workflow.activity import note
from openclaw_otel_bridge.workflow.errors import MissingField
from openclaw_otel_bridge.workflow.findings import checked_text
from openclaw_otel_bridge.workflow.issue import lock


def comment(conn: Connection, actor: Actor, issue_id: int, text: str) -> int:
    """Add a comment and return the id of its activity entry; the text is plain, not markup.

    Raises:
        NotFound, NotAllowed, MissingField, InvalidField: see `workflow.errors`.
    """
    require(actor, "issue.comment")
    issue = lock(conn, actor, issue_id)
    check_seen(conn, actor, issue_id)
    text = checked_text("text", text)
    if not text:
        raise MissingField("text")
    entry = note(conn, actor, issue_id, "comment", {"text": text})
    queue.about(conn, actor, issue, "comment", {"text": text}, once=f"comment:{entry}")
    return entry
