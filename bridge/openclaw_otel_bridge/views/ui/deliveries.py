"""Every notification and every attempt to deliver it: time, status, duration, answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request, url_for
from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.reads.issues import get_issues
from openclaw_otel_bridge.reads.view import view_of
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.page import page
from openclaw_otel_bridge.views.ui.session import viewer

PAGE_SIZE = 50
STATUSES = ("queued", "sent", "failed", "dead")


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt. `http_status` None: no answer came; `answer` is the body's beginning or the error."""

    delivery_id: int
    n: int
    at: datetime
    duration_ms: int
    http_status: int | None
    outcome: str
    answer: str


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    kind: str
    issue_id: int | None
    status: str
    attempts: int
    next_attempt_at: datetime
    created_at: datetime
    channel_id: int
    channel_name: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one channel, with its attempts, the first one first."""

    row: _Row
    tries: tuple[Try, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What part of the list is wanted."""

    status: str | None = None
    channel: int | None = None
    issue: int | None = None
    before: int | None = None


@blueprint.get("/deliveries")
def deliveries() -> Response:
    """The deliveries of the project, the latest first."""
    args = request.args
    status = args.get("status")
    asked = Asked(
        status if status in STATUSES else None,
        args.get("channel", type=int),
        args.get("issue", type=int),
        args.get("before", type=int),
    )
    with services().database.connection() as conn:
        found, more = list_deliveries(conn, viewer(), asked)
    last = found[-1].row.id if more and found else None
    return page(
        "deliveries.html",
        section="channels",
        deliveries=found,
        wanted=asked.status or "",
        channel=asked.channel,
        next_url=url_for("ui.deliveries", status=asked.status, channel=asked.channel, before=last) if last else "",
    )


def list_deliveries(conn: Connection, actor: Actor, asked: Asked) -> tuple[list[Delivery], bool]:
    """Return a page of deliveries about issues the actor can see, and whether there are more."""
    require(actor, "delivery.view")
    parameters = {
        "project": actor.project_id,
        "status": asked.status,
        "channel": asked.channel,
        "issue": asked.issue,
        "before": asked.before,
        "limit": PAGE_SIZE + 1,
    }
    with conn.cursor(row_factory=class_row(_Row)) as cursor:
        rows = cursor.execute(queries("ui")["deliveries"], parameters).fetchall()
    shown = _seen(conn, actor, rows[:PAGE_SIZE])
    tries: dict[int, list[Try]] = {row.id: [] for row in shown}
    with conn.cursor(row_factory=class_row(Try)) as cursor:
        for attempt in cursor.execute(queries("ui")["tries"], {"ids": list(tries)}):
            tries[attempt.delivery_id].append(attempt)
    return [Delivery(row, tuple(tries[row.id])) for row in shown], len(rows) > PAGE_SIZE


def _seen(conn: Connection, actor: Actor, rows: Sequence[_Row]) -> list[_Row]:
    if view_of(actor).everything:
        return list(rows)
    seen = {issue.id for issue in get_issues(conn, actor, [row.issue_id for row in rows if row.issue_id])}
    return [row for row in rows if row.issue_id is None or row.issue_id in seen]
