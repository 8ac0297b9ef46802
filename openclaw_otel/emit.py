"""Writing one failure: span status and classification, a short exception event, and the log record that carries all.

The pipeline runs first, so that nothing raw is ever written to a span or log, whoever exports it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Status, StatusCode

from openclaw_otel import attributes as names
from openclaw_otel.failures import Failure
from openclaw_otel.otel_logs import emit_event, nanoseconds
from openclaw_otel.pipeline import WITHHELD
from openclaw_otel.record import ErrorRecord, Observation, Severity
from openclaw_otel.runtime import Process, Runtime
from openclaw_otel.wire import body, classification, to_attributes

log = logging.getLogger(__name__)
OBSERVATION_SECONDS = 60.0
_DESCRIPTION_LIMIT = 300
_REMEMBERED = 4096
_OTHERS_URLS = frozenset({names.URL_FULL, "url.query", "http.url", "http.target"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a failure came from, for recognising its copies."""

    holders: tuple[object, ...] = ()
    """The exception and response objects that stand for it."""
    url: str = ""
    packages: frozenset[str] = frozenset()


class Emitter:
    """Writes records and observations. Thread safe."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._observed: dict[tuple[str, str | None, str | None], float] = {}
        self._lock = threading.Lock()

    def failed(self, raw: ErrorRecord, span: trace.Span, source: Source = Source()) -> ErrorRecord | None:
        """Run the pipeline on a failure and write it to `span` and as a log record; None when it was dropped."""
        raw = _placed(raw, span)
        record = self._runtime.pipeline.run(raw)
        shown = record or self._runtime.pipeline.redact(raw)
        self._remember(raw, source, facts_of(shown, dropped=record is None))
        write_span(span, shown, dropped=record is None)
        if record is None:
            return None
        _emit(self._runtime.process, record, span)
        return record

    def observed(self, observation: Observation, span: trace.Span) -> bool:
        """Write an observation unless one of its store and operation was written within the last minute."""
        key = (observation.kind, observation.store, observation.operation)
        now = time.monotonic()
        with self._lock:
            if now - self._observed.get(key, -OBSERVATION_SECONDS) < OBSERVATION_SECONDS:
                return False
            if len(self._observed) >= _REMEMBERED:
                self._observed.clear()
            self._observed[key] = now
        emit_event(
            self._runtime.process.logger_provider,
            names.EVENT_OBSERVATION,
            severity=Severity.INFO,
            body=self._runtime.pipeline.redact_text(observation.detail) if observation.detail else observation.kind,
            attributes=observation_attributes(observation),
            at=datetime.now(UTC),
            span=span,
        )
        return True

    def _remember(self, raw: ErrorRecord, source: Source, facts: Mapping[str, Any]) -> None:
        error = raw.exception
        self._runtime.process.failures.remember(
            Failure(
                record_id=raw.id,
                at=nanoseconds(raw.occurred_at),
                trace_id=int(raw.trace_id, 16) if raw.trace_id else 0,
                type=error.type if error else "",
                message=error.message if error else "",
                quotes=tuple(text for text in (source.url, raw.message, raw.request_id) if text),
                packages=source.packages,
                facts=facts,
            ),
            *source.holders,
        )


def release(process: Process, *, everything: bool = False) -> int:
    """Emit what the process's pipelines kept back and let go now (a storm's samples); return how many records."""
    count = 0
    for pipeline in list(process.pipelines):
        for record in pipeline.flush(everything=everything):
            _emit(process, record, trace.NonRecordingSpan(_context_of(record)))
            count += 1
    return count


def _emit(process: Process, record: ErrorRecord, span: trace.Span) -> None:
    delivery = record.webhook_topic is not None
    emit_event(
        process.logger_provider,
        names.EVENT_WEBHOOK_EXCEPTION if delivery else names.EVENT_API_EXCEPTION,
        severity=Severity.ERROR if delivery else Severity.WARN,
        body=body(record),
        attributes=to_attributes(record),
        at=record.occurred_at,
        span=span,
    )


def _context_of(record: ErrorRecord) -> trace.SpanContext:
    if not record.trace_id or not record.span_id:
        return trace.INVALID_SPAN_CONTEXT
    flags = trace.TraceFlags(trace.TraceFlags.SAMPLED)
    return trace.SpanContext(int(record.trace_id, 16), int(record.span_id, 16), is_remote=False, trace_flags=flags)


def write_span(span: trace.Span, record: ErrorRecord, *, dropped: bool = False) -> None:
    """Write a redacted failure to its span: status, classification, and a short exception event for Jaeger."""
    if not span.is_recording():
        return
    values: dict[str, Any] = classification(record)
    if record.snapshot and record.snapshot.url:
        values[names.URL_FULL] = record.snapshot.url
    if dropped:
        values[names.RECORD_DROPPED] = True
    # A span of another instrumentation, used as ours, carries the raw URL, maybe under older names.
    for old in _OTHERS_URLS.intersection(getattr(span, "attributes", None) or ()):
        values[old] = values.get(names.URL_FULL, WITHHELD)
    span.set_attributes(values)
    span.set_status(Status(StatusCode.ERROR, body(record)[:_DESCRIPTION_LIMIT]))
    span.add_event("exception", event_attributes(record, dropped=dropped))


def event_attributes(record: ErrorRecord, *, dropped: bool = False) -> dict[str, Any]:
    """Return the attributes of the short exception event: no stack, no bodies."""
    values: dict[str, Any] = {
        names.EXCEPTION_TYPE: (record.exception.type if record.exception else "")
        or classification(record)[names.ERROR_TYPE],
        names.EXCEPTION_MESSAGE: record.message,
        names.RECORD_ID: record.id,
        names.ERROR_CATEGORY: record.category.value,
    }
    if dropped:
        values[names.RECORD_DROPPED] = True
    return values


def facts_of(record: ErrorRecord, *, dropped: bool = False) -> dict[str, Any]:
    """Return what was made of a redacted record, for copies of it elsewhere: no stack, no snapshot, no explanation."""
    values: dict[str, Any] = to_attributes(
        replace(record, attributes={}, exception=None, snapshot=None, explanation={}, next_step={}, message="")
    )
    if dropped:
        values[names.RECORD_DROPPED] = True
    return values


def observation_attributes(observation: Observation) -> Mapping[str, Any]:
    """Return an observation as log attributes; `detail` is the body, because it has to be redacted."""
    expires = observation.expires_at
    values: dict[str, Any] = {
        names.OBSERVATION_KIND: observation.kind,
        names.PLATFORM_NAME: observation.platform,
        names.STORE_ID: observation.store,
        names.OPERATION_NAME: observation.operation,
        names.OBSERVATION_REMAINING: observation.remaining,
        names.OBSERVATION_EXPIRES_AT: expires.astimezone(UTC).isoformat().replace("+00:00", "Z") if expires else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _placed(record: ErrorRecord, span: trace.Span) -> ErrorRecord:
    context = span.get_span_context()
    if not context.is_valid:
        return record
    return replace(
        record, trace_id=trace.format_trace_id(context.trace_id), span_id=trace.format_span_id(context.span_id)
    )
