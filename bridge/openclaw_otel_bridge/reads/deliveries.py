"""Notifications that were queued or sent, with every attempt: what the robot answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.cursor import encode
from openclaw_otel_bridge.reads.pages import Order, Page, cut
from openclaw_otel_bridge.reads.view import View, part, rows_of, view_of
from openclaw_otel_bridge.workflow.errors import NotFound

STATUSES = ("queued", "sent", "failed", "dead")
_ORDER = Order("deliveries", (sql.SQL("d.id"),), ("bigint",))


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one channel; `data` are the parameters of its text."""

    id: int
    channel_id: int
    channel_name: str
    channel_kind: str
    issue_id: int | None
    kind: str
    data: Mapping[str, Any]
    status: str
    attempts: int
    next_attempt_at: datetime
    last_error: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: `answer` is the beginning of what came back, or the error instead."""

    n: int
    at: datetime
    duration_ms: int
    http_status: int | None
    outcome: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which deliveries: None leaves a field open."""

    status: str | None = None
    channel_id: int | None = None
    issue_id: int | None = None


def list_deliveries(
    conn: Connection, actor: Actor, wanted: Wanted | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Delivery]:
    """Return a page of the deliveries about issues the actor sees, the latest first.

    Raises:
        BadCursor: the cursor is none of this list.
    """
    asked = wanted or Wanted()
    view = view_of(actor)
    rows = _rows(
        conn,
        view,
        after=_ORDER.after(cursor, view.binder),
        status=view.binder.bind(asked.status),
        channel=view.binder.bind(asked.channel_id),
        issue=view.binder.bind(asked.issue_id),
        id=view.binder.bind(None),
        limit=view.binder.bind(limit + 1),
    )
    return cut(rows, limit, lambda last: encode("deliveries", (str(last.id),)))


def get_delivery(conn: Connection, actor: Actor, delivery_id: int) -> Delivery:
    """Return one delivery.

    Raises:
        NotFound: it is not there, or about an issue the actor does not see.
    """
    view = view_of(actor)
    none = view.binder.bind(None)
    rows = _rows(
        conn,
        view,
        after=sql.SQL("true"),
        status=none,
        channel=none,
        issue=none,
        id=view.binder.bind(delivery_id),
        limit=view.binder.bind(1),
    )
    if not rows:
        raise NotFound("delivery", "通知", delivery_id)
    return rows[0]


def attempts(conn: Connection, delivery_id: int) -> Sequence[Attempt]:
    """Return every attempt of a delivery, in order; the delivery must be visible (see `get_delivery`)."""
    return rows_of(conn, "attempts", {"id": delivery_id}, Attempt)


def _rows(conn: Connection, view: View, **places: sql.Composable) -> list[Delivery]:
    project = view.binder.bind(view.actor.project_id)
    seen = sql.SQL("true") if view.everything else part("about_visible_issue", visible=view.counted())
    return view.rows(conn, part("deliveries", project=project, seen=seen, **places), Delivery)
