"""Spans of error traces as the lines of a chunk, redacted.

The line is made from the message at once: an object of a span in between would cost as much as all else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from openclaw_otel.attributes import SERVICE_NAME
from openclaw_otel.pipeline import Pipeline
from openclaw_otel_bridge.archive import span_line
from openclaw_otel_bridge.intake.facts import modern
from openclaw_otel_bridge.intake.found import Reading, SeenSpan
from openclaw_otel_bridge.intake.items import TraceSpans
from openclaw_otel_bridge.intake.traces import is_exception
from openclaw_otel_bridge.intake.values import attributes, clean, is_id

SHORT = 200
"""Characters of texts that repeat (span names, status texts) and are worth remembering redacted."""
MOST_SPANS = 2000
"""Of one trace in one request."""
_DAY = 86_400_000_000
"""Microseconds."""
_EPOCH_DAY = date(1970, 1, 1).toordinal()


class SpanLines:
    """Writes the spans of a reading. Thread safe."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._redact_attributes = pipeline.redact_attributes
        self._redact_text = pipeline.redact_text
        self._short: Callable[[str], str] = lru_cache(maxsize=8192)(pipeline.redact_text)

    def of_trace(
        self, reading: Reading, trace: bytes, spans: Sequence[SeenSpan], project_id: int, received_at: datetime
    ) -> TraceSpans:
        """Return the first MOST_SPANS spans of a trace; its day is that of the earliest."""
        trace_id, received = trace.hex(), int(received_at.timestamp() * 1_000_000)
        first, lines = None, list[bytes]()
        for span, at, made_event in spans[:MOST_SPANS]:
            start = span.start_time_unix_nano // 1000 or received
            lines.append(self._line(trace_id, span, start, reading.resources[at].get(SERVICE_NAME), made_event))
            first = start if first is None or start < first else first
        day = date.fromordinal(_EPOCH_DAY + (received if first is None else first) // _DAY)
        return TraceSpans(project_id, trace_id, day, lines)

    def _line(self, trace_id: str, span: Span, start: int, service: object, made_event: bool) -> bytes:
        status, parent, events = span.status, span.parent_span_id, span.events
        said, length = status.message, span.end_time_unix_nano // 1000 - start
        row = (
            parent.hex() if parent and is_id(parent, 8) else None,
            self._text(span.name),
            span.kind,
            service if isinstance(service, str) else None,
            start,
            length if length > 0 else 0,
            status.code,
            self._text(said) if said else "",
            # What is on the event is not kept twice.
            {} if made_event else self._attributes(span.attributes),
            [self._event(event) for event in events] if events else (),
        )
        return span_line(trace_id, span.span_id.hex(), row)

    def _event(self, event: Span.Event) -> dict[str, Any]:
        rest = {} if is_exception(event) else self._attributes(event.attributes)
        return {"name": self._text(event.name), "at": event.time_unix_nano // 1000 or None, "attributes": rest}

    def _attributes(self, pairs: Sequence[Any]) -> dict[str, Any]:
        found = modern(attributes(pairs))
        return self._redact_attributes(found) if found else {}

    def _text(self, text: str) -> str:
        if len(text) <= SHORT:
            return self._short(clean(text)) if text else text
        return self._redact_text(clean(text))
