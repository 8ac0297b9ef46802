"""Notification channels: list, add, change, remove, send a test."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.notify.channels import (
    FIELDS,
    create_channel,
    delete_channel,
    get_channel,
    list_channels,
    send_test,
    update_channel,
)
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.sealing import Sealer
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.api import shapes
from openclaw_otel_bridge.views.api.asked import arguments, body, values
from openclaw_otel_bridge.views.api.blueprint import ID, Answer, route


@route("GET", "/channels", "channel.view")
def channel_list(conn: Connection, actor: Actor) -> Any:
    """The channels of the project by name."""
    arguments()
    return shapes.listed(list_channels(conn, actor, _sealer()), shapes.channel)


@route("POST", "/channels", "channel.edit")
def channel_add(conn: Connection, actor: Actor) -> Any:
    """Add a channel."""
    added = create_channel(conn, actor, values(*FIELDS), _sealer())
    return Answer(shapes.channel(added), 201, {"Location": f"/api/v1/channels/{added.id}"})


@route("GET", f"/channels/<{ID}:channel_id>", "channel.view")
def channel_get(conn: Connection, actor: Actor, channel_id: int) -> Any:
    """One channel."""
    arguments()
    return shapes.channel(get_channel(conn, actor, channel_id, _sealer()))


@route("PATCH", f"/channels/<{ID}:channel_id>", "channel.edit")
def channel_change(conn: Connection, actor: Actor, channel_id: int) -> Any:
    """Change what the body names; switching a broken channel on sends what waited for it."""
    return shapes.channel(update_channel(conn, actor, channel_id, values(*FIELDS), _sealer()))


@route("DELETE", f"/channels/<{ID}:channel_id>", "channel.edit")
def channel_remove(conn: Connection, actor: Actor, channel_id: int) -> Any:
    """Remove a channel with the history of its deliveries."""
    body()
    delete_channel(conn, actor, channel_id)
    return Answer(status=204)


@route("POST", f"/channels/<{ID}:channel_id>/test", "channel.edit")
def channel_test(conn: Connection, actor: Actor, channel_id: int) -> Any:
    """Queue a test message; its attempts show in the deliveries."""
    body()
    send_test(conn, actor, channel_id)
    return Answer(status=202)


def _sealer() -> Sealer:
    return Sealer(services().config.encryption_keys)
