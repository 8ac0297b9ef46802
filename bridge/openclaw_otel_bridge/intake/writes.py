"""Reading and writing events in the store's transaction: parameters as arrays, one statement for many rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from openclaw_otel_bridge.archive import pack
from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.intake.copying import array, copy_rows
from openclaw_otel_bridge.intake.issues import Places
from openclaw_otel_bridge.intake.items import Candidate, Reject, Source
from openclaw_otel_bridge.intake.reconcile import Key, Known, Plan
from openclaw_otel_bridge.intake.rows import (
    CHUNK_COLUMNS,
    CHUNK_EVENTS,
    EVENT_COLUMNS,
    MESSAGE_SHOWN,
    bundles,
    candidate_of,
    chunk_id,
    event_row,
    row_of,
    written,
)

COUNT_COLUMNS = (
    *("grouping_id", "hour", "platform", "store", "service", "env"),
    *("n", "first_seen", "last_seen", "message"),
)


@dataclass(slots=True)
class Count:
    """Events of one grouping, hour and place."""

    first: datetime
    last: datetime
    message: str
    """Of the first."""
    n: int = 0

    def add(self, n: int, at: datetime, message: str) -> None:
        """Count `n` more that occurred then; fewer where an event turned out to belong elsewhere."""
        self.n += n
        if at > self.last:
            self.last = at
        elif at < self.first:
            self.first, self.message = at, message


def known_events(conn: Connection, candidates: Sequence[Candidate]) -> dict[Key, Known]:
    """Return the events that hold the ids of candidates, their own or a copy's, by the candidate's key."""
    parameters = {
        "days": array([each.day for each in candidates]),
        "ids": array([each.id for each in candidates]),
        "projects": array([each.project_id for each in candidates]),
    }
    rows = conn.execute(queries("intake")["known"], parameters).fetchall()
    events: dict[Key, Known] = {}
    found: dict[Key, Known] = {}
    for day, ident, project, event_day, event_id, sources, grouping_id in rows:
        key = (event_day, event_id, project)
        event = events.setdefault(key, Known(key, Source(sources), grouping_id=grouping_id))
        found[(day, ident, project)] = event
    return found


def trace_mates(conn: Connection, candidates: Sequence[Candidate]) -> dict[tuple[int, str], list[Known]]:
    """Return the events of the candidates' traces that one of them may be a copy of."""
    comparable = [each for each in candidates if each.copy_hash is not None and each.record.trace_id]
    if not comparable:
        return {}
    days = [each.day for each in comparable]
    parameters = {
        "traces": array([f'"\\\\x{trace}"' for trace in {each.record.trace_id for each in comparable}]),
        "hashes": array({each.copy_hash for each in comparable if each.copy_hash is not None}),
        "first": min(days) - timedelta(days=1),
        "last": max(days) + timedelta(days=1),
    }
    found: dict[tuple[int, str], list[Known]] = {}
    for day, ident, project, trace, span, parent, digest, sources, grouping in conn.execute(
        queries("intake")["of_traces"], parameters
    ):
        event = Known((day, ident, project), Source(sources), span, parent, digest, grouping)
        found.setdefault((project, trace.hex()), []).append(event)
    return found


def insert_fresh(conn: Connection, plan: Plan, places: Places, span_chunks: Mapping[int, int | None]) -> None:
    """Insert the new events, in key order, and their details.

    Raises:
        psycopg.errors.UniqueViolation: another process has just inserted one of them; the transaction is repeated.
    """
    chunks = []
    rows = []
    for day, events in groupby(plan.fresh, key=lambda event: event.key[0]):
        for bundle in bundles(map(written, events), CHUNK_EVENTS):
            number = chunk_id()
            chunks.append((day, number, *pack([each.line for each in bundle])))
            for each in bundle:
                event = each.event
                event.grouping_id = places.of(candidate_of(event)).grouping_id
                rows.append(event_row(each, number, span_chunks.get(id(event))))
    copy_rows(conn, "events", EVENT_COLUMNS, rows)
    copy_rows(conn, "snapshots", CHUNK_COLUMNS, chunks)


def upgrade(conn: Connection, event: Known, carrier: Candidate, places: Places) -> None:
    """Replace what a short copy knew of an event by what its carrier knows."""
    day, number = event.key[0], chunk_id()
    event.candidate = carrier
    copy_rows(conn, "snapshots", CHUNK_COLUMNS, [(day, number, *pack([written(event).line]))])
    event.candidate = None
    parameters = row_of(carrier) | {
        "day": day,
        "grouping_id": places.of(carrier).grouping_id,
        "sources": int(event.added),
        "chunk": number,
    }
    conn.execute(queries("intake")["replace_event"], parameters)


def add_sources(conn: Connection, events: Sequence[Known]) -> None:
    """Note on known events that another copy has come."""
    if not events:
        return
    ordered = sorted(events, key=lambda event: event.key)
    conn.execute(
        queries("intake")["add_sources"],
        {
            "days": [event.key[0] for event in ordered],
            "ids": [event.key[1] for event in ordered],
            "projects": [event.key[2] for event in ordered],
            "sources": [int(event.sources) for event in ordered],
            "parents": [event.parent_id for event in ordered],
            "spans": [event.span_id for event in ordered],
        },
    )


def insert_copies(conn: Connection, copies: Sequence[tuple[Key, Key]]) -> None:
    """Remember the ids of copies, so that a resend of one adds nothing."""
    rows = [(*copy, event[0], event[1]) for copy, event in sorted(copies)]
    copy_rows(conn, "event_copies", ("day", "id", "project_id", "event_day", "event_id"), rows)


def count(conn: Connection, counted: Sequence[tuple[int, Candidate, int]]) -> None:
    """Append (grouping, candidate, +1 or -1) to the counters."""
    sums: dict[tuple[Any, ...], Count] = {}
    for grouping_id, candidate, sign in counted:
        record = candidate.record
        at = record.occurred_at
        hour = at.replace(minute=0, second=0, microsecond=0)
        place = (record.platform or "", record.store or "", record.service or "", record.environment or "")
        key = (grouping_id, hour, *place)
        if (known := sums.get(key)) is None:
            known = sums[key] = Count(at, at, record.message)
        known.add(sign * max(record.occurrences, 1), at, record.message)
    rows = [(*key, each.n, each.first, each.last, each.message[:MESSAGE_SHOWN]) for key, each in sums.items()]
    copy_rows(conn, "counter_deltas", COUNT_COLUMNS, rows)


def insert_rejects(conn: Connection, rejects: Sequence[Reject]) -> None:
    """Note what was refused, equal ones together."""
    merged: dict[tuple[int | None, str, str, str], int] = {}
    for each in rejects:
        key = (each.project_id, each.protocol, each.reason, each.detail)
        merged[key] = merged.get(key, 0) + each.n
    conn.execute(
        queries("intake")["insert_rejects"],
        {
            "project_id": [key[0] for key in merged],
            "protocol": [key[1] for key in merged],
            "reason": [key[2] for key in merged],
            "detail": [key[3] for key in merged],
            "n": list(merged.values()),
        },
    )
