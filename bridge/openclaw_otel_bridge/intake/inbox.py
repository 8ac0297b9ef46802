"""Deliveries of platforms: each kept once, further copies counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.intake.items import InboxRow

_FIELDS = tuple(field.name for field in fields(InboxRow))


def insert_deliveries(conn: Connection, deliveries: Sequence[InboxRow]) -> None:
    """Store deliveries; one whose key is there already, on whatever day, is counted as a copy of it."""
    first: dict[tuple[int, str, str, str], InboxRow] = {}
    copies: dict[tuple[int, str, str, str], int] = {}
    for each in deliveries:
        key = (each.project_id, each.platform, each.store, each.dedup_key)
        first.setdefault(key, each)
        copies[key] = copies.get(key, 0) + 1
    ordered = sorted(first.items())
    conn.execute(queries("intake")["lock_inbox"])
    known = _known(conn, [key for key, _ in ordered])
    # A copy goes where its first one lies, so that the primary key (which holds the day) finds it.
    rows = [replace(row, day=known.get(key, row.day)) for key, row in ordered]
    values: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in _FIELDS}
    values["copies"] = [copies[key] for key, _ in ordered]
    conn.execute(queries("intake")["insert_inbox"], values)


def _known(conn: Connection, keys: Sequence[tuple[int, str, str, str]]) -> dict[tuple[int, str, str, str], Any]:
    projects, platforms, stores, names = zip(*keys, strict=True)
    rows = conn.execute(
        queries("intake")["known_deliveries"],
        {"projects": list(projects), "platforms": list(platforms), "stores": list(stores), "keys": list(names)},
    )
    return {(project, platform, store, key): day for project, platform, store, key, day in rows}
