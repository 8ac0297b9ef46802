"""Every notification and every attempt to deliver it: time, status, duration, answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request, url_for
from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.reads.cursor import BadCursor
from openclaw_otel_bridge.reads.deliveries import STATUSES, Delivery, Wanted, list_deliveries
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.page import page
from openclaw_otel_bridge.views.ui.session import viewer


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
class Shown:
    """One message to one channel, with its attempts, the first one first."""

    row: Delivery
    tries: tuple[Try, ...]


@blueprint.get("/deliveries")
def deliveries() -> Response:
    """The deliveries of the project, the latest first."""
    actor, args = viewer(), request.args
    require(actor, "delivery.view")
    status = args.get("status") if args.get("status") in STATUSES else None
    channel = args.get("channel", type=int)
    wanted = Wanted(status=status, channel_id=channel, issue_id=args.get("issue", type=int))
    with services().database.connection() as conn:
        try:
            found = list_deliveries(conn, actor, wanted, args.get("cursor") or None)
        except BadCursor:
            found = list_deliveries(conn, actor, wanted)
        shown = with_tries(conn, found.items)
    more = url_for("ui.deliveries", status=status, channel=channel, cursor=found.next) if found.next else ""
    return page(
        "deliveries.html",
        section="channels",
        deliveries=shown,
        wanted=status or "",
        channel=channel,
        next_url=more,
    )


def with_tries(conn: Connection, rows: Sequence[Delivery]) -> list[Shown]:
    """Return the deliveries with their attempts, read at once."""
    tries: dict[int, list[Try]] = {row.id: [] for row in rows}
    with conn.cursor(row_factory=class_row(Try)) as cursor:
        for attempt in cursor.execute(queries("ui")["tries"], {"ids": list(tries)}):
            tries[attempt.delivery_id].append(attempt)
    return [Shown(row, tuple(tries[row.id])) for row in rows]
