"""The one place that touches OpenTelemetry's logs API, which is still underscored and may move."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry._logs import LoggerProvider, LogRecord, SeverityNumber, get_logger_provider

from openclaw_otel.record import Severity

SCOPE = "openclaw_otel"
"""Instrumentation scope of everything that is ours: such telemetry is redacted already."""
SCHEMA_URL = "https://opentelemetry.io/schemas/1.44.0"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS: Mapping[Severity, SeverityNumber] = {
    Severity.INFO: SeverityNumber.INFO,
    Severity.WARN: SeverityNumber.WARN,
    Severity.ERROR: SeverityNumber.ERROR,
    Severity.CRITICAL: SeverityNumber.ERROR,
}


def emit_event(  # noqa: PLR0913 - the fields of a log record
    provider: LoggerProvider | None,
    name: str,
    *,
    severity: Severity,
    body: str,
    attributes: Mapping[str, Any],
    at: datetime,
    span: trace.Span,
) -> None:
    """Write one event as a log record, in the trace of `span`; `provider` None means the global one."""
    number = _NUMBERS[severity]
    logger = (provider or get_logger_provider()).get_logger(SCOPE, own_version(), SCHEMA_URL)
    logger.emit(
        LogRecord(
            timestamp=nanoseconds(at),
            context=trace.set_span_in_context(span, otel_context.Context()),
            severity_number=number,
            severity_text=number.name,
            body=body,
            attributes=dict(attributes),
            event_name=name,
        )
    )


def nanoseconds(at: datetime) -> int:
    """Return a time as OTLP has it, exact to the microsecond (a float would not be)."""
    return (at - _EPOCH) // timedelta(microseconds=1) * 1000


@cache
def own_version() -> str:
    """Return the version of this distribution, the scope's version."""
    return version("openclaw-otel")
