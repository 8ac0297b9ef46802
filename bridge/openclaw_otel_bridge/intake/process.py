"""From what was found to what is stored: identity, the pipeline (redaction last), and spans redacted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openclaw_otel.pipeline import Pipeline
from openclaw_otel.record import ErrorRecord
from openclaw_otel_bridge.intake.facts import OF_RESOURCE
from openclaw_otel_bridge.intake.found import Found, Reading
from openclaw_otel_bridge.intake.identity import copy_hash, place
from openclaw_otel_bridge.intake.items import NONE, Candidate, Item, Source
from openclaw_otel_bridge.intake.nested import Nested
from openclaw_otel_bridge.intake.rows import slices
from openclaw_otel_bridge.intake.span_lines import MOST_SPANS, SpanLines

TOGETHER = 64
"""Failures that go through the pipeline at once: enough to share its calls, few enough for a processor's cache."""


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
        self._lines = SpanLines(pipeline)

    def run(
        self, reading: Reading, project_id: int, received_at: datetime, known: Set[bytes] = frozenset()
    ) -> Processed:
        """Return the items of a reading. `known`: which of its quiet traces hold an error the bridge has already."""
        resources = [self._resource(raw) for raw in reading.resources]
        done = Processed([])
        for some in slices(reading.found, TOGETHER):
            for candidate in self._candidates(some, project_id, received_at, resources):
                if candidate is None:
                    done.dropped += 1
                else:
                    done.items.append(candidate)
        kept = reading.failed | known
        for trace, spans in reading.spans.items():
            if trace in kept:
                done.items.append(self._lines.of_trace(reading, trace, spans, project_id, received_at))
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
            # What was read of spans is called by its id already.
            ident = raw.id if each.source is Source.SPAN_EVENT or each.source is Source.SPAN else str(each.id)
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
        return {**view, "code": self._pipeline.redact_text(code)} if isinstance(code, str) else view

    def _resource(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        rest = {name: value for name, value in raw.items() if name not in OF_RESOURCE}
        return self._pipeline.redact_attributes(rest) if rest else {}
