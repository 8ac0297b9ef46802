"""Channels and deliveries: where notifications go, and every attempt to get them there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for

from openclaw_otel_bridge.messages import t
from openclaw_otel_bridge.notify.base import SENDERS
from openclaw_otel_bridge.notify.channels import (
    ChannelView,
    create_channel,
    delete_channel,
    get_channel,
    list_channels,
    send_test,
    update_channel,
)
from openclaw_otel_bridge.notify.deliveries import resend
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.present import label
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.page import done, faults_of, page, tell
from openclaw_otel_bridge.views.ui.session import here, local_path, viewer, viewer_locale
from openclaw_otel_bridge.views.ui.stored import sealer
from openclaw_otel_bridge.workflow.errors import Conflict, InvalidField


@blueprint.get("/channels")
def channels() -> Response:
    """The project's channels."""
    with services().database.connection() as conn:
        found = list_channels(conn, viewer(), sealer())
    return page("channels.html", section="channels", channels=found)


@blueprint.get("/channels/new")
def new_channel() -> Response:
    """An empty form."""
    require(viewer(), "channel.edit")
    return _form(None, {"enabled": "1", "locale": viewer_locale()})


@blueprint.post("/channels/new", endpoint="add_channel")
def add_channel() -> Response:
    """Save a new channel."""
    try:
        with services().database.connection() as conn:
            channel = create_channel(conn, viewer(), _values(), sealer())
    except (InvalidField, Conflict) as error:
        return _form(None, request.form, error)
    tell("channels.saved", name=channel.name)
    return done(url_for("ui.channels"))


@blueprint.get("/channels/<int:channel_id>")
def edit_channel(channel_id: int) -> Response:
    """The form of one channel; its URL and secret are never shown again."""
    require(viewer(), "channel.edit")
    with services().database.connection() as conn:
        channel = get_channel(conn, viewer(), channel_id, sealer())
    form = {"name": channel.name, "locale": channel.locale, "filter": channel.filter}
    return _form(channel, form | {"enabled": "1" if channel.enabled else ""})


@blueprint.post("/channels/<int:channel_id>", endpoint="save_channel")
def save_channel(channel_id: int) -> Response:
    """Save an edited channel; an empty URL or secret keeps the stored one."""
    with services().database.connection() as conn:
        old = get_channel(conn, viewer(), channel_id, sealer())
        values = {name: value for name, value in _values().items() if name not in ("url", "secret", "kind") or value}
        if values["enabled"] == old.enabled:
            values.pop("enabled")  # so that a new URL alone mends a channel whose robot refused
        try:
            with conn.transaction():
                channel = update_channel(conn, viewer(), channel_id, values, sealer())
        except (InvalidField, Conflict) as error:
            return _form(old, request.form, error)
    tell("channels.saved", name=channel.name)
    return done(url_for("ui.channels"))


@blueprint.post("/channels/<int:channel_id>/delete", endpoint="delete_channel")
def remove_channel(channel_id: int) -> Response:
    """Delete a channel and the history of its deliveries."""
    with services().database.connection() as conn:
        delete_channel(conn, viewer(), channel_id)
    tell("channels.deleted", kind="note")
    return done(url_for("ui.channels"))


@blueprint.post("/channels/<int:channel_id>/test")
def test_channel(channel_id: int) -> Response:
    """Queue a test message and show its way."""
    with services().database.connection() as conn:
        channel = get_channel(conn, viewer(), channel_id, sealer())
        send_test(conn, viewer(), channel_id)
    tell("channels.test_sent", name=channel.name)
    return done(url_for("ui.deliveries", channel=channel_id))


@blueprint.post("/deliveries/<int:delivery_id>/resend", endpoint="resend")
def send_again(delivery_id: int) -> Response:
    """Queue a delivery again."""
    with services().database.connection() as conn:
        resend(conn, viewer(), delivery_id)
    tell("deliveries.resent")
    return done(local_path(request.form.get("next") or url_for("ui.deliveries")))


def _form(
    channel: ChannelView | None, form: Mapping[str, Any], error: InvalidField | Conflict | None = None
) -> Response:
    locale = viewer_locale()
    save = url_for("ui.save_channel", channel_id=channel.id) if channel else url_for("ui.add_channel")
    return page(
        "channel.html",
        status=error.status if error else 200,
        section="channels",
        heading=t("channels.edit" if channel else "channels.new", locale),
        action=save,
        channel=channel,
        form=form,
        faults=faults_of(error) if error else {},
        kinds=[(kind, label("channel", kind, locale)) for kind in SENDERS],
        locales=[(one, t(f"name.locale.{one}", locale)) for one in ("zh", "en")],
        here=here(),
    )


def _values() -> dict[str, Any]:
    form = request.form
    texts = {name: form.get(name, "").strip() for name in ("name", "kind", "url", "secret", "locale", "filter")}
    return {**{name: text for name, text in texts.items() if name in form}, "enabled": bool(form.get("enabled"))}
