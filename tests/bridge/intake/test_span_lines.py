"""Spans become lines of a chunk: redacted, bounded, with times that can be read again."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from openclaw_otel.config import Config
from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import build_pipeline
from openclaw_otel_bridge.archive import StoredSpan, find_spans, pack
from openclaw_otel_bridge.intake.found import Reading
from openclaw_otel_bridge.intake.items import TraceSpans
from openclaw_otel_bridge.intake.span_lines import MOST_SPANS, SpanLines
from tests.bridge.otlp_messages import span

NOW = datetime.now(UTC).replace(microsecond=0)
NANOS = int(NOW.timestamp()) * 10**9
LINES = SpanLines(build_pipeline(Side.BRIDGE, Config()))
TRACE = os.urandom(16)


def written(*spans: Span, made_event: bool = False, service: object = "erp") -> TraceSpans:
    reading = Reading(resources=[{"service.name": service}])
    return LINES.of_trace(reading, TRACE, [(each, 0, made_event) for each in spans], 1, NOW)


def read(group: TraceSpans) -> list[StoredSpan]:
    return list(find_spans(pack(group.lines)[1], group.trace_id))


def test_what_is_written_can_be_read() -> None:
    event = Span.Event(name="cache", time_unix_nano=NANOS + 5000)
    one = span(event, trace=TRACE, name="mail jane@example.com", parent_span_id=b"p" * 8, attributes={"a": "jo@ex.com"})
    one.start_time_unix_nano, one.end_time_unix_nano = NANOS, NANOS + 7_000_000
    (found,) = read(written(one))
    assert (found.trace_id, found.span_id, found.parent_id) == (TRACE.hex(), one.span_id.hex(), (b"p" * 8).hex())
    assert (found.name, found.service, dict(found.attributes)) == ("mail [email]", "erp", {"a": "[email]"})
    assert (found.started_at, found.ended_at) == (NOW, NOW + timedelta(milliseconds=7))
    assert list(found.events) == [
        {"name": "cache", "at": (NOW + timedelta(microseconds=5)).isoformat(), "attributes": {}}
    ]


def test_the_day_is_that_of_the_earliest_span() -> None:
    early = span(trace=TRACE, start_time_unix_nano=NANOS - 3 * 86_400 * 10**9)
    assert written(span(trace=TRACE, start_time_unix_nano=NANOS), early).day == (NOW - timedelta(days=3)).date()


def test_a_span_without_times_has_those_of_receipt() -> None:
    (found,) = read(written(span(Span.Event(name="x"), trace=TRACE, start_time_unix_nano=0, end_time_unix_nano=0)))
    assert found.started_at == found.ended_at == NOW
    assert [event["at"] for event in found.events] == [None]


def test_odd_names_services_and_parents() -> None:
    odd = span(trace=TRACE, name="a\0b" + "c" * 300, parent_span_id=b"\0" * 8)
    (found,) = read(written(odd, service=7))
    assert (found.name, found.service, found.parent_id) == ("a␀b" + "c" * 300, None, None)


def test_attributes_of_an_event_are_not_kept_twice() -> None:
    (found,) = read(written(span(trace=TRACE, attributes={"a": "b"}), made_event=True))
    assert dict(found.attributes) == {}


def test_endless_traces_are_cut() -> None:
    assert len(written(*[span(trace=TRACE)] * (MOST_SPANS + 3)).lines) == MOST_SPANS
