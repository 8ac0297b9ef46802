"""The table of what is an event in trace data, line by line."""

from __future__ import annotations

import os
from uuid import UUID

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from openclaw_otel import attributes as names
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import Evidence
from openclaw_otel_bridge.intake.calls import Calls
from openclaw_otel_bridge.intake.found import Reading
from openclaw_otel_bridge.intake.identity import span_event_id
from openclaw_otel_bridge.intake.items import Source
from openclaw_otel_bridge.intake.traces import read_traces
from tests.bridge.otlp_messages import exception_event, pairs, span, traces

RECORD = "018f0000-0000-7000-8000-000000000001"
KINDS = {
    "internal": Span.SPAN_KIND_INTERNAL,
    "server": Span.SPAN_KIND_SERVER,
    "client": Span.SPAN_KIND_CLIENT,
    "producer": Span.SPAN_KIND_PRODUCER,
    "consumer": Span.SPAN_KIND_CONSUMER,
}


def read(*spans: Span) -> Reading:
    return read_traces(traces(*spans), 1, Calls(Platforms()).read)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("failed", [True, False])
def test_an_exception_on_any_span_is_an_event(kind: Span.SpanKind.ValueType, failed: bool) -> None:
    one = span(exception_event("ValueError", "boom", "the stack"), kind=kind, failed=failed)
    reading = read(one)
    (found,) = reading.found
    assert found.source is Source.SPAN_EVENT
    assert found.id == span_event_id(1, one.trace_id.hex(), one.span_id.hex(), 0)
    error = found.record.exception
    assert error is not None
    assert (error.type, error.message, error.stacktrace) == ("ValueError", "boom", "the stack")
    assert found.record.service == "erp-sync"
    assert reading.failed == {one.trace_id}


@pytest.mark.parametrize(("name", "event"), [(name, name in ("client", "consumer")) for name in KINDS])
def test_a_failed_call_without_exception(name: str, event: bool) -> None:
    one = span(
        kind=KINDS[name], status=Status(code=2, message="deadline exceeded"), attributes={"error.type": "timeout"}
    )
    reading = read(one)
    assert [found.source for found in reading.found] == ([Source.SPAN] if event else [])
    assert reading.failed == {one.trace_id}
    if event:
        record = reading.found[0].record
        assert record.exception is not None
        assert (record.exception.type, record.message) == ("timeout", "deadline exceeded")


def test_a_failed_call_with_an_answer() -> None:
    reading = read(span(attributes={"http.status_code": 503, "http.url": "https://demo.myshopify.com/admin/shop.json"}))
    record = reading.found[0].record
    assert (record.platform, record.status, record.evidence) == ("shopify", 503, Evidence.ANSWER)


def test_a_fine_span_is_none() -> None:
    reading = read(span(failed=False), span(Span.Event(name="cache miss"), failed=False))
    assert (reading.found, reading.failed, reading.seen) == ([], set(), 2)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Span.Event(name="exception"), True),
        (Span.Event(name="http.client.exception"), True),
        (Span.Event(name="oops", attributes=pairs({"exception.type": "E"})), True),
        (Span.Event(name="oops", attributes=pairs({"exception.message": "m"})), True),
        (Span.Event(name="exceptional", attributes=pairs({"exception.escaped": True})), False),
    ],
)
def test_what_makes_a_span_event_an_exception(event: Span.Event, expected: bool) -> None:
    assert bool(read(span(event, failed=False)).found) is expected


def test_several_exceptions_of_a_span_are_several() -> None:
    reading = read(span(*(exception_event("E", f"order {n}") for n in range(3))))
    assert len({found.id for found in reading.found}) == 3


def test_the_sdk_records_once_more_what_leaves_the_span() -> None:
    twice = [exception_event("shop.Throttled", "slow down"), exception_event("shop.Throttled", "slow down")]
    assert len(read(span(*twice, status=Status(code=2, message="Throttled: slow down"))).found) == 1
    assert len(read(span(*twice)).found) == 2  # a loop that failed twice alike


def test_dropped_records_are_no_events() -> None:
    dropped = {names.RECORD_DROPPED: True}
    assert read(span(exception_event("E", "m", **dropped))).found == []
    assert read(span(attributes=dropped)).found == []


def test_stamped_records() -> None:
    stamped = {names.RECORD_ID: RECORD, names.ERROR_CATEGORY: "rate_limit"}
    one = span(exception_event("E", "m", **stamped), attributes={**stamped, names.PLATFORM_NAME: "shopify"})
    (found,) = read(one).found
    assert (found.id, found.stamped, found.weak) == (UUID(RECORD), True, True)
    assert found.record.platform == "shopify"
    assert found.sender == {"category": "rate_limit"}


def test_a_spans_classification_is_not_worn_by_others() -> None:
    of_span = {names.RECORD_ID: RECORD, names.PLATFORM_NAME: "shopify", names.ERROR_CATEGORY: "auth", "x": "y"}
    (found,) = read(span(exception_event("E", "other"), attributes=of_span)).found
    assert not found.stamped
    assert found.record.platform is None
    assert found.record.attributes == {"x": "y"}
    assert found.sender == {}


def test_bad_ids_cost_their_span_only() -> None:
    good = span(exception_event("E", "m"))
    bad = [span(trace=b""), span(trace=b"\0" * 16), span(trace=b"x" * 15), span(ident=b"\0" * 8), span(ident=b"x" * 9)]
    reading = read(*bad, good)
    assert len(reading.found) == 1
    assert reading.rejected == {
        "trace_id is not 16 bytes, or all zero": 3,
        "span_id is not 8 bytes, or all zero": 2,
    }
    assert set(reading.spans) == {good.trace_id}


def test_a_bad_parent_id_is_no_parent() -> None:
    (found,) = read(span(exception_event("E", "m"), parent=b"xyz")).found
    assert found.parent_id is None
    parent = os.urandom(8)
    assert read(span(exception_event("E", "m"), parent=parent)).found[0].parent_id == parent


def test_times_that_are_missing() -> None:
    event = exception_event("E", "m")
    event.time_unix_nano = 0
    assert not read(span(event)).found[0].timed
