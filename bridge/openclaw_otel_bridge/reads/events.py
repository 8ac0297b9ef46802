"""Events of issues, and one event with all that was captured: attributes, snapshot, the spans of its trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import sql

from openclaw_otel.attributes import PLATFORM_NAME, STORE_ID
from openclaw_otel.ids import time_of
from openclaw_otel_bridge.archive import EventDetails, StoredSpan, event_details, trace_spans
from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.permissions import allowed
from openclaw_otel_bridge.query import EventTerms, IssueTerms, Query, Subject, predicate
from openclaw_otel_bridge.query.patterns import trace_bytes
from openclaw_otel_bridge.reads.bodies import without_bodies, without_headers
from openclaw_otel_bridge.reads.cursor import encode
from openclaw_otel_bridge.reads.issues import Issue
from openclaw_otel_bridge.reads.pages import Order, Page, cut
from openclaw_otel_bridge.reads.view import View, part, rows_of, view_of
from openclaw_otel_bridge.workflow.errors import NotFound

ATTACHES = timedelta(days=7)
"""How long before an issue was raised by hand the events of its order belong to it."""
_MISDATED = date(1970, 1, 1)
_ORDER = Order("occurred_at", (sql.SQL("e.occurred_at"), sql.SQL("e.id")), ("timestamptz", "uuid"))
_SOURCES = ((1, "span_event"), (2, "log"), (4, "sentry"), (8, "webhook"), (16, "span"))


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence. Ids of trace and span in hex; `message` is its first 300 characters."""

    id: UUID
    day: date
    occurred_at: datetime
    received_at: datetime
    sources: int
    occurrences: int
    platform: str | None
    store: str | None
    operation: str | None
    category: str
    code: str | None
    severity: str
    env: str | None
    service: str | None
    release: str | None
    order_id: str | None
    request_id: str | None
    trace_id: str | None
    span_id: str | None
    message: str
    exception_type: str | None
    attributes: Mapping[str, Any]
    chunk: int
    issue_id: int

    @property
    def source_names(self) -> tuple[str, ...]:
        """The ways its copies came: span_event, log, sentry, webhook, span."""
        return tuple(name for bit, name in _SOURCES if self.sources & bit)


@dataclass(frozen=True, slots=True)
class EventPage:
    """One event in full. `bodies` is False where headers, bodies and stack traces were left out for the viewer."""

    event: Event
    details: EventDetails
    spans: Sequence[StoredSpan]
    earlier: UUID | None
    later: UUID | None
    bodies: bool


def issue_events(
    conn: Connection, actor: Actor, issue: Issue, cursor: str | None = None, limit: int = 50
) -> Page[Event]:
    """Return a page of an issue's visible events, the latest first; of one raised by hand, those of its order.

    Raises:
        BadCursor: the cursor is none of this list.
    """
    view = view_of(actor)
    places: dict[str, sql.Composable] = {
        "event_columns": part("event_columns"),
        "scope": view.latest_events(),
        "after": _ORDER.after(cursor, view.binder),
        "limit": view.binder.bind(limit + 1),
    }
    if issue.origin == "manual":
        statement = part("attached_events", **places, **_attached(view, issue))
    else:
        statement = part("issue_events", **places, id=view.binder.bind(issue.id))
    rows = [_for(actor, event) for event in view.rows(conn, statement, Event)]
    return cut(rows, limit, lambda last: encode("occurred_at", (_text(last.occurred_at), str(last.id))))


def get_event(conn: Connection, actor: Actor, event_id: UUID) -> EventPage:
    """Return one event with its details, the spans of its trace by start time, and its neighbours in the issue.

    The id may be that of a copy that fell together with the event.

    Raises:
        NotFound: it is not there or cannot be seen.
    """
    event = _event(conn, actor, event_id)
    details = event_details(conn, event.day, event.id, event.chunk)
    stored = trace_spans(conn, actor.project_id, event.trace_id) if event.trace_id else []
    spans = _seen_spans(actor, event, stored)
    bodies = allowed(actor, "event.bodies")
    if not bodies:
        details, spans = without_bodies(details, spans)
    later, earlier = _neighbours(conn, actor, event)
    return EventPage(_for(actor, event), details, spans, earlier, later, bodies)


def known_events(conn: Connection, actor: Actor, text: str, limit: int = 20) -> list[Event]:
    """Return the latest visible events whose order, request or trace id is `text`."""
    view = view_of(actor)
    statement = part(
        "known_events",
        event_columns=part("event_columns"),
        project=view.binder.bind(actor.project_id),
        text=view.binder.bind(text.replace("\0", "")),
        trace=view.binder.bind(trace_bytes(text)),
        scope=view.events(),
        limit=view.binder.bind(limit),
    )
    return [_for(actor, event) for event in view.rows(conn, statement, Event)]


def _event(conn: Connection, actor: Actor, event_id: UUID) -> Event:
    """Find an event by its id: on the days the id tells first, so that one partition answers."""
    time = time_of(str(event_id))
    if time is not None:
        found = _lookup(conn, actor, event_id, "event_of_day", days=[time.date(), _MISDATED])
        if found:
            return found[0]
    found = _lookup(conn, actor, event_id, "event_of_any_day")
    if found:
        return found[0]
    copies = rows_of(conn, "copy_of", {"id": event_id}, _Copy)
    if copies and copies[0].event_id != event_id:
        return _event(conn, actor, copies[0].event_id)
    raise NotFound("event", "事件", event_id)


def _lookup(conn: Connection, actor: Actor, event_id: UUID, name: str, **values: Any) -> list[Event]:
    view = view_of(actor)
    places: dict[str, sql.Composable] = {key: view.binder.bind(value) for key, value in values.items()}
    statement = part(
        name,
        event_columns=part("event_columns"),
        id=view.binder.bind(event_id),
        project=view.binder.bind(actor.project_id),
        scope=view.events(),
        **places,
    )
    return view.rows(conn, statement, Event)


def _neighbours(conn: Connection, actor: Actor, event: Event) -> tuple[UUID | None, UUID | None]:
    view = view_of(actor)
    statement = part(
        "neighbours",
        issue=view.binder.bind(event.issue_id),
        at=view.binder.bind(event.occurred_at),
        id=view.binder.bind(event.id),
        scope=view.latest_events(),
    )
    return view.one(conn, statement) or (None, None)


def _attached(view: View, issue: Issue) -> dict[str, sql.Composable]:
    return {
        "project": view.binder.bind(issue.project_id),
        "order": view.binder.bind(issue.order_id),
        "store": view.binder.bind(issue.store),
        "since": view.binder.bind(issue.created_at - ATTACHES),
    }


def _for(actor: Actor, event: Event) -> Event:
    if allowed(actor, "event.bodies"):
        return event
    return replace(event, attributes=without_headers(event.attributes))


def _seen_spans(actor: Actor, event: Event, spans: Sequence[StoredSpan]) -> Sequence[StoredSpan]:
    """Leave out the spans of a trace that name another store or platform than the actor may see."""
    scope = view_of(actor).scope
    if scope is None or not scope.terms:
        return spans
    inside = predicate(Query(tuple(term for term in scope.event_terms if term.key.name != "project")))
    return [span for span in spans if inside(Subject(IssueTerms(), (_span_terms(event, span),)))]


def _span_terms(event: Event, span: StoredSpan) -> EventTerms:
    return EventTerms(
        platform=span.attributes.get(PLATFORM_NAME, event.platform),
        store=span.attributes.get(STORE_ID, event.store),
        env=event.env,
        service=span.service or event.service,
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")


@dataclass(frozen=True, slots=True)
class _Copy:
    event_id: UUID
