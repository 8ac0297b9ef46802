"""A stored issue as the query language sees it: for channel filters and for rules on issues raised by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.query import EventTerms, IssueTerms, Subject
from openclaw_otel_bridge.workflow.issue import IssueState


@dataclass(frozen=True, slots=True)
class _Names:
    assignee: list[str] | None
    team: list[str] | None


@dataclass(frozen=True, slots=True)
class _Event:
    project: str
    platform: str | None
    store: str | None
    env: str | None
    service: str | None
    order_id: str | None
    request_id: str | None
    trace: str | None
    release: str | None
    attributes: dict[str, Any]


def subject_of(conn: Connection, issue: IssueState) -> Subject:
    """Return the issue with its latest stored event; one raised by hand counts its own fields as an event."""
    with conn.cursor(row_factory=class_row(_Event)) as cursor:
        events = cursor.execute(queries("issues")["latest_event"], {"id": issue.id}).fetchall()
    found = tuple(
        EventTerms(
            project=event.project,
            platform=event.platform,
            store=event.store,
            env=event.env,
            service=event.service,
            order=event.order_id,
            request=event.request_id,
            trace=event.trace,
            release=event.release,
            attributes=event.attributes,
        )
        for event in events
    )
    if not found and issue.origin == "manual":
        found = (EventTerms(platform=issue.platform, store=issue.store, service=issue.service, order=issue.order_id),)
    return Subject(issue_terms(conn, issue), found)


def issue_terms(conn: Connection, issue: IssueState) -> IssueTerms:
    """Return what the issue terms of a query read; names of an owner in every spelling."""
    names = _Names(None, None)
    if issue.assignee_id is not None or issue.team_id is not None:
        with conn.cursor(row_factory=class_row(_Names)) as cursor:
            names = (
                cursor.execute(
                    queries("issues")["owner_spellings"],
                    {"assignee_id": issue.assignee_id, "team_id": issue.team_id},
                ).fetchone()
                or names
            )
    return IssueTerms(
        status=issue.status,
        title=issue.title,
        message=issue.message,
        code=issue.code,
        category=issue.category,
        severity=issue.severity,
        platform=issue.platform,
        operation=issue.operation,
        exception_type=issue.exception_type,
        assignee_id=issue.assignee_id,
        assignee_names=tuple(names.assignee or ()),
        team_id=issue.team_id,
        team_names=tuple(names.team or ()),
        first_seen=issue.first_seen,
        last_seen=issue.last_seen,
        due=issue.due_at,
        regressed=issue.regressed,
        muted=issue.is_muted,
    )
