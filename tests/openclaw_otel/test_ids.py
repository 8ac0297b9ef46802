"""UUIDv7: sortable by time, readable back, unique."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel.ids import time_of, uuid7

TIMES = st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))


@given(TIMES)
def test_holds_its_time_to_the_millisecond(at: datetime) -> None:
    found = time_of(uuid7(at))
    assert found is not None
    assert abs((found - at).total_seconds()) <= 0.001


@given(TIMES, TIMES)
def test_sorts_by_time(a: datetime, b: datetime) -> None:
    if (b - a).total_seconds() > 0.001:
        assert uuid7(a) < uuid7(b)


def test_is_a_version_7_uuid_and_unique() -> None:
    made = {uuid7() for _ in range(2000)}
    assert len(made) == 2000
    assert all(uuid.UUID(one).version == 7 and uuid.UUID(one).variant == uuid.RFC_4122 for one in made)


def test_other_ids_have_no_time() -> None:
    assert time_of(str(uuid.uuid4())) is None
    assert time_of("") is None
    assert time_of("not an id at all, but as long as 7") is None
