"""A storm is sent as first records plus samples; the sum of occurrences is always the true count."""

from __future__ import annotations

import os
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel import Config, DropRecord, ErrorRecord, ExceptionInfo, Processor, Side
from openclaw_otel_plugins import burst
from openclaw_otel_plugins.burst import FAILURES, FIRST, WINDOW_SECONDS, BurstProcessor
from openclaw_otel_plugins.v1.parts import fingerprint_of

AT = datetime(2025, 11, 2, 10, 30, tzinfo=UTC)


def record(kind: str = "ValueError", number: int = 0, at: datetime = AT, store: str = "a") -> ErrorRecord:
    raw = ErrorRecord(id=f"{kind}-{number}", exception=ExceptionInfo(kind, "x"), occurred_at=at, store=store)
    return replace(raw, fingerprint=fingerprint_of(raw))


@dataclass
class Sender:
    """What an exporter does: sends what passes, and what is released."""

    now: float = 0.0
    sent: list[ErrorRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.burst = BurstProcessor(clock=lambda: self.now)

    def send(self, one: ErrorRecord) -> None:
        try:
            self.sent.append(self.burst(one))
        except DropRecord:
            return

    @property
    def counted(self) -> int:
        return sum(one.occurrences for one in self.sent)


def test_source_only() -> None:
    (processor,) = burst.register_processors(Config())
    assert isinstance(processor, Processor)
    assert processor.runs == {Side.SOURCE}


def test_the_first_pass_as_they_are() -> None:
    sender = Sender()
    for number in range(FIRST):
        sender.send(record(number=number))
    assert [one.occurrences for one in sender.sent] == [1] * FIRST


def test_a_storm_is_sampled_and_counted() -> None:
    sender = Sender()
    for number in range(10_000):
        sender.send(record(number=number))
    assert len(sender.sent) < FIRST + 200
    sender.sent += sender.burst.flush(everything=True)
    assert sender.counted == 10_000
    assert sender.burst.flush(everything=True) == []


def test_a_sample_says_so() -> None:
    sender = Sender()
    for number in range(FIRST + 2):
        sender.send(record(number=number))
    assert sender.sent[-1].occurrences == 2
    assert sender.sent[-1].id == f"ValueError-{FIRST + 1}"
    assert "stands for 2 failures" in sender.sent[-1].notes


def test_flush_releases_ended_windows_alone() -> None:
    sender = Sender()
    for number in range(FIRST + 1):
        sender.send(record(number=number))
    assert sender.burst.flush() == []
    sender.now = WINDOW_SECONDS
    (released,) = sender.burst.flush()
    assert released.occurrences == 1
    for number in range(FIRST):
        sender.send(record(number=number))
    assert [one.occurrences for one in sender.sent] == [1] * (2 * FIRST)


def test_a_new_window_first_tells_what_the_old_one_kept_back() -> None:
    sender = Sender()
    for number in range(FIRST + 5):
        sender.send(record(number=number))
    sender.now = WINDOW_SECONDS
    sender.send(record(number=99))
    assert sender.counted == FIRST + 6


def test_failures_stores_and_hours_are_counted_apart() -> None:
    sender = Sender()
    for number in range(100):
        sender.send(record("ValueError", number))
        sender.send(record("KeyError", number))
        sender.send(record("KeyError", number, store="b"))
        sender.send(record("KeyError", number, at=AT + timedelta(hours=1)))
    sender.sent += sender.burst.flush(everything=True)
    counts: Counter[tuple[str, str | None, datetime]] = Counter()
    for one in sender.sent:
        counts[one.id.partition("-")[0], one.store, one.occurred_at] += one.occurrences
    assert set(counts.values()) == {100}
    assert len(counts) == 4


def test_beyond_what_can_be_watched_everything_passes() -> None:
    sender = Sender()
    for number in range(FAILURES + 3):
        sender.send(record(f"Error{number}"))
    for number in range(2 * FIRST):
        sender.send(record(f"Error{FAILURES + 1}", number))
    assert len(sender.sent) == FAILURES + 3 + 2 * FIRST
    sender.now = WINDOW_SECONDS
    for number in range(2 * FIRST):
        sender.send(record(f"Error{FAILURES + 1}", number))
    assert len(sender.sent) < FAILURES + 3 + 4 * FIRST


def test_without_a_fingerprint_everything_passes() -> None:
    sender = Sender()
    for _ in range(2 * FIRST):
        sender.send(replace(record(), fingerprint=None))
    assert len(sender.sent) == 2 * FIRST


def test_threads_lose_nothing() -> None:
    sender = Sender()
    threads = [
        threading.Thread(target=lambda: [sender.send(record(number=number)) for number in range(500)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sender.sent += sender.burst.flush(everything=True)
    assert sender.counted == 2000


def test_a_forked_child_does_not_send_what_its_parent_keeps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    sender = Sender()
    for number in range(FIRST + 1):
        sender.send(record(number=number))
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert sender.burst.flush(everything=True) == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([0.0, 1.0, 61.0])), max_size=400), st.booleans())
def test_no_order_of_events_loses_a_count(events: list[tuple[str, float]], flushes: bool) -> None:
    sender = Sender()
    for number, (kind, passed) in enumerate(events):
        sender.now += passed
        sender.send(record(kind, number))
        if flushes and passed:
            sender.sent += sender.burst.flush()
    sender.sent += sender.burst.flush(everything=True)
    assert sender.counted == len(events)
    assert len({one.id for one in sender.sent}) == len(sender.sent)
