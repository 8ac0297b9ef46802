"""What may help with an issue: articles of issues the viewer can see."""

from __future__ import annotations

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.knowledge import Similar, find_similar
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.issues import Issue, get_issues
from openclaw_otel_bridge.reads.view import view_of

_SPARE = 20
"""Articles looked at beyond those asked for, because some may lie outside the viewer's scope."""


def similar(conn: Connection, actor: Actor, issue: Issue, limit: int = 5) -> list[Similar]:
    """Return the articles that may help with an issue, the nearest first; none of an issue out of view."""
    if view_of(actor).everything:
        return find_similar(conn, issue, limit)
    found = find_similar(conn, issue, limit + _SPARE)
    seen = {one.id for one in get_issues(conn, actor, [one.article.issue_id for one in found])}
    return [one for one in found if one.article.issue_id in seen][:limit]
