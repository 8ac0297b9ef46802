"""The places notifications go to: list, add, change, remove, test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from psycopg.rows import class_row

from openclaw_otel_bridge.config import is_loopback
from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.notify.base import SENDERS, masked_url
from openclaw_otel_bridge.notify.queue import Notice, enqueue
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.audit import audit
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.query import QueryError, parse, refuse_relative
from openclaw_otel_bridge.sealing import Sealer, SealError
from openclaw_otel_bridge.workflow.errors import Conflict, InvalidField, MissingField, NotFound

FIELDS = ("name", "kind", "url", "secret", "locale", "filter", "enabled")
"""What a request may set."""


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel as it may be shown: `url` without its key, `has_secret` instead of the secret."""

    id: int
    name: str
    kind: str
    url: str
    has_secret: bool
    locale: str
    filter: str
    enabled: bool
    disabled_reason: str
    """Why the robot refuses, in the words of its last answer; "" while it works or a person switched it off."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    project_id: int
    name: str
    kind: str
    url: str
    secret: str
    locale: str
    filter: str
    enabled: bool
    disabled_reason: str
    created_at: datetime


def list_channels(conn: Connection, actor: Actor, sealer: Sealer) -> list[ChannelView]:
    """Return the project's channels by name."""
    require(actor, "channel.view")
    with conn.cursor(row_factory=class_row(_Row)) as cursor:
        rows = cursor.execute(queries("channels")["channels"], {"project_id": actor.project_id}).fetchall()
    return [_view(row, sealer) for row in rows]


def get_channel(conn: Connection, actor: Actor, channel_id: int, sealer: Sealer) -> ChannelView:
    """Return one channel, or raise NotFound."""
    require(actor, "channel.view")
    return _view(_row(conn, actor, channel_id), sealer)


def create_channel(conn: Connection, actor: Actor, values: Mapping[str, Any], sealer: Sealer) -> ChannelView:
    """Add a channel; `values` by FIELDS (name, kind and url are needed).

    Raises:
        NotAllowed, MissingField, InvalidField, Conflict (the name is taken): see `workflow.errors`.
    """
    require(actor, "channel.edit")
    missing = [name for name in ("name", "kind", "url") if not values.get(name)]
    if missing:
        raise MissingField(*missing)
    empty = _Row(0, actor.project_id, "", "", "", "", "zh", "", True, "", datetime.min)
    row = _changed(empty, values, sealer)
    _refuse_taken(conn, row)
    found = conn.execute(queries("channels")["create_channel"], asdict(row)).fetchone()
    assert found is not None
    audit(conn, actor, "channel.create", f"channel {found[0]}", {"name": row.name, "kind": row.kind})
    return get_channel(conn, actor, found[0], sealer)


def update_channel(
    conn: Connection, actor: Actor, channel_id: int, values: Mapping[str, Any], sealer: Sealer
) -> ChannelView:
    """Change what `values` names, leave the rest; switching a broken channel on sends what waited for it.

    Raises:
        NotFound, NotAllowed, InvalidField, Conflict: see `workflow.errors`.
    """
    require(actor, "channel.edit")
    old = _row(conn, actor, channel_id)
    row = _changed(old, values, sealer)
    if row.enabled or "enabled" in values:
        row = replace(row, disabled_reason="")
    elif old.disabled_reason and ("url" in values or "secret" in values):
        row = replace(row, enabled=True, disabled_reason="")  # mended: no second click to switch it on again
    _refuse_taken(conn, row)
    conn.execute(queries("channels")["update_channel"], asdict(row))
    if row.enabled and old.disabled_reason:
        conn.execute(queries("channels")["revive"], {"id": channel_id, "reason": old.disabled_reason})
    changed = sorted(name for name in FIELDS if name in values)
    audit(conn, actor, "channel.update", f"channel {channel_id}", {"changed": changed})
    return get_channel(conn, actor, channel_id, sealer)


