"""Kinds of errors as intake stores them, for tests of the flood guard: everything through the real store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from openclaw_otel.ids import uuid7
from openclaw_otel.record import Category, ErrorRecord, ExceptionInfo, Fingerprint
from openclaw_otel_bridge.config import Retention
from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.intake.identity import place
from openclaw_otel_bridge.intake.items import Candidate, Source
from openclaw_otel_bridge.intake.store import Store

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)


def event(
    kind: str, *, project: int = 1, at: datetime = NOW, ident: UUID | None = None, weak: bool = False, **values: Any
) -> Candidate:
    """Return one event of a kind of error (`weak`: a short copy of it); `values` are fields of its record."""
    parts = ("platform=shopify", "operation=orders.get", f"code={kind}")
    mark = Fingerprint("v1", parts, f"v1:{kind}", parts, f"v1:{kind}")
    values = {"message": f"failed {kind}", "platform": "shopify", "store": "us-1", "operation": "orders.get"} | values
    error = ExceptionInfo("E", values["message"], "stack")
    record = ErrorRecord(
        id="x",
        occurred_at=at,
        exception=error,
        fingerprint=mark,
        **{"category": Category.VALIDATION, "code": kind, **values},
    )
    ident = ident or UUID(uuid7(at))
    return Candidate(
        project, ident, place(ident, at, at)[0], Source.SPAN_EVENT if weak else Source.LOG, record, at, weak=weak
    )


def store(conn: Connection, events: Iterable[Candidate], most_new: int = 2) -> Store:
    """Store events in one transaction of `conn` (in autocommit), as a committer does."""
    items = list(events)
    made = Store(Retention(), most_new)
    made.prepare(conn, items)
    with conn.transaction():
        made.write(conn, items)
    return made


def flooded(conn: Connection, kinds: int, most_new: int = 2, **values: Any) -> int:
    """Store an event of each of many kinds (k0, k1, …) and return the overflow issue's id, 0 when none was needed."""
    store(conn, (event(f"k{n}", at=NOW + timedelta(seconds=n), **values) for n in range(kinds)), most_new)
    row = conn.execute("select coalesce(max(id), 0) from issues where origin = 'overflow'").fetchone()
    assert row is not None
    return int(row[0])


def folded_ids(conn: Connection) -> dict[str, int]:
    """Return the folded groupings by their kind."""
    rows = conn.execute("select code, grouping_id from folded_groupings order by grouping_id").fetchall()
    return dict(rows)
