"""Copies fall together, siblings never; resends add nothing, in any order and in any cut into batches."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from openclaw_otel.record import ErrorRecord
from openclaw_otel_bridge.intake.items import Candidate, Source
from openclaw_otel_bridge.intake.reconcile import Key, Known, Plan, reconcile

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRACE = "ab" * 16
A, B, C, D = ("0" * 15 + str(n) for n in range(1, 5))


def seen(
    span: str | None,
    parent: str | None = None,
    source: Source = Source.SPAN_EVENT,
    *,
    after: int = 0,
    digest: int | None = 7,
    ident: UUID | None = None,
    trace: str | None = TRACE,
    weak: bool = False,
) -> Candidate:
    at = NOW + timedelta(microseconds=after)
    record = ErrorRecord(id="x", occurred_at=at, trace_id=trace, span_id=span)
    return Candidate(
        project_id=1,
        id=ident or uuid4(),
        day=date(2026, 11, 22),
        source=source,
        record=record,
        received_at=NOW,
        parent_id=bytes.fromhex(parent) if parent else None,
        copy_hash=digest,
        weak=weak,
    )


class Memory:
    """What a database would remember between batches."""

    def __init__(self) -> None:
        self.events: dict[Key, Known] = {}
        self.copies: dict[Key, Key] = {}

    def take(self, *candidates: Candidate) -> Plan:
        known = {}
        for each in candidates:
            key = self.copies.get(each.key, each.key)
            if key in self.events:
                known[each.key] = self._stored(key)
        mates: dict[tuple[int, str], list[Known]] = {}
        for key in self.events:
            event = next((found for found in known.values() if found.key == key), None) or self._stored(key)
            mates.setdefault((1, TRACE), []).append(event)
        plan = reconcile(candidates, known, mates)
        for event in [*plan.fresh, *plan.touched, *(event for event, _ in plan.upgraded)]:
            self.events[event.key] = event
        self.copies.update(plan.copies)
        return plan

    def _stored(self, key: Key) -> Known:
        old = self.events[key]
        return Known(key, old.sources, old.span_id, old.parent_id, old.copy_hash, old.grouping_id)


def test_a_resend_adds_nothing() -> None:
    memory, batch = Memory(), [seen(A), seen(B, digest=8), seen(None, trace=None, digest=None, source=Source.LOG)]
    assert len(memory.take(*batch).fresh) == 3
    again = memory.take(*batch)
    assert (again.fresh, again.touched, again.copies, again.resent) == ([], [], [], 3)
    assert again.resent_traces == {(1, TRACE)}


def test_twice_in_one_batch_is_once() -> None:
    one = seen(A)
    plan = Memory().take(one, one)
    assert len(plan.fresh) == 1


def test_re_raised_through_its_parents_it_is_one() -> None:
    memory = Memory()
    chain = [seen(D, C), seen(C, B, after=1), seen(B, A, after=2), seen(A, None, after=3)]
    plan = memory.take(*chain)
    (event,) = plan.fresh
    assert event.key == chain[0].key
    assert [event_key for _, event_key in plan.copies] == [event.key] * 3
    assert memory.take(*chain).resent == 4


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_re_raised_across_batches(order: tuple[int, ...]) -> None:
    memory = Memory()
    chain = [seen(C, B), seen(B, A, after=1), seen(A, None, after=2)]
    for position in order:
        memory.take(chain[position])
    orphans = order in ((0, 2, 1), (2, 0, 1))  # the middle came last: nobody could know that the ends belong together
    assert len(memory.events) == (2 if orphans else 1)
    assert all(not memory.take(each).fresh for each in chain)
    assert len(memory.events) == (2 if orphans else 1)


def test_siblings_never_fall_together() -> None:
    plan = Memory().take(*(seen(f"{n:016x}", A, after=n) for n in range(2, 52)))
    assert len(plan.fresh) == 50


def test_a_parent_takes_only_one_of_fifty() -> None:
    memory = Memory()
    children = [seen(f"{n:016x}", A, after=n) for n in range(2, 52)]
    plan = memory.take(*children, seen(A, None, after=99))
    assert len(plan.fresh) == 50
    assert plan.copies[0][1] == children[-1].key  # the latest is the one that passed on


def test_a_parent_that_came_first_claims_one_child() -> None:
    memory = Memory()
    memory.take(seen(A, None))
    plans = [memory.take(seen(f"{n:016x}", A, after=n)) for n in range(2, 6)]
    assert [len(plan.fresh) for plan in plans] == [0, 1, 1, 1]


def test_other_texts_other_traces_other_projects_stay_apart() -> None:
    plan = Memory().take(seen(B, A), seen(A, None, digest=8, after=1), seen(A, None, trace="cd" * 16, after=2))
    assert len(plan.fresh) == 3


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_span_event_log_and_sentry_event_of_one_span(order: tuple[int, ...]) -> None:
    memory = Memory()
    copies = [seen(B, A), seen(B, None, Source.LOG), seen(B, None, Source.SENTRY)]
    for position in order:
        memory.take(copies[position])
    (event,) = memory.events.values()
    assert event.sources == Source.SPAN_EVENT | Source.LOG | Source.SENTRY
    assert all(not memory.take(each).fresh for each in copies)


def test_fifty_logs_pair_with_fifty_span_events() -> None:
    events = [seen(B, A, after=n) for n in range(50)]
    logs = [seen(B, None, Source.LOG, after=n) for n in range(50)]
    plan = Memory().take(*events, *logs)
    assert len(plan.fresh) == 50
    assert all(event.sources == Source.SPAN_EVENT | Source.LOG for event in plan.fresh)


def test_a_log_of_the_outer_span_is_a_copy_too() -> None:
    assert len(Memory().take(seen(B, A), seen(A, None, Source.LOG, after=1)).fresh) == 1


def test_stamped_copies_collapse_by_id_alone() -> None:
    ident = uuid4()
    memory = Memory()
    log = seen(B, None, Source.LOG, digest=None, ident=ident)
    event = seen(B, A, digest=None, ident=ident, weak=True)
    sentry = seen(None, None, Source.SENTRY, digest=None, ident=ident, trace=None, weak=True)
    plan = memory.take(log, event, sentry)
    assert plan.fresh[0].sources == Source.SPAN_EVENT | Source.LOG | Source.SENTRY
    assert plan.fresh[0].candidate is log


def test_the_carrier_wins_in_a_batch() -> None:
    ident = uuid4()
    weak = seen(B, A, digest=None, ident=ident, weak=True)
    carrier = seen(B, None, Source.LOG, digest=None, ident=ident, after=1)
    (event,) = Memory().take(weak, carrier).fresh
    assert event.candidate is carrier
    assert event.parent_id == bytes.fromhex(A)


def test_the_carrier_replaces_what_a_short_copy_knew() -> None:
    ident, memory = uuid4(), Memory()
    memory.take(seen(B, A, digest=None, ident=ident, weak=True))
    carrier = seen(B, None, Source.LOG, digest=None, ident=ident)
    plan = memory.take(carrier)
    assert [(event.key, each) for event, each in plan.upgraded] == [(carrier.key, carrier)]
    assert memory.take(carrier).resent == 1


def test_a_short_copy_after_the_carrier_only_adds_its_source() -> None:
    ident, memory = uuid4(), Memory()
    memory.take(seen(B, None, Source.LOG, digest=None, ident=ident))
    plan = memory.take(seen(B, A, digest=None, ident=ident, weak=True))
    assert (plan.fresh, plan.upgraded) == ([], [])
    assert [event.sources for event in plan.touched] == [Source.LOG | Source.SPAN_EVENT]


def test_marks_of_one_record_on_two_spans_after_its_carrier_are_no_resend() -> None:
    ident, memory = uuid4(), Memory()
    memory.take(seen(B, None, Source.LOG, digest=None, ident=ident))
    marks = (
        seen(B, A, digest=None, ident=ident, weak=True),
        seen(A, None, digest=None, ident=ident, weak=True, after=1),
    )
    assert memory.take(*marks).resent_traces == set()
    assert memory.take(*marks).resent_traces == {(1, TRACE)}


def test_fresh_events_are_in_key_order() -> None:
    plan = Memory().take(*(seen(f"{n:016x}", digest=n) for n in range(2, 40)))
    keys = [event.key[1].int for event in plan.fresh]
    assert keys == sorted(keys)
