"""One event with all that was captured."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.problems import Problem
from openclaw_otel_bridge.reads.events import get_event, known_events
from openclaw_otel_bridge.views.api import shapes
from openclaw_otel_bridge.views.api.asked import arguments, limit_of
from openclaw_otel_bridge.views.api.blueprint import route


@route("GET", "/events", "event.view")
def event_list(conn: Connection, actor: Actor) -> Any:
    """The latest events whose order, request or trace id is a text."""
    given = arguments("id", "limit")
    text = given.get("id", "").strip()
    if not text:
        raise Problem("id: give an order, request or trace id", code="bad_parameter", field="id")
    return shapes.listed(known_events(conn, actor, text, limit_of(given)), shapes.event)


@route("GET", "/events/<uuid:event_id>", "event.view")
def event_get(conn: Connection, actor: Actor, event_id: UUID) -> Any:
    """An event with its attributes, snapshot and the spans of its trace; support sees no bodies and no headers."""
    arguments()
    return shapes.event_in_full(get_event(conn, actor, event_id))
