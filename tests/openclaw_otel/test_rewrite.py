"""rewrite: what others recorded is classified, linked and redacted, in every place; or withheld."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode

from openclaw_otel import attributes as names
from openclaw_otel.config import Config
from openclaw_otel.copies import Copies
from openclaw_otel.errors import DropRecord
from openclaw_otel.failures import Failure, Failures
from openclaw_otel.hookspecs import Side, Stage
from openclaw_otel.pipeline import Pipeline
from openclaw_otel.record import Category, ErrorRecord
from openclaw_otel.registry import load
from openclaw_otel.rewrite import Rewriter
from openclaw_otel.runtime import Process, Runtime, build_runtime

EMAIL = "jane.doe@example.com"
TOKEN = "shpat_0123456789abcdef0123456789abcdef"


@pytest.fixture
def built() -> Runtime:
    """A runtime with a memory of its own."""
    return replace(build_runtime(Config()), process=Process(Failures(), Copies()))


@pytest.fixture
def rewriter(built: Runtime) -> Rewriter:
    """What the exporters use."""
    return Rewriter(built)


@pytest.fixture
def tracer(telemetry: Any) -> Any:
    """An application's tracer."""
    return telemetry.provider.get_tracer("app")


def rewritten(rewriter: Rewriter, telemetry: Any) -> list[ReadableSpan]:
    return [rewriter.span(span) for span in telemetry.spans]


def test_everything_of_a_span_is_redacted(rewriter: Rewriter, telemetry: Any) -> None:
    resource = Resource({"service.name": "sync", "process.command_line": f"run --token {TOKEN}"})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    link = Link(SpanContext(1, 2, is_remote=True), {"to": EMAIL})
    span = provider.get_tracer("app").start_span(f"mail {EMAIL}", links=[link])
    span.set_attributes({"url.full": f"https://x.example/?access_token={TOKEN}", "user.email": EMAIL, "count": 3})
    span.add_event("sent", {"to": EMAIL})
    span.record_exception(ValueError(f"no such user {EMAIL}"))
    span.set_status(Status(StatusCode.ERROR, f"ValueError: {EMAIL}"))
    span.end()
    safe = rewriter.span(span)  # type: ignore[arg-type]
    text = safe.to_json() + str(dict(safe.resource.attributes)) + str([dict(each.attributes) for each in safe.links])
    assert EMAIL not in text
    assert TOKEN not in text
    assert safe.resource.attributes["service.name"] == "sync"
    assert safe.attributes["count"] == 3
    assert (safe.context, safe.start_time, safe.end_time) == (span.context, span.start_time, span.end_time)
    provider.shutdown()


def test_an_exception_becomes_a_record(rewriter: Rewriter, telemetry: Any, tracer: Any) -> None:
    with pytest.raises(KeyError), tracer.start_as_current_span("job"):
        raise KeyError("sku")
    (span,) = rewritten(rewriter, telemetry)
    event = span.events[0].attributes
    assert event[names.ERROR_CATEGORY] in set(Category)
    assert event[names.ERROR_FINGERPRINT_HASH].startswith("v1:")
    assert event[names.EXCEPTION_TYPE] == "KeyError"
    assert "raise KeyError" in event[names.EXCEPTION_STACKTRACE]
    assert names.SERVICE_NAME not in event


def test_an_exception_passing_through_is_one(rewriter: Rewriter, telemetry: Any, tracer: Any) -> None:
    with pytest.raises(KeyError), tracer.start_as_current_span("outer"), tracer.start_as_current_span("inner"):
        raise KeyError("sku")
    inner, outer = rewritten(rewriter, telemetry)
    assert inner.events[0].attributes[names.RECORD_ID] == outer.events[0].attributes[names.RECORD_ID]


def test_fifty_orders_failing_are_fifty(rewriter: Rewriter, telemetry: Any, tracer: Any) -> None:
    def sync(order: int) -> None:
        raise ValueError("order failed")

    with tracer.start_as_current_span("batch"):
        for order in range(50):
            with pytest.raises(ValueError, match="order"), tracer.start_as_current_span("one"):
                sync(order)
    spans = rewritten(rewriter, telemetry)
    assert len({span.events[0].attributes[names.RECORD_ID] for span in spans if span.events}) == 50


