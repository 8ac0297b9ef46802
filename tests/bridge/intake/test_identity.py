"""Ids are stable and never cross projects; days are functions of the event; impossible times have a stated place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from openclaw_otel.ids import uuid7
from openclaw_otel_bridge.intake.identity import (
    NAMESPACE,
    NO_DAY,
    copy_hash,
    log_id,
    place,
    span_event_id,
    stamped_id,
)

NOW = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
V5 = span_event_id(1, "a" * 32, "b" * 16, 0)


def test_span_event_ids_are_frozen() -> None:
    assert V5 == UUID("124efa2b-64d3-5746-9130-be68a7dd1629")
    others = [
        (2, "a" * 32, "b" * 16, 0),
        (1, "c" * 32, "b" * 16, 0),
        (1, "a" * 32, "d" * 16, 0),
        (1, "a" * 32, "b" * 16, 1),
    ]
    assert V5 not in [span_event_id(*other) for other in others]


def test_log_ids_tell_records_apart() -> None:
    first = log_id(1, "a" * 32, "b" * 16, 5, "boom")
    assert first == log_id(1, "a" * 32, "b" * 16, 5, "boom")
    assert len({first, log_id(1, None, None, 5, "boom"), log_id(1, "a" * 32, "b" * 16, 6, "boom")}) == 3
    assert log_id(1, None, None, 5, "a\ud800") == log_id(1, None, None, 5, "a?")


def test_stamped_ids() -> None:
    text = uuid7(NOW)
    assert stamped_id(text) == UUID(text)
    assert stamped_id(text.replace("-", "").upper()) == UUID(text)
    assert [stamped_id(bad) for bad in (None, "", "x", "{" * 33, text * 3, 7, [text], {})] == [None] * 8


def test_the_day_of_a_stamped_id_is_its_own() -> None:
    before = UUID(uuid7(NOW))
    later = NOW + timedelta(seconds=2)
    assert place(before, later, later) == (date(2026, 11, 22), later)
    assert place(before, None, later) == (date(2026, 11, 22), later)


def test_the_day_of_other_ids_is_that_of_the_occurrence() -> None:
    assert place(V5, NOW, NOW + timedelta(days=3)) == (date(2026, 11, 22), NOW)


@pytest.mark.parametrize("year", [1970, 2000, 2100])
def test_impossible_times(year: int) -> None:
    wrong = datetime(year, 1, 1, tzinfo=UTC)
    assert place(V5, wrong, NOW) == (NO_DAY, NOW)
    assert place(UUID(uuid7(wrong)), wrong, NOW) == (NO_DAY, NOW)
    assert place(UUID(uuid7(NOW)), wrong, NOW) == (NOW.date(), NOW)


def test_copy_hashes() -> None:
    key = b"k" * 32
    assert copy_hash(key, "T", "m") == copy_hash(key, "T", "m")
    assert (
        len(
            {
                copy_hash(key, "T", "m"),
                copy_hash(b"other", "T", "m"),
                copy_hash(key, "Tm", ""),
                copy_hash(key, "", "Tm"),
            }
        )
        == 4
    )
    assert -(2**63) <= copy_hash(key, "T", "\ud800") < 2**63


def test_ids_are_the_standard_version_five() -> None:
    assert V5 == uuid5(NAMESPACE, f"1/{'a' * 32}/{'b' * 16}/0")
