"""What is an event in trace data: exceptions on spans, and failed calls without one.

| on a span                                                    | becomes                          |
|--------------------------------------------------------------|----------------------------------|
| an event with exception.type or .message, or so named        | an event, each                   |
| CLIENT or CONSUMER kind, error status, no such event         | an event                         |
| any other kind with error status                             | no event; its trace is kept      |
| marked as dropped by the sender's processors                 | no event                         |
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from openclaw_otel import attributes as names
from openclaw_otel.record import ErrorRecord, ExceptionInfo
from openclaw_otel_bridge.intake.facts import (
    FindAdapter,
    Occurrence,
    is_weak,
    modern,
    record_of,
    sender_view,
)
from openclaw_otel_bridge.intake.found import Found, Reading
from openclaw_otel_bridge.intake.identity import span_event_id, stamped_id
from openclaw_otel_bridge.intake.items import Source
from openclaw_otel_bridge.intake.values import attributes, clean, is_id, time

ERROR = Status.STATUS_CODE_ERROR
_CALLS = frozenset({Span.SPAN_KIND_CLIENT, Span.SPAN_KIND_CONSUMER})
_EXCEPTION_KEYS = (names.EXCEPTION_TYPE, names.EXCEPTION_MESSAGE)


def read_traces(message: ExportTraceServiceRequest, project_id: int, find: FindAdapter) -> Reading:
    """Return the failures and spans of an export request; items that cannot be taken are counted."""
    reading = Reading()
    for group in message.resource_spans:
        reading.resources.append(modern(attributes(group.resource.attributes)))
        for scope in group.scope_spans:
            for span in scope.spans:
                reading.seen += 1
                if not is_id(span.trace_id, 16):
                    reading.reject("trace_id is not 16 bytes, or all zero")
                elif not is_id(span.span_id, 8):
                    reading.reject("span_id is not 8 bytes, or all zero")
                else:
                    _SpanReader(reading, span, project_id, find).read()
    return reading


def is_exception(event: Span.Event) -> bool:
    """Say whether a span event tells of an exception."""
    if event.name == "exception" or event.name.endswith(".exception"):
        return True
    return any(pair.key in _EXCEPTION_KEYS for pair in event.attributes)


class _SpanReader:
    """Reads one span into `reading`."""

    def __init__(self, reading: Reading, span: Span, project_id: int, find: FindAdapter) -> None:
        self._reading = reading
        self._span = span
        self._project_id = project_id
        self._find = find if span.kind in _CALLS else None
        self._trace_id, self._span_id = span.trace_id.hex(), span.span_id.hex()

    def read(self) -> None:
        span = self._span
        events = span.events
        exceptions = [(at, event) for at, event in enumerate(events) if is_exception(event)] if events else []
        before = len(self._reading.found)
        if exceptions or span.status.code == ERROR:
            self._reading.failed.add(span.trace_id)
            if exceptions:
                self._exceptions(exceptions)
            elif span.kind in _CALLS:
                self._call()
        made = len(self._reading.found) > before
        self._reading.spans.setdefault(span.trace_id, []).append((span, len(self._reading.resources) - 1, made))

    def _exceptions(self, events: list[tuple[int, Span.Event]]) -> None:
        of_span = modern(attributes(self._span.attributes))
        plain = of_span
        if not names.OWN.isdisjoint(of_span):
            plain = {name: value for name, value in of_span.items() if name not in names.OWN}
        seen: list[tuple[str, str]] = []
        for index, event in events:
            own = modern(attributes(event.attributes))
            if own.get(names.RECORD_DROPPED) is True:
                continue
            text = (str(own.get(names.EXCEPTION_TYPE, "")), str(own.get(names.EXCEPTION_MESSAGE, "")))
            if index == events[-1][0] and text in seen and _left_by(self._span, text):
                continue
            seen.append(text)
            which = self._which(own, index, event.time_unix_nano)
            # A span's classification is that of one record; an event of another record must not wear it.
            same = which.is_stamped and which.id == stamped_id(of_span.get(names.RECORD_ID))
            merged = {**(of_span if same else plain), **own}
            record = self._record(merged, which)
            if record.exception is None:  # named as an exception, it is one all the same
                record = record.but(exception=ExceptionInfo(clean(event.name), record.message))
            self._add(record, Source.SPAN_EVENT, merged, own, which)

    def _call(self) -> None:
        merged = modern(attributes(self._span.attributes))
        if merged.get(names.RECORD_DROPPED) is True:
            return
        which = self._which(merged, -1, self._span.end_time_unix_nano)
        record = self._record(merged, which, clean(self._span.status.message))
        if record.exception is None and record.status is None:  # no answer is known of: what the sender calls the error
            kind = merged.get(names.ERROR_TYPE)
            record = record.but(exception=ExceptionInfo(kind if isinstance(kind, str) else "", record.message))
        self._add(record, Source.SPAN, merged, merged, which)

    def _which(self, own: dict[str, Any], index: int, nanos: int) -> _Which:
        stamped = stamped_id(own.get(names.RECORD_ID))
        if stamped is not None:
            return _Which(stamped, True, nanos)
        return _Which(span_event_id(self._project_id, self._trace_id, self._span_id, index), False, nanos)

    def _record(self, merged: dict[str, Any], which: _Which, body: str = "") -> ErrorRecord:
        at = Occurrence(time(which.nanos), self._trace_id, self._span_id, body, str(which.id))
        return record_of(merged, self._reading.resources[-1], at, None if which.is_stamped else self._find)

    def _add(
        self, record: ErrorRecord, source: Source, merged: dict[str, Any], own: dict[str, Any], which: _Which
    ) -> None:
        parent = self._span.parent_span_id
        self._reading.found.append(
            Found(
                which.id,
                source,
                record,
                timed=which.nanos > 0,
                stamped=which.is_stamped,
                weak=which.is_stamped and is_weak(own),
                parent_id=parent if is_id(parent, 8) else None,
                sender=sender_view(merged),
                resource=len(self._reading.resources) - 1,
            )
        )


class _Which(NamedTuple):
    """Which occurrence it is: its id, whether the library stamped it, when."""

    id: UUID
    is_stamped: bool
    nanos: int


def _left_by(span: Span, text: tuple[str, str]) -> bool:
    """Say whether the SDK recorded the exception once more as it left the span: it writes the status this way."""
    kind, message = text
    return span.status.message in (f"{kind.rpartition('.')[2]}: {message}", f"{kind}: {message}")
