from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from openclaw_otel_bridge.query.keys import Kind
from openclaw_otel_bridge.query.times import Bound, read_time

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def bounds(written: str, kind: Kind = Kind.PAST, zone: str = "UTC") -> tuple[Bound, ...]:
    value = read_time(written)
    assert value is not None
    return value.bounds(NOW, ZoneInfo(zone), kind)


def test_ages_look_back_and_due_times_ahead() -> None:
    day = timedelta(days=1)
    assert bounds("<24h") == ((">", NOW - day),)
    assert bounds(">7d") == (("<", NOW - 7 * day),)
    assert bounds("24h") == ((">=", NOW - day),)
    assert bounds("<24h", Kind.FUTURE) == (("<", NOW + day),)
    assert bounds("<0m", Kind.FUTURE) == (("<", NOW),)


def test_days_are_those_of_the_reader() -> None:
    start = datetime(2026, 1, 30, 16, tzinfo=UTC)
    end = start + timedelta(days=1)
    assert bounds("2026-01-31", zone="Asia/Shanghai") == ((">=", start), ("<", end))
    assert bounds(">2026-01-31", zone="Asia/Shanghai") == ((">=", end),)
    assert bounds("<=2026-01-31", zone="Asia/Shanghai") == (("<", end),)


def test_moments_have_the_precision_they_are_written_in() -> None:
    start = datetime(2026, 1, 31, 8, 5, tzinfo=UTC)
    assert bounds("2026-01-31T08:05") == ((">=", start), ("<", start + timedelta(minutes=1)))
    assert bounds(">=2026-01-31T16:05:00+08:00") == ((">=", start),)
    assert bounds("<2026-01-31T08:05Z", zone="Asia/Shanghai") == (("<", start),)


@pytest.mark.parametrize("written", ["soon", "", "<", "24", "24y", "2026-1-1", "20260101", "<<24h", "２４h"])
def test_other_words_are_no_times(written: str) -> None:
    assert read_time(written) is None


def test_times_that_cannot_be_served_are_refused() -> None:
    for written in ("<4000d", "1969-12-31", "9999-12-31T23:59"):
        with pytest.raises(OverflowError):
            read_time(written)
    with pytest.raises(ValueError, match="month"):
        read_time("2026-13-01")
