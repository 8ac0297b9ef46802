"""Hold back an issue's notifications for a time or a number of events: an overlay, not a state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.notify import queue
from openclaw_otel_bridge.people.actor import Actor, system_actor
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.people.scope import check_act
from openclaw_otel_bridge.workflow.activity import note
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField
from openclaw_otel_bridge.workflow.issue import IssueState, lock, save

LONGEST = timedelta(days=366)
MOST = 10**9


def mute(
    conn: Connection,
    actor: Actor,
    issue_id: int,
    *,
    until: datetime | None = None,
    count: int | None = None,
    expected_version: int | None = None,
) -> IssueState:
    """Mute until a time (aware), or until `count` more events have come, whichever is first; return the issue.

    Raises:
        NotFound, NotAllowed, StaleVersion, MissingField, InvalidField: see `workflow.errors`.
    """
    require(actor, "issue.mute")
    if until is None and count is None:
        raise MissingField("until", "count", en="give one of them", zh="至少填写一项")
    _check_time(until)
    if count is not None and not 1 <= count <= MOST:
        raise InvalidField("count", f"from 1 to {MOST}", f"应为 1 到 {MOST}")
    issue = lock(conn, actor, issue_id, expected_version)
    check_act(conn, actor, issue_id)
    after = replace(issue, muted_until=until, muted_count=None if count is None else live_count(conn, issue_id) + count)
    data = {"until": until.astimezone(UTC).isoformat() if until else None, "count": count}
    after = save(conn, after)
    note(conn, actor, issue_id, "muted", data)
    return after


def unmute(conn: Connection, actor: Actor, issue_id: int, *, expected_version: int | None = None) -> IssueState:
    """End a mute; an issue that is not muted stays as it is.

    Raises:
        NotFound, NotAllowed, StaleVersion: see `workflow.errors`.
    """
    require(actor, "issue.mute")
    issue = lock(conn, actor, issue_id, expected_version)
    check_act(conn, actor, issue_id)
    return _unmuted(conn, actor, issue) if issue.is_muted else issue


def unmute_over(conn: Connection) -> int:
    """End the mutes whose time or count has passed, tell the channels, and return how many there were."""
    rows = conn.execute(queries("issues")["mutes_over"]).fetchall()
    for issue_id, project_id in rows:
        actor = system_actor(project_id)
        after = _unmuted(conn, actor, lock(conn, actor, issue_id))
        if after.status != "resolved":
            queue.about(conn, actor, after, "unmuted", {})
    return len(rows)


def live_count(conn: Connection, issue_id: int) -> int:
    """Return an issue's events, with those the worker has not folded yet."""
    row = conn.execute(queries("issues")["live_count"], {"id": issue_id}).fetchone()
    return int(row[0]) if row else 0


def _unmuted(conn: Connection, actor: Actor, issue: IssueState) -> IssueState:
    before: dict[str, Any] = {
        "until": issue.muted_until.isoformat() if issue.muted_until else None,
        "count": issue.muted_count,
    }
    after = save(conn, replace(issue, muted_until=None, muted_count=None))
    note(conn, actor, issue.id, "unmuted", {"was": before})
    return after


def _check_time(until: datetime | None) -> None:
    if until is None:
        return
    if until.tzinfo is None:
        raise InvalidField("until", "needs a time zone, e.g. 2026-01-31T08:00Z", "缺少时区，例如 2026-01-31T08:00Z")
    if not timedelta(0) < until - datetime.now(UTC) <= LONGEST:
        raise InvalidField("until", "lies in the past or over a year ahead", "已经过去，或超过一年")
