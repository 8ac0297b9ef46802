"""emit: what goes to the span, what to the log, what is dropped, how rare observations are."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opentelemetry.trace import StatusCode

from openclaw_otel import attributes as names
from openclaw_otel.config import Config
from openclaw_otel.emit import Emitter, Source, release
from openclaw_otel.errors import DropRecord
from openclaw_otel.hookspecs import Side, Stage
from openclaw_otel.ids import uuid7
from openclaw_otel.pipeline import Pipeline
from openclaw_otel.record import Category, ErrorRecord, Evidence, ExceptionInfo, Observation, Snapshot
from openclaw_otel.registry import Loaded, load
from openclaw_otel.runtime import build_runtime

EMAIL = "jane.doe@example.com"


@pytest.fixture
def record() -> ErrorRecord:
    """A failure with personal data everywhere."""
    return ErrorRecord(
        id=uuid7(),
        platform="shopify",
        store="demo.myshopify.com",
        operation="orders.get",
        evidence=Evidence.ANSWER,
        status=422,
        message=f"{EMAIL} is blocked",
        exception=ExceptionInfo("app.Error", f"for {EMAIL}", f"Traceback\napp.Error: for {EMAIL}"),
        category=Category.VALIDATION,
        snapshot=Snapshot("GET", f"https://x/y?email={EMAIL}", response_body=json.dumps({"email": EMAIL}), status=422),
    )


class Dropper:
    """A plugin that drops every record."""

    name, stage, order, runs = "dropper", Stage.BURST, 50, frozenset({Side.SOURCE})

    def __call__(self, record: ErrorRecord) -> ErrorRecord:
        raise DropRecord


def test_span_and_log_agree_and_hold_nothing_raw(telemetry: Any, record: ErrorRecord) -> None:
    span = telemetry.provider.get_tracer("t").start_span("call")
    emitted = Emitter(build_runtime(Config())).failed(record, span)
    span.end()
    assert emitted is not None
    assert emitted.trace_id == f"{span.get_span_context().trace_id:032x}"
    (log,) = telemetry.records
    assert log.event_name == names.EVENT_API_EXCEPTION
    assert log.severity_text == "WARN"
    assert log.attributes[names.RECORD_ID] == span.attributes[names.RECORD_ID] == record.id
    assert names.SNAPSHOT in log.attributes
    assert names.SNAPSHOT not in span.attributes
    assert span.attributes[names.ERROR_TYPE] == "422"
    assert span.status.status_code is StatusCode.ERROR
    (event,) = span.events
    assert event.name == "exception"
    assert names.EXCEPTION_STACKTRACE not in event.attributes
    assert EMAIL not in telemetry.text()


def test_a_delivery_is_an_error_of_its_own_name(telemetry: Any, record: ErrorRecord) -> None:
    span = telemetry.provider.get_tracer("t").start_span("delivery")
    Emitter(build_runtime(Config())).failed(replace(record, webhook_topic="orders/create"), span)
    span.end()
    assert (telemetry.records[0].event_name, telemetry.records[0].severity_text) == (
        names.EVENT_WEBHOOK_EXCEPTION,
        "ERROR",
    )


def test_a_dropped_record_leaves_the_span(telemetry: Any, record: ErrorRecord) -> None:
    built = build_runtime(Config())
    dropping = replace(built, pipeline=Pipeline(with_dropper(load(built.config)), Side.SOURCE))
    span = telemetry.provider.get_tracer("t").start_span("call")
    assert Emitter(dropping).failed(record, span) is None
    span.end()
    assert telemetry.records == []
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes[names.RECORD_DROPPED] is True
    assert EMAIL not in telemetry.text()


def with_dropper(loaded: Loaded) -> Loaded:
    return replace(loaded, processors=(*loaded.processors, Dropper()))


def test_a_span_that_is_not_recorded_still_has_its_log(telemetry: Any, record: ErrorRecord) -> None:
    from opentelemetry.trace import NonRecordingSpan, SpanContext

    span = NonRecordingSpan(SpanContext(5, 6, is_remote=False))
    Emitter(build_runtime(Config())).failed(record, span)
    assert telemetry.records[0].trace_id == 5


def test_copies_are_known_afterwards(telemetry: Any, record: ErrorRecord) -> None:
    built = build_runtime(Config())
    error = OSError("x")
    span = telemetry.provider.get_tracer("t").start_span("call")
    Emitter(built).failed(record, span, Source((error,), "https://x/y", frozenset({"lib"})))
    span.end()
    assert built.process.failures.of(error) == record.id
    failure = built.process.failures.get(record.id)
    assert failure is not None
    assert failure.quotes == ("https://x/y", record.message)


def test_observations_once_a_minute_per_store_and_operation(telemetry: Any) -> None:
    emitter = Emitter(build_runtime(Config()))
    span = telemetry.provider.get_tracer("t").start_span("call")
    at = datetime(2027, 1, 1, tzinfo=UTC) - timedelta(hours=1)
    one = Observation("token_expiry", "shopify", "a", "orders.get", expires_at=at, detail=f"token of {EMAIL}")
    assert emitter.observed(one, span)
    assert not emitter.observed(one, span)
    assert emitter.observed(replace(one, operation="orders.list"), span)
    assert emitter.observed(replace(one, store="b"), span)
    span.end()
    first = telemetry.logs[0]
    assert first.attributes[names.OBSERVATION_EXPIRES_AT] == "2026-12-31T23:00:00Z"
    assert set(first.attributes) <= names.OWN
    assert EMAIL not in telemetry.text()


def test_a_storm_is_told_whole(telemetry: Any, record: ErrorRecord) -> None:
    runtime = build_runtime(Config())
    emitter = Emitter(runtime)
    for _ in range(1000):
        span = telemetry.provider.get_tracer("t").start_span("call")
        emitter.failed(replace(record, id=uuid7()), span)
        span.end()
    assert len(telemetry.records) < 300
    release(runtime.process, everything=True)
    counts = [log.attributes.get(names.ERROR_OCCURRENCES, 1) for log in telemetry.records]
    assert sum(counts) == 1000
    assert release(runtime.process, everything=True) == 0
    last = telemetry.records[-1]
    assert last.trace_id == int(f"{last.trace_id:032x}", 16) != 0