def test_a_copy_of_a_recorded_failure_gets_its_id(
    built: Runtime, rewriter: Rewriter, telemetry: Any, tracer: Any
) -> None:
    def call(span: Span) -> None:
        built.process.failures.remember(Failure("r1", 1, span.get_span_context().trace_id, "OSError", "refused"))
        raise OSError("refused")

    with pytest.raises(OSError, match="refused"), tracer.start_as_current_span("job") as span:
        call(span)
    (safe,) = rewritten(rewriter, telemetry)
    assert safe.events[0].attributes[names.RECORD_ID] == "r1"
    assert names.ERROR_FINGERPRINT_HASH not in safe.events[0].attributes


def test_a_failed_client_span_of_another_instrumentation(rewriter: Rewriter, telemetry: Any, tracer: Any) -> None:
    url = f"https://demo.myshopify.com/admin/api/2025-04/orders/1.json?access_token={TOKEN}"
    for attributes in (
        {"http.request.method": "GET", "url.full": url, "http.response.status_code": 429},
        {"http.method": "GET", "http.url": url, "http.status_code": 429},
    ):
        span = tracer.start_span("GET", kind=SpanKind.CLIENT, attributes=attributes)
        span.set_status(StatusCode.ERROR)
        span.end()
    for safe in rewritten(rewriter, telemetry):
        assert safe.attributes[names.PLATFORM_NAME] == "shopify"
        assert safe.attributes[names.OPERATION_NAME] == "orders.get"
        assert safe.attributes[names.ERROR_CATEGORY] == "rate_limit"
        assert names.RECORD_ID in safe.attributes
        assert TOKEN not in safe.to_json()


def test_fine_and_internal_spans_get_nothing(rewriter: Rewriter, telemetry: Any, tracer: Any) -> None:
    tracer.start_span("GET", kind=SpanKind.CLIENT).end()
    internal = tracer.start_span("work")
    internal.set_status(StatusCode.ERROR)
    internal.end()
    assert all(names.RECORD_ID not in span.attributes for span in rewritten(rewriter, telemetry))


