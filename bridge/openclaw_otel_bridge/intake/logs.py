"""What is an event in log data.

| a log record                                                   | becomes                        |
|----------------------------------------------------------------|--------------------------------|
| of the library (openclaw.integration.api/webhook.exception)    | an event, the carrier          |
| with exception.type or .message, or named `exception`          | an event, whatever its severity |
| of severity ERROR or above without exception                   | an event if the project opts in |
| an observation of the library, anything else                   | counted                        |
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, SeverityNumber

from openclaw_otel import attributes as names
from openclaw_otel.record import ErrorRecord, ExceptionInfo, Severity
from openclaw_otel_bridge.intake.facts import Occurrence, is_weak, modern, record_of, sender_view
from openclaw_otel_bridge.intake.found import Found, Reading
from openclaw_otel_bridge.intake.identity import log_id, stamped_id
from openclaw_otel_bridge.intake.items import Source
from openclaw_otel_bridge.intake.values import attributes, is_id, time, value

_OWN_EVENTS = frozenset({names.EVENT_API_EXCEPTION, names.EVENT_WEBHOOK_EXCEPTION})
_FATAL = SeverityNumber.SEVERITY_NUMBER_FATAL
_ERROR = SeverityNumber.SEVERITY_NUMBER_ERROR
_WARN = SeverityNumber.SEVERITY_NUMBER_WARN


def read_logs(message: ExportLogsServiceRequest, project_id: int, *, plain_errors: bool = False) -> Reading:
    """Return the failures of an export request; `plain_errors`: the project takes ERROR logs without exception."""
    reading = Reading()
    for group in message.resource_logs:
        reading.resources.append(modern(attributes(group.resource.attributes)))
        for scope in group.scope_logs:
            for record in scope.log_records:
                reading.seen += 1
                if record.trace_id and not is_id(record.trace_id, 16):
                    reading.reject("trace_id is not 16 bytes, or all zero")
                elif record.span_id and not is_id(record.span_id, 8):
                    reading.reject("span_id is not 8 bytes, or all zero")
                else:
                    _read(reading, record, project_id, plain_errors)
    return reading


def _read(reading: Reading, log: LogRecord, project_id: int, plain_errors: bool) -> None:
    own = modern(attributes(log.attributes))
    if own.get(names.RECORD_DROPPED) is True or not _is_event(log, own, plain_errors):
        return
    nanos = log.time_unix_nano or log.observed_time_unix_nano
    body = _text(value(log.body))
    trace_id, span_id = log.trace_id.hex() or None, log.span_id.hex() or None
    record = record_of(own, reading.resources[-1], Occurrence(time(nanos), trace_id, span_id, body))
    stamped = stamped_id(own.get(names.RECORD_ID))
    if stamped is None:
        record = _foreign(record, log, body)
    error = record.exception or ExceptionInfo("")
    uid = own.get("log.record.uid")
    said = uid if isinstance(uid, str) and uid else "\0".join((error.type, error.message, error.stacktrace, body))
    reading.found.append(
        Found(
            id=stamped or log_id(project_id, trace_id, span_id, nanos, said),
            source=Source.LOG,
            record=record,
            timed=nanos > 0,
            stamped=stamped is not None,
            weak=stamped is not None and is_weak(own),
            sender=sender_view(own),
            resource=len(reading.resources) - 1,
        )
    )


def _is_event(log: LogRecord, own: Mapping[str, Any], plain_errors: bool) -> bool:
    name = log.event_name or own.get("otel.event.name") or ""
    if name in _OWN_EVENTS or name == "exception" or (isinstance(name, str) and name.endswith(".exception")):
        return True
    if names.EXCEPTION_TYPE in own or names.EXCEPTION_MESSAGE in own:
        return True
    return plain_errors and log.severity_number >= _ERROR


def _foreign(record: ErrorRecord, log: LogRecord, body: str) -> ErrorRecord:
    """Severity as the sender says; without an exception, its words are what happened."""
    severity = record.severity
    if log.severity_number >= _FATAL:
        severity = Severity.CRITICAL
    elif _WARN <= log.severity_number < _ERROR:
        severity = Severity.WARN
    error = record.exception or ExceptionInfo("", body)
    return record.but(severity=severity, exception=error, message=record.message or body)


def _text(body: Any) -> str:
    if body is None:
        return ""
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=str)
