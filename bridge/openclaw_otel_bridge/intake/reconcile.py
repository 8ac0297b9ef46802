"""Which candidates are new events, which are copies of one, which were here before; pure.

Copies collapse by id. Without a stamped id: by identical raw exception type and message, on the same span from another
source, or on a span and its parent (a re-raise). Siblings never: fifty orders failing in one trace are fifty events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from openclaw_otel_bridge.intake.items import Candidate, Source

NONE = Source(0)
Key = tuple[date, UUID, int]
"""Primary key of an event: day, id, project."""


@dataclass(slots=True, eq=False)
class Known:
    """An event as far as copies go: one in the database, or one this batch is about to add."""

    key: Key
    sources: Source
    span_id: bytes | None = None
    parent_id: bytes | None = None
    copy_hash: int | None = None
    grouping_id: int = 0
    candidate: Candidate | None = None
    """What will be stored; None for an event in the database."""
    touched: bool = False
    """Something has to be written to the event in the database."""
    added: Source = NONE


@dataclass(slots=True)
class Plan:
    """What a batch comes to."""

    fresh: list[Known] = field(default_factory=list)
    """New events, in key order."""
    upgraded: list[tuple[Known, Candidate]] = field(default_factory=list)
    """Events known by a short copy, whose carrier is here."""
    touched: list[Known] = field(default_factory=list)
    """Events in the database that gain a source, in key order."""
    copies: list[tuple[Key, Key]] = field(default_factory=list)
    """(id of a copy, event it fell together with)."""
    resent: int = 0
    """Candidates that were stored before."""
    resent_traces: set[tuple[int, str]] = field(default_factory=set)
    """Project and trace of span events that were stored before, their spans with them."""


def reconcile(
    candidates: Iterable[Candidate], known: Mapping[Key, Known], mates: Mapping[tuple[int, str], Sequence[Known]]
) -> Plan:
    """Return what to do with `candidates`.

    `known` are events by the id of a candidate (their own or a copy's); `mates` are events of the candidates' traces,
    by project and trace id. The events are changed in place as copies are taken up.
    """
    plan = Plan()
    batch: dict[Key, Known] = {}
    joined: dict[Key, Known] = {}
    by_trace = {trace: list(found) for trace, found in mates.items()}
    # An exception passes from inner to outer spans: in the order of time a child comes before its parent.
    for candidate in sorted(candidates, key=lambda each: each.record.occurred_at):
        key = candidate.key
        if joined and key in joined:
            plan.resent += 1
        elif known and key in known:
            _again(plan, known[key], candidate)
        elif key in batch:
            _beside(batch[key], candidate)
        elif (mate := _mate(candidate, by_trace)) is not None:
            _join(mate, candidate)
            plan.copies.append((key, mate.key))
            joined[key] = mate
        else:
            event = _new(key, candidate)
            batch[key] = event
            plan.fresh.append(event)
            if candidate.copy_hash is not None and candidate.record.trace_id:
                by_trace.setdefault((candidate.project_id, candidate.record.trace_id), []).append(event)
    plan.fresh.sort(key=lambda event: (event.key[0], event.key[1].int, event.key[2]))
    seen = [*known.values(), *(event for found in by_trace.values() for event in found)]
    touched = {event.key: event for event in seen if event.touched and event.candidate is None}
    plan.touched = sorted(touched.values(), key=lambda event: event.key)
    return plan


def _new(key: Key, candidate: Candidate) -> Known:
    return Known(
        key=key,
        sources=candidate.source,
        span_id=_span(candidate),
        parent_id=candidate.parent_id,
        copy_hash=candidate.copy_hash,
        candidate=candidate,
    )


def _again(plan: Plan, event: Known, candidate: Candidate) -> None:
    """A candidate whose id is known: a resend, or another copy of one record."""
    if candidate.source & event.added:
        return  # an outer span's mark of the same record: it came with the first, and is no resend
    added = candidate.source & ~event.sources
    if not added or event.key != candidate.key:
        plan.resent += 1
        if candidate.record.trace_id and candidate.source & (Source.SPAN_EVENT | Source.SPAN):
            plan.resent_traces.add((candidate.project_id, candidate.record.trace_id))
        return
    event.sources |= added
    event.added |= added
    if candidate.source is Source.LOG and not candidate.weak and event.candidate is None:
        plan.upgraded.append((event, candidate))
    else:
        event.touched = True


def _beside(event: Known, candidate: Candidate) -> None:
    """Two copies of one new record in one batch: the carrier tells more."""
    event.sources |= candidate.source
    if event.candidate is not None and event.candidate.weak and not candidate.weak:
        event.candidate = candidate
        event.span_id = _span(candidate) or event.span_id


def _mate(candidate: Candidate, by_trace: Mapping[tuple[int, str], Sequence[Known]]) -> Known | None:
    if candidate.copy_hash is None or not candidate.record.trace_id:
        return None
    found = by_trace.get((candidate.project_id, candidate.record.trace_id), ())
    return next((event for event in reversed(found) if _is_copy(event, candidate)), None)


def _is_copy(event: Known, candidate: Candidate) -> bool:
    span = _span(candidate)
    if event.copy_hash != candidate.copy_hash or span is None:
        return False
    fresh_source = not candidate.source & event.sources
    if span == event.span_id:
        return fresh_source
    if span == event.parent_id:
        return fresh_source or candidate.source is Source.SPAN_EVENT
    return candidate.parent_id is not None and candidate.parent_id == event.span_id


def _join(event: Known, candidate: Candidate) -> None:
    span = _span(candidate)
    if span == event.parent_id and candidate.source is Source.SPAN_EVENT:
        event.parent_id = candidate.parent_id  # the next re-raise would come from there
    elif span != event.span_id and candidate.parent_id == event.span_id:  # the outer copy came first
        if not event.sources & Source.SPAN_EVENT:
            event.parent_id = candidate.parent_id
        event.span_id = span
    elif span == event.span_id and event.parent_id is None:
        event.parent_id = candidate.parent_id
    event.added |= candidate.source & ~event.sources
    event.sources |= candidate.source
    event.touched = True


def _span(candidate: Candidate) -> bytes | None:
    return bytes.fromhex(candidate.record.span_id) if candidate.record.span_id else None
