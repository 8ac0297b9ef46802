"""A database that stands still holds few threads; one that is only slow is waited for."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from openclaw_otel_bridge.intake import waits
from openclaw_otel_bridge.intake.waits import CROWDED, PATIENCE, Waits
from openclaw_otel_bridge.problems import Overloaded, Unavailable


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(waits.time, "monotonic", lambda: now[0])
    return now


def test_patience_is_short_where_most_threads_wait() -> None:
    found = Waits(8, lambda: 0)
    with ExitStack() as stack:
        patience = [stack.enter_context(found.one(1)) for _ in range(8)]
    assert patience == [PATIENCE + 0.01] * 6 + [CROWDED] * 2
    with found.one(1000) as alone:
        assert alone == PATIENCE + 10


def give_up(found: Waits, clock: list[float], seconds: float, error: Unavailable) -> None:
    def wait() -> None:
        with found.one(1):
            clock[0] += seconds
            raise error

    with pytest.raises(Unavailable):
        wait()


def test_where_nothing_is_committed_one_request_at_a_time_finds_out(clock: list[float]) -> None:
    found = Waits(8, lambda: 5)
    give_up(found, clock, PATIENCE, Unavailable("too slow"))
    with found.one(1):  # it tries for all
        for refused in (found.admit, lambda: found.one(1).__enter__()):
            with pytest.raises(Unavailable, match="stands still") as caught:
                refused()
            assert caught.value.headers["Retry-After"] == "2"
    with found.one(1):  # it was committed
        found.admit()


def test_what_fails_at_once_or_while_others_are_committed_is_no_standstill(clock: list[float]) -> None:
    done = [0]

    def count() -> int:
        done[0] += 1
        return done[0]

    for found, seconds, error in (
        (Waits(8, lambda: 5), 0.5, Unavailable("gone")),
        (Waits(8, lambda: 5), PATIENCE, Overloaded("full")),
        (Waits(8, count), PATIENCE, Unavailable("slow")),
    ):
        give_up(found, clock, seconds, error)
        with found.one(1):
            found.admit()
