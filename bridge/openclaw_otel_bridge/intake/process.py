"""From what was found to what is stored: identity, the pipeline (redaction last), and spans redacted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from openclaw_otel.attributes import SERVICE_NAME
from openclaw_otel.pipeline import Pipeline
from openclaw_otel.record import ErrorRecord
from openclaw_otel_bridge.archive import StoredSpan
from openclaw_otel_bridge.intake.facts import OF_RESOURCE, modern
from openclaw_otel_bridge.intake.found import Found, Reading
from openclaw_otel_bridge.intake.identity import copy_hash, place
from openclaw_otel_bridge.intake.items import NONE, Candidate, Item, Source, TraceSpans
from openclaw_otel_bridge.intake.nested import Nested
from openclaw_otel_bridge.intake.rows import slices
from openclaw_otel_bridge.intake.traces import is_exception
from openclaw_otel_bridge.intake.values import attributes, clean, is_id, time

SHORT = 200
"""Characters of texts that repeat (span names, status texts) and are worth remembering redacted."""
TOGETHER = 64
"""Failures that go through the pipeline at once: enough to share its calls, few enough for a processor's cache."""
MOST_SPANS = 2000
"""Of one trace in one request."""


@dataclass(slots=True)
class Processed:
    """Items ready for the committer, and what became of the rest."""

    items: list[Item]
    dropped: int = 0
    """Failures a processor dropped."""
    spans_dropped: int = 0
    """Spans of traces without an error."""


class Process:
    """Turns readings into items. Thread safe."""

    def __init__(self, pipeline: Pipeline, hash_key: bytes) -> None:
        """`hash_key` keys the hash that tells copies apart."""
        self._pipeline = pipeline
        self._hash_key = hash_key
        self._nested = Nested(pipeline.redact_tree)
        self._short: Callable[[str], str] = lru_cache(maxsize=8192)(pipeline.redact_text)

    def run(
        self, reading: Reading, project_id: int, received_at: datetime, known: Callable[[set[bytes]], set[bytes]]
    ) -> Processed:
        """Return the items of a reading. `known` says which traces hold an error the bridge has already."""
        resources = [self._resource(raw) for raw in reading.resources]
        done = Processed([])
        for some in slices(reading.found, TOGETHER):
            for candidate in self._candidates(some, project_id, received_at, resources):
                if candidate is None:
                    done.dropped += 1
                else:
                    done.items.append(candidate)
        quiet = set(reading.spans) - reading.failed
        kept = reading.failed | (known(quiet) if quiet else set())
        services = [raw.get(SERVICE_NAME) for raw in reading.resources]
        for trace, spans in reading.spans.items():
            if trace in kept:
                stored = tuple(
                    self._span(span, made, received_at, services[at]) for span, at, made in spans[:MOST_SPANS]
                )
                first = stored[0] if len(stored) == 1 else min(stored, key=lambda span: span.started_at)
                done.items.append(TraceSpans(project_id, trace.hex(), first.started_at.date(), stored))
                done.spans_dropped += max(0, len(spans) - MOST_SPANS)
            else:
                done.spans_dropped += len(spans)
        return done

    def _candidates(
        self, found: Sequence[Found], project_id: int, received_at: datetime, resources: Sequence[Mapping[str, Any]]
    ) -> Iterator[Candidate | None]:
        """Yield what each failure comes to, processed and redacted; None where a processor dropped it."""
        raws: list[ErrorRecord] = []
        days: list[date] = []
        beside: list[Mapping[str, Any]] = []
        for each in found:
            raw, nested = each.record, NONE
            day, occurred_at = place(each.id, raw.occurred_at if each.timed else None, received_at)
            if each.source is Source.SENTRY:
                plain, nested = self._nested.split(raw.attributes)
                raw = raw.but(attributes=plain)
            ident = str(each.id)
            if raw.id != ident or raw.occurred_at is not occurred_at:
                raw = raw.but(id=ident, occurred_at=occurred_at)
            raws.append(raw)
            days.append(day)
            beside.append(nested)
        done = self._pipeline.run_many(raws)
        for each, raw, day, nested, processed in zip(found, raws, days, beside, done, strict=True):
            if processed is None:
                yield None
                continue
            digest = None
            if not each.stamped and raw.exception is not None:
                digest = copy_hash(self._hash_key, raw.exception.type, raw.exception.message)
            record = processed.but(attributes={**processed.attributes, **nested}) if nested else processed
            sender = self._sender(each.sender) if each.sender else NONE
            resource = resources[each.resource]
            yield Candidate(
                project_id, each.id, day, each.source, record, received_at,
                each.parent_id, digest, each.weak, sender, resource,
            )  # fmt: skip

    def _sender(self, view: Mapping[str, Any]) -> Mapping[str, Any]:
        code = view.get("code")
        return {**view, "code": self._text(code)} if isinstance(code, str) else view

    def _resource(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        rest = {name: value for name, value in raw.items() if name not in OF_RESOURCE}
        return self._pipeline.redact_attributes(rest) if rest else {}

    def _span(self, span: Span, made_event: bool, received_at: datetime, service: object) -> StoredSpan:
        started = time(span.start_time_unix_nano) or received_at
        ended = max(time(span.end_time_unix_nano) or started, started)
        status, parent, events = span.status, span.parent_span_id, span.events
        said = status.message
        return StoredSpan(
            span.trace_id.hex(),
            span.span_id.hex(),
            parent.hex() if is_id(parent, 8) else None,
            self._text(clean(span.name)),
            span.kind,
            service if isinstance(service, str) else None,
            started,
            ended,
            status.code,
            self._text(clean(said)) if said else "",
            # What is on the event is not kept twice.
            NONE if made_event else self._attributes(span.attributes),
            [self._event(event) for event in events] if events else [],
        )

    def _event(self, event: Span.Event) -> dict[str, Any]:
        at = time(event.time_unix_nano)
        rest = {} if is_exception(event) else self._attributes(event.attributes)
        return {"name": self._text(clean(event.name)), "at": at.isoformat() if at else None, "attributes": rest}

    def _attributes(self, pairs: Sequence[Any]) -> dict[str, Any]:
        found = modern(attributes(pairs))
        return self._pipeline.redact_attributes(found) if found else {}

    def _text(self, text: str) -> str:
        if not text:
            return text
        return self._short(text) if len(text) <= SHORT else self._pipeline.redact_text(text)
