"""Header values and timestamps as platforms send them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from openclaw_otel.http_values import retry_after_seconds, timestamp

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2", 2.0),
        ("2.0", 2.0),
        ("0", 0.0),
        ("-1", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0.0),
    ],
)
def test_retry_after(value: str | None, expected: float | None) -> None:
    assert retry_after_seconds(value, NOW) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-01T00:00:00Z", NOW),
        ("2026-01-01T00:00:00.123456789Z", NOW.replace(microsecond=123456)),
        ("2026-01-01T08:00:00+08:00", NOW),
        ("2026-01-01 00:00:00", NOW),
        ("1767225600", NOW),
        (1767225600000, NOW),
        ("1e999", None),
        ("nan", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        (True, None),
    ],
)
def test_timestamps(value: str | int | None, expected: datetime | None) -> None:
    assert timestamp(value) == expected
