"""Deliveries of platforms: each kept once, further copies counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.intake.items import InboxRow

_Key = tuple[int, str, str, str]
_FIELDS = tuple(field.name for field in fields(InboxRow))


def insert_deliveries(conn: Connection, deliveries: Sequence[InboxRow]) -> None:
    """Store deliveries; one whose key is there already, on whatever day, is counted as a copy of it.

    The same delivery again (its id is there: it waited in the spool, or a transaction is repeated) adds nothing; only
    the id of the first is known, so a crash of the process that empties the spool may count a copy twice.
    """
    first: dict[_Key, InboxRow] = {}
    ids: dict[_Key, set[UUID]] = {}
    for each in deliveries:
        key = (each.project_id, each.platform, each.store, each.dedup_key)
        first.setdefault(key, each)
        ids.setdefault(key, set()).add(each.id)
    conn.execute(queries("intake")["lock_inbox"])
    known = _known(conn, sorted(first))
    for key, (_, ident) in known.items():
        ids[key].discard(ident)
    # A copy goes where its first one lies, so that the primary key (which holds the day) finds it.
    rows = [
        (replace(row, day=known[key][0]) if key in known else row, len(ids[key]))
        for key, row in sorted(first.items())
        if ids[key]
    ]
    values: dict[str, Any] = {name: [getattr(row, name) for row, _ in rows] for name in _FIELDS}
    values["copies"] = [n for _, n in rows]
    conn.execute(queries("intake")["insert_inbox"], values)


def _known(conn: Connection, keys: Sequence[_Key]) -> dict[_Key, tuple[date, UUID]]:
    projects, platforms, stores, names = zip(*keys, strict=True)
    rows = conn.execute(
        queries("intake")["known_deliveries"],
        {"projects": list(projects), "platforms": list(platforms), "stores": list(stores), "keys": list(names)},
    )
    return {(project, platform, store, key): (day, ident) for project, platform, store, key, day, ident in rows}
