"""Spans as tests speak of them, written as intake writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from openclaw_otel_bridge.archive import StoredSpan, span_line

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def line_of(span: StoredSpan) -> bytes:
    """Return the chunk line of a span."""
    start, end = micros(span.started_at), micros(span.ended_at)
    events = [{**event, "at": micros(datetime.fromisoformat(event["at"]))} if event.get("at") else event
              for event in span.events]  # fmt: skip
    row = (span.parent_id, span.name, span.kind, span.service, start, end - start)
    return span_line(span.trace_id, span.span_id, (*row, span.status, span.status_text, span.attributes, events))


def micros(at: datetime) -> int:
    """Return microseconds since 1970."""
    return (at - EPOCH) // timedelta(microseconds=1)
