"""Where the spans of error traces go: beside the new events of their trace, or alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from openclaw_otel_bridge.archive import pack
from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.intake.copying import copy_rows
from openclaw_otel_bridge.intake.items import TraceSpans
from openclaw_otel_bridge.intake.reconcile import Known, Plan
from openclaw_otel_bridge.intake.rows import CHUNK_BYTES, CHUNK_COLUMNS, candidate_of, chunk_id

CHUNK_SPANS = 512
Trace = tuple[int, str]
"""Project and trace id."""


def store_spans(conn: Connection, groups: Sequence[TraceSpans], plan: Plan) -> dict[int, int | None]:
    """Store spans, once more only where their events are new; return the chunk of each new event, by its `id()`."""
    fresh: dict[Trace, list[Known]] = {}
    for event in plan.fresh:
        trace = candidate_of(event).record.trace_id
        if trace:
            fresh.setdefault((event.key[2], trace), []).append(event)
    chosen: list[tuple[TraceSpans, date]] = []
    for group in groups:
        if beside := fresh.get(_trace(group)):
            chosen.append((group, beside[0].key[0]))
        elif _trace(group) not in plan.resent_traces:
            chosen.append((group, group.day))
    return _insert(conn, chosen, fresh)


def _insert(
    conn: Connection, chosen: Sequence[tuple[TraceSpans, date]], fresh: Mapping[Trace, Sequence[Known]]
) -> dict[int, int | None]:
    beside: dict[int, int | None] = {}
    chunks: list[tuple[Any, ...]] = []
    alone: list[tuple[Any, ...]] = []
    for day in sorted({day for _, day in chosen}):
        for groups in _bundles(group for group, its_day in chosen if its_day == day):
            number = chunk_id()
            chunks.append((day, number, *pack([line for group in groups for line in group.lines])))
            for group in groups:
                events = fresh.get(_trace(group), ())
                for event in events:
                    if event.key[0] == day:
                        beside[id(event)] = number
                if not events:
                    alone.append((day, bytes.fromhex(group.trace_id), number))
    copy_rows(conn, "spans", CHUNK_COLUMNS, chunks)
    copy_rows(conn, "trace_spans", ("day", "trace_id", "chunk"), alone)
    return beside


def _bundles(groups: Iterable[TraceSpans]) -> Iterable[list[TraceSpans]]:
    """Yield groups that share a chunk; a trace is never torn."""
    bundle: list[TraceSpans] = []
    count = size = 0
    for group in groups:
        bundle.append(group)
        count += len(group.lines)
        size += sum(map(len, group.lines))
        if count >= CHUNK_SPANS or size >= CHUNK_BYTES:
            yield bundle
            bundle, count, size = [], 0, 0
    if bundle:
        yield bundle


def _trace(group: TraceSpans) -> Trace:
    return (group.project_id, group.trace_id)