def test_our_own_are_not_processed_twice(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    import requests

    from openclaw_otel.runtime import runtime

    watch()
    requests.get(shop.on("/admin/api/2025-04/orders/1.json", answer(401, b'{"errors": "no"}')), timeout=2)
    (span,) = telemetry.spans
    rewriter = Rewriter(runtime())
    calls_before = {name: timing.calls for name, timing in runtime().pipeline.timings.items()}
    safe = rewriter.span(span)
    assert dict(safe.attributes) == dict(span.attributes)
    assert [dict(event.attributes) for event in safe.events] == [dict(event.attributes) for event in span.events]
    (item,) = telemetry.logs_out.get_finished_logs()
    assert rewriter.log(item).log_record is item.log_record
    after = {name: timing.calls for name, timing in runtime().pipeline.timings.items()}
    assert after == calls_before


class Faulty:
    """A redactor with a bug."""

    name, order = "faulty", 1

    def text(self, text: str) -> str:
        raise RuntimeError("bug")

    def tree(self, value: Any, key: str = "") -> Any:
        raise RuntimeError("bug")

    def record(self, record: ErrorRecord) -> ErrorRecord:
        raise RuntimeError("bug")


class Dropper:
    """A processor that drops everything."""

    name, stage, order, runs = "dropper", Stage.BURST, 50, frozenset({Side.SOURCE})

    def __call__(self, record: ErrorRecord) -> ErrorRecord:
        raise DropRecord


def with_plugins(built: Runtime, **parts: Any) -> Rewriter:
    loaded = replace(load(Config()), **parts)
    return Rewriter(replace(built, pipeline=Pipeline(loaded, Side.SOURCE)))


def test_a_faulty_redactor_lets_nothing_through(built: Runtime, telemetry: Any, tracer: Any) -> None:
    with pytest.raises(ValueError, match="jane"), tracer.start_as_current_span(EMAIL, attributes={"to": EMAIL}):
        raise ValueError(EMAIL)
    (safe,) = rewritten(with_plugins(built, redactors=(Faulty(),)), telemetry)
    assert EMAIL not in safe.to_json()
    assert safe.events[0].attributes[names.EXCEPTION_TYPE] == "ValueError"


def test_a_span_that_cannot_be_rewritten_leaves_as_an_outline(
    rewriter: Rewriter, telemetry: Any, tracer: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(*args: Any) -> Any:
        raise RuntimeError("ours")

    with tracer.start_as_current_span(f"mail {EMAIL}"):
        pass
    monkeypatch.setattr(Rewriter, "_safe", bug)
    with caplog.at_level(logging.ERROR):
        (safe,) = rewritten(rewriter, telemetry)
    assert safe.name == "[withheld]"
    assert not safe.attributes
    assert safe.context == telemetry.spans[0].context
    assert "only its outline is sent" in caplog.text


def test_dropped_records_leave_the_event_marked(built: Runtime, telemetry: Any, tracer: Any) -> None:
    with pytest.raises(ValueError, match="jane"), tracer.start_as_current_span("job"):
        raise ValueError(EMAIL)
    (safe,) = rewritten(with_plugins(built, processors=(Dropper(),)), telemetry)
    assert safe.events[0].attributes[names.RECORD_DROPPED] is True
    assert EMAIL not in safe.to_json()


@pytest.fixture
def send(telemetry: Any) -> Callable[..., Any]:
    """Write a log record as an application does; returns what the exporter gets."""

    def write(body: Any, attributes: dict[str, Any], **options: Any) -> Any:
        from opentelemetry._logs import get_logger_provider

        logger = get_logger_provider().get_logger("app.logger")
        number = SeverityNumber.ERROR
        logger.emit(LogRecord(timestamp=10**18, severity_number=number, body=body, attributes=attributes, **options))
        return telemetry.logs_out.get_finished_logs()[-1]

    return write


def test_logs_are_redacted_in_body_and_attributes(rewriter: Rewriter, send: Callable[..., Any]) -> None:
    for body in (f"mail to {EMAIL}", {"to": [EMAIL]}):
        item = send(body, {"customer_email": EMAIL, "n": 1})
        safe = rewriter.log(item)
        assert safe is not None
        assert EMAIL not in safe.to_json()
        assert safe.log_record.attributes["n"] == 1
        assert EMAIL in item.to_json()  # the application's own record is not touched
    assert rewriter.log(send(None, {})).log_record.body is None  # type: ignore[union-attr]
    assert rewriter.log(send(5, {})).log_record.body == 5  # type: ignore[union-attr]


def test_an_exception_log_becomes_a_record_and_pairs_with_its_span(
    rewriter: Rewriter, telemetry: Any, tracer: Any, send: Callable[..., Any]
) -> None:
    with tracer.start_as_current_span("job") as span:
        try:
            raise ValueError(f"bad {EMAIL}")
        except ValueError as error:
            attributes = {"exception.type": "ValueError", "exception.message": str(error), "exception.stacktrace": ""}
            item = send("sync failed", attributes)
            span.record_exception(error)
    safe = rewriter.log(item)
    assert safe is not None
    assert safe.log_record.attributes[names.ERROR_FINGERPRINT_HASH].startswith("v1:")
    assert EMAIL not in safe.to_json()
    (job,) = rewritten(rewriter, telemetry)
    assert job.events[0].attributes[names.RECORD_ID] == safe.log_record.attributes[names.RECORD_ID]


def test_a_log_of_a_recorded_failure_gets_its_id(built: Runtime, rewriter: Rewriter, send: Callable[..., Any]) -> None:
    built.process.failures.remember(Failure("r1", 10**18 - 5, 0, "app.Error", "the shop said no"))
    safe = rewriter.log(send("x", {"exception.type": "app.Error", "exception.message": "the shop said no"}))
    assert safe is not None
    assert safe.log_record.attributes[names.RECORD_ID] == "r1"


def test_a_log_that_cannot_be_rewritten_is_not_sent(
    rewriter: Rewriter, send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*args: Any) -> Any:
        raise RuntimeError("ours")

    item = send(EMAIL, {})
    monkeypatch.setattr(Rewriter, "_safe_body", bug)
    assert rewriter.log(item) is None
