"""The spans of one trace as the rows of a call-chain chart; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from openclaw_otel_bridge.times import milliseconds

MOST = 200
"""Rows shown of one trace; the rest is counted."""
NARROWEST = 0.4
"""Percent: a span of microseconds must still be seen."""
FAILED = 2
KINDS = {2: "server", 3: "client", 4: "producer", 5: "consumer"}


class SpanLike(Protocol):
    """A stored span; `kind` and `status` as OTLP numbers them, ids as hex."""

    @property
    def span_id(self) -> str: ...
    @property
    def parent_id(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> int: ...
    @property
    def service(self) -> str | None: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime: ...
    @property
    def status(self) -> int: ...
    @property
    def status_text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One span: `left` and `width` in percent of the trace, `depth` in the call chain."""

    name: str
    service: str
    kind: str
    depth: int
    left: float
    width: float
    started_at: datetime
    offset: str
    duration: str
    failed: bool
    status_text: str
    is_event: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The chart: rows in the order of the calls, `hidden` how many did not fit."""

    rows: tuple[Row, ...]
    duration: str
    hidden: int


def timeline(spans: Sequence[SpanLike], event_span: str | None) -> Timeline | None:
    """Return the chart of a trace, None without spans. `event_span` is the one that failed.

    A span whose parent is not here (not stored, or a cycle in bad data) stands at the top level.
    """
    if not spans:
        return None
    start = min(span.started_at for span in spans)
    length = max((max(span.ended_at for span in spans) - start).total_seconds() * 1000, 0.001)
    ordered = _walk(spans)
    rows = [_row(span, depth, (start, length), event_span) for span, depth in ordered[:MOST]]
    return Timeline(tuple(rows), milliseconds(length), max(len(ordered) - MOST, 0))


def _walk(spans: Sequence[SpanLike]) -> list[tuple[SpanLike, int]]:
    """Depth first, each level by start; without recursion, for traces may be deep."""
    by_start = sorted(spans, key=lambda span: (span.started_at, span.span_id))
    known = {span.span_id for span in spans}
    children: dict[str | None, list[SpanLike]] = {}
    for span in by_start:
        children.setdefault(span.parent_id if span.parent_id in known else None, []).append(span)
    ordered: list[tuple[SpanLike, int]] = []
    seen: set[str] = set()
    for root in (*children.get(None, ()), *by_start):  # the second: a cycle has no root, its earliest span is it
        stack = [(root, 0)]
        while stack:
            span, depth = stack.pop()
            if span.span_id not in seen:
                seen.add(span.span_id)
                ordered.append((span, depth))
                stack.extend((child, depth + 1) for child in reversed(children.get(span.span_id, [])))
    return ordered


def _row(span: SpanLike, depth: int, scale: tuple[datetime, float], event_span: str | None) -> Row:
    start, length = scale
    offset = (span.started_at - start).total_seconds() * 1000
    took = max((span.ended_at - span.started_at).total_seconds() * 1000, 0)
    width = max(100 * took / length, NARROWEST)
    return Row(
        name=span.name,
        service=span.service or "",
        kind=KINDS.get(span.kind, ""),
        depth=depth,
        left=round(min(100 * offset / length, 100 - NARROWEST), 2),
        width=round(min(width, 100), 2),
        started_at=span.started_at,
        offset=milliseconds(offset),
        duration=milliseconds(took),
        failed=span.status == FAILED,
        status_text=span.status_text,
        is_event=span.span_id == event_span,
    )
