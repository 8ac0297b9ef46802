"""Deliveries of notifications, their attempts, and sending one again."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.notify.deliveries import resend
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.deliveries import (
    STATUSES,
    Attempt,
    Delivery,
    Wanted,
    attempts,
    get_delivery,
    list_deliveries,
)
from openclaw_otel_bridge.views.api import shapes
from openclaw_otel_bridge.views.api.asked import arguments, body, limit_of, number_of, word_of
from openclaw_otel_bridge.views.api.blueprint import ID, Answer, route


@route("GET", "/deliveries", "delivery.view")
def delivery_list(conn: Connection, actor: Actor) -> Any:
    """A page of deliveries, the latest first."""
    given = arguments("status", "channel", "issue", "cursor", "limit")
    wanted = Wanted(
        status=word_of(given, "status", STATUSES),
        channel_id=number_of(given, "channel"),
        issue_id=number_of(given, "issue"),
    )
    page = list_deliveries(conn, actor, wanted, given.get("cursor"), limit_of(given))
    return shapes.listed(page.items, _shape, page.next)


@route("GET", f"/deliveries/<{ID}:delivery_id>", "delivery.view")
def delivery_get(conn: Connection, actor: Actor, delivery_id: int) -> Any:
    """One delivery with every attempt."""
    arguments()
    return _full(conn, actor, delivery_id)


@route("POST", f"/deliveries/<{ID}:delivery_id>/resend", "delivery.resend")
def delivery_resend(conn: Connection, actor: Actor, delivery_id: int) -> Any:
    """Send it again at once, also one that was delivered or is dead."""
    body()
    get_delivery(conn, actor, delivery_id)
    resend(conn, actor, delivery_id)
    return Answer(_full(conn, actor, delivery_id), 202)


def _full(conn: Connection, actor: Actor, delivery_id: int) -> shapes.Json:
    shown = _shape(get_delivery(conn, actor, delivery_id))
    return shown | {"tries": [_attempt(one) for one in attempts(conn, delivery_id)]}


def _shape(one: Delivery) -> shapes.Json:
    return {
        "id": one.id,
        "channel": one.channel_id,
        "channel_name": one.channel_name,
        "channel_kind": one.channel_kind,
        "issue": one.issue_id,
        "kind": one.kind,
        "status": one.status,
        "attempts": one.attempts,
        "next_attempt_at": shapes.moment(one.next_attempt_at) if one.status in ("queued", "failed") else None,
        "last_error": one.last_error,
        "created_at": shapes.moment(one.created_at),
        "sent_at": shapes.moment(one.sent_at),
    }


def _attempt(one: Attempt) -> shapes.Json:
    return {
        "n": one.n,
        "at": shapes.moment(one.at),
        "duration_ms": one.duration_ms,
        "http_status": one.http_status,
        "outcome": one.outcome,
        "answer": one.answer,
    }
