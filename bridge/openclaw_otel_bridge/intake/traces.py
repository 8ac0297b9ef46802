"""What is an event in trace data: exceptions on spans, and failed calls without one.

| on a span                                                    | becomes                          |
|--------------------------------------------------------------|----------------------------------|
| an event with exception.type or .message, or so named        | an event, each                   |
| CLIENT or CONSUMER kind, error status, no such event         | an event                         |
| any other kind with error status                             | no event; its trace is kept      |
| marked as dropped by the sender's processors                 | no event                         |
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from openclaw_otel import attributes as names
from openclaw_otel.record import ErrorRecord, ExceptionInfo
from openclaw_otel_bridge.intake.facts import (
    Occurrence,
    ReadCall,
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


def read_traces(message: ExportTraceServiceRequest, project_id: int, read_call: ReadCall) -> Reading:
    """Return the failures and spans of an export request; items that cannot be taken are counted."""
    reading = Reading()
    for group in message.resource_spans:
        reading.resources.append(modern(attributes(group.resource.attributes)))
        reader = _SpanReader(reading, project_id, read_call)
        for scope in group.scope_spans:
            for span in scope.spans:
                reader.read(span)
    return reading


def is_exception(event: Span.Event) -> bool:
    """Say whether a span event tells of an exception."""
    if event.name == "exception" or event.name.endswith(".exception"):
        return True
    return any(pair.key in _EXCEPTION_KEYS for pair in event.attributes)


class _SpanReader:
    """Reads the spans of one resource into `reading`, one after the other."""

    def __init__(self, reading: Reading, project_id: int, read_call: ReadCall) -> None:
        self._reading = reading
        self._project_id = project_id
        self._read_call = read_call
        self._at = len(reading.resources) - 1
        self._resource = reading.resources[self._at]
        self._trace_id = self._span_id = ""
        """Of the span that is being read."""

    def read(self, span: Span) -> None:
        reading, trace, ident = self._reading, span.trace_id, span.span_id
        reading.seen += 1
        if not is_id(trace, 16):
            reading.reject("trace_id is not 16 bytes, or all zero")
            return
        if not is_id(ident, 8):
            reading.reject("span_id is not 8 bytes, or all zero")
            return
        events = span.events
        exceptions = [(at, event) for at, event in enumerate(events) if is_exception(event)] if events else ()
        before = len(reading.found)
        if exceptions or span.status.code == ERROR:
            reading.failed.add(trace)
            self._trace_id, self._span_id = trace.hex(), ident.hex()
            if exceptions:
                self._exceptions(span, exceptions)
            elif span.kind in _CALLS:
                self._call(span)
        seen = (span, self._at, len(reading.found) > before)
        if (beside := reading.spans.get(trace)) is None:
            reading.spans[trace] = [seen]
        else:
            beside.append(seen)

    def _exceptions(self, span: Span, events: Sequence[tuple[int, Span.Event]]) -> None:
        of_span = modern(attributes(span.attributes))
        plain = of_span
        if not names.OWN.isdisjoint(of_span):
            plain = {name: value for name, value in of_span.items() if name not in names.OWN}
        seen: list[tuple[str, str]] = []
        for index, event in events:
            own = modern(attributes(event.attributes))
            if own.get(names.RECORD_DROPPED) is True:
                continue
            if len(events) > 1:
                text = (str(own.get(names.EXCEPTION_TYPE, "")), str(own.get(names.EXCEPTION_MESSAGE, "")))
                if index == events[-1][0] and text in seen and _left_by(span, text):
                    continue
                seen.append(text)
            which = self._which(own, index, event.time_unix_nano)
            # A span's classification is that of one record; an event of another record must not wear it.
            same = which.is_stamped and which.id == stamped_id(of_span.get(names.RECORD_ID))
            merged = {**(of_span if same else plain), **own}
            record = self._record(span, merged, which)
            if record.exception is None:  # named as an exception, it is one all the same
                record = record.but(exception=ExceptionInfo(clean(event.name), record.message))
            self._add(span, _Failure(record, Source.SPAN_EVENT, merged, own, which))

    def _call(self, span: Span) -> None:
        merged = modern(attributes(span.attributes))
        if merged.get(names.RECORD_DROPPED) is True:
            return
        which = self._which(merged, -1, span.end_time_unix_nano)
        record = self._record(span, merged, which, clean(span.status.message))
        if record.exception is None and record.status is None:  # no answer is known of: what the sender calls the error
            kind = merged.get(names.ERROR_TYPE)
            record = record.but(exception=ExceptionInfo(kind if isinstance(kind, str) else "", record.message))
        self._add(span, _Failure(record, Source.SPAN, merged, merged, which))

    def _which(self, own: dict[str, Any], index: int, nanos: int) -> _Which:
        said = own.get(names.RECORD_ID)
        stamped = stamped_id(said) if said else None
        if stamped is not None:
            return _Which(stamped, True, nanos)
        return _Which(span_event_id(self._project_id, self._trace_id, self._span_id, index), False, nanos)

    def _record(self, span: Span, merged: dict[str, Any], which: _Which, body: str = "") -> ErrorRecord:
        at = Occurrence(time(which.nanos), self._trace_id, self._span_id, body, str(which.id))
        read_call = None if which.is_stamped or span.kind not in _CALLS else self._read_call
        return record_of(merged, self._resource, at, read_call)

    def _add(self, span: Span, failure: _Failure) -> None:
        record, source, merged, own, which = failure
        parent = span.parent_span_id
        self._reading.found.append(
            Found(
                which.id,
                source,
                record,
                which.nanos > 0,
                which.is_stamped,
                which.is_stamped and is_weak(own),
                parent if parent and is_id(parent, 8) else None,
                sender_view(merged),
                self._at,
            )
        )


class _Which(NamedTuple):
    """Which occurrence it is: its id, whether the library stamped it, when."""

    id: UUID
    is_stamped: bool
    nanos: int


class _Failure(NamedTuple):
    """What was read of one: `merged` are the attributes of span and event, `own` those of what tells of it."""

    record: ErrorRecord
    source: Source
    merged: dict[str, Any]
    own: dict[str, Any]
    which: _Which


def _left_by(span: Span, text: tuple[str, str]) -> bool:
    """Say whether the SDK recorded the exception once more as it left the span: it writes the status this way."""
    kind, message = text
    return span.status.message in (f"{kind.rpartition('.')[2]}: {message}", f"{kind}: {message}")
