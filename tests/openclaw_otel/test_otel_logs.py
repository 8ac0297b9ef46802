"""otel_logs: one event, in the trace of its span, at its time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

from openclaw_otel.otel_logs import SCOPE, emit_event, nanoseconds, own_version
from openclaw_otel.record import Severity


def test_an_event(telemetry: Any) -> None:
    at = datetime(2026, 11, 22, 10, 0, 0, 123456, UTC)
    with telemetry.provider.get_tracer("app").start_as_current_span("other"):
        span = telemetry.provider.get_tracer("app").start_span("mine")
        emit_event(None, "x.exception", severity=Severity.WARN, body="b", attributes={"a": 1}, at=at, span=span)
    (item,) = telemetry.logs_out.get_finished_logs()
    record = item.log_record
    assert item.instrumentation_scope.name == SCOPE
    assert item.instrumentation_scope.version == own_version()
    assert (record.event_name, record.body, record.severity_text) == ("x.exception", "b", "WARN")
    assert record.span_id == span.get_span_context().span_id
    assert record.timestamp == 1795341600123456000
    span.end()


def test_a_provider_of_our_own(telemetry: Any) -> None:
    exporter, provider = InMemoryLogRecordExporter(), LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    span = telemetry.provider.get_tracer("app").start_span("mine")
    emit_event(provider, "x", severity=Severity.INFO, body="b", attributes={}, at=datetime.now(UTC), span=span)
    assert len(exporter.get_finished_logs()) == 1
    assert telemetry.logs == []
    span.end()
    provider.shutdown()


@given(st.datetimes(timezones=st.just(UTC)))
def test_nanoseconds_are_exact(at: datetime) -> None:
    assert nanoseconds(at) % 1000 == 0
    assert nanoseconds(at) // 1000 % 10**6 == at.microsecond
