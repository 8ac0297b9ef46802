"""OTLP requests as tests send them."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

RESOURCE: Mapping[str, Any] = {"service.name": "erp-sync", "deployment.environment.name": "prod"}


def any_value(value: Any) -> AnyValue:
    if value is None:
        return AnyValue()
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, bytes):
        return AnyValue(bytes_value=value)
    if isinstance(value, dict):
        return AnyValue(kvlist_value=KeyValueList(values=pairs(value)))
    if isinstance(value, list | tuple):
        return AnyValue(array_value=ArrayValue(values=[any_value(each) for each in value]))
    return AnyValue(string_value=value)


def pairs(values: Mapping[str, Any]) -> list[KeyValue]:
    return [KeyValue(key=key, value=any_value(value)) for key, value in values.items()]


def exception_event(kind: str, message: str, stack: str = "", **more: Any) -> Span.Event:
    values = {"exception.type": kind, "exception.message": message, "exception.stacktrace": stack, **more}
    return Span.Event(name="exception", time_unix_nano=time.time_ns(), attributes=pairs(values))


def span(
    *events: Span.Event,
    trace: bytes | None = None,
    ident: bytes | None = None,
    parent: bytes = b"",
    failed: bool = True,
    **fields: Any,
) -> Span:
    now = time.time_ns()
    values = {
        "trace_id": os.urandom(16) if trace is None else trace,
        "span_id": os.urandom(8) if ident is None else ident,
        "parent_span_id": parent,
        "name": "POST",
        "kind": Span.SPAN_KIND_CLIENT,
        "start_time_unix_nano": now - 10**8,
        "end_time_unix_nano": now,
        "status": Status(code=Status.STATUS_CODE_ERROR if failed else Status.STATUS_CODE_UNSET),
        **fields,
    }
    values["attributes"] = pairs(values.pop("attributes", {}))
    return Span(events=events, **values)


def traces(*spans: Span, resource: Mapping[str, Any] = RESOURCE) -> ExportTraceServiceRequest:
    return ExportTraceServiceRequest(
        resource_spans=[
            ResourceSpans(resource=Resource(attributes=pairs(resource)), scope_spans=[ScopeSpans(spans=spans)])
        ]
    )


def log(attributes: Mapping[str, Any], **fields: Any) -> LogRecord:
    values: dict[str, Any] = {"time_unix_nano": time.time_ns(), "severity_number": 17, **fields}
    if "body" in values:
        values["body"] = any_value(values["body"])
    return LogRecord(attributes=pairs(attributes), **values)


def logs(*records: LogRecord, resource: Mapping[str, Any] = RESOURCE) -> ExportLogsServiceRequest:
    return ExportLogsServiceRequest(
        resource_logs=[
            ResourceLogs(resource=Resource(attributes=pairs(resource)), scope_logs=[ScopeLogs(log_records=records)])
        ]
    )


def failing(count: int, message: str = "order {n} throttled") -> Sequence[Span]:
    return [span(exception_event("erp.Throttled", message.format(n=n))) for n in range(count)]