def delete_channel(conn: Connection, actor: Actor, channel_id: int) -> None:
    """Remove a channel with the history of its deliveries; rules no longer name it."""
    require(actor, "channel.edit")
    row = _row(conn, actor, channel_id)
    for name in ("forget_in_rules", "delete_deliveries", "delete_channel"):
        conn.execute(queries("channels")[name], {"id": channel_id, "project_id": actor.project_id})
    audit(conn, actor, "channel.delete", f"channel {channel_id}", {"name": row.name})


def send_test(conn: Connection, actor: Actor, channel_id: int) -> None:
    """Queue a test message; its attempts show in the deliveries.

    Raises:
        InvalidField: the channel is switched off.
    """
    require(actor, "channel.edit")
    row = _row(conn, actor, channel_id)
    if not row.enabled and row.disabled_reason:
        conn.execute(queries("channels")["mend"], {"id": channel_id})
    elif not row.enabled:
        raise InvalidField("enabled", "the channel is switched off", "该渠道已停用")
    enqueue(conn, [Notice(row.project_id, row.id, None, "test", {"channel": row.name})])


def _row(conn: Connection, actor: Actor, channel_id: int) -> _Row:
    with conn.cursor(row_factory=class_row(_Row)) as cursor:
        row = cursor.execute(
            queries("channels")["channel"], {"id": channel_id, "project_id": actor.project_id}
        ).fetchone()
    if row is None:
        raise NotFound("channel", "通知渠道", channel_id)
    return row


def _view(row: _Row, sealer: Sealer) -> ChannelView:
    try:
        url = masked_url(sealer.open(row.url))
    except SealError:
        url = "?"
    return ChannelView(
        row.id,
        row.name,
        row.kind,
        url,
        bool(row.secret),
        row.locale,
        row.filter,
        row.enabled,
        row.disabled_reason,
        row.created_at,
    )


def _changed(row: _Row, values: Mapping[str, Any], sealer: Sealer) -> _Row:
    for name in values:
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise InvalidField(name, f"unknown field; known: {known}", f"未知字段；可用：{known}")
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name == "enabled":
            if not isinstance(value, bool):
                raise InvalidField(name, "true or false", "应为 true 或 false")
            checked[name] = value
        elif not isinstance(value, str) or "\x00" in value or len(value) > 2000:
            raise InvalidField(name, "text of at most 2000 characters", "应为不超过 2000 字符的文本")
        else:
            checked[name] = _CHECKS[name](value.strip()) if name in _CHECKS else value.strip()
    for name in ("url", "secret"):
        if name in checked:
            checked[name] = sealer.seal(checked[name])
    return replace(row, **checked)


def _refuse_taken(conn: Connection, row: _Row) -> None:
    if conn.execute(queries("channels")["taken"], asdict(row)).fetchone():
        raise Conflict(
            f"name: there is already a channel {row.name!r}", f"name：已有名为“{row.name}”的渠道", field="name"
        )


def _name(value: str) -> str:
    if not 1 <= len(value) <= 100:
        raise InvalidField("name", "1 to 100 characters", "应为 1 到 100 个字符")
    return value


def _kind(value: str) -> str:
    if value not in SENDERS:
        kinds = ", ".join(SENDERS)
        raise InvalidField(
            "kind", f"{value!r} is no kind of channel; use {kinds}", f"没有渠道类型 {value!r}；可用：{kinds}"
        )
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or parts.username or any(c.isspace() for c in value):
        raise InvalidField(
            "url", "the robot's https:// URL, as its settings show it", "应为机器人设置中显示的 https:// 地址"
        )
    if parts.scheme == "http" and not is_loopback(host) and "." in host and host.rsplit(".", 1)[-1].isalpha():
        raise InvalidField("url", "its key would travel in the clear: use https://", "密钥会明文传输：请使用 https://")
    return value


def _locale(value: str) -> str:
    if value not in ("en", "zh"):
        raise InvalidField("locale", "en or zh", "应为 en 或 zh")
    return value


def _filter(value: str) -> str:
    try:
        refuse_relative(parse(value))
    except QueryError as error:
        raise InvalidField("filter", error.text("en"), error.text("zh")) from error
    return value


_CHECKS = {"name": _name, "kind": _kind, "url": _url, "locale": _locale, "filter": _filter}
