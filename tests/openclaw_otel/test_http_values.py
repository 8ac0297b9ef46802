"""Header values and timestamps as platforms send them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from openclaw_otel.http_values import expires_at, retry_after_seconds, timestamp

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


def test_expiry() -> None:
    assert expires_at(3600, NOW) == NOW + timedelta(hours=1)
    assert expires_at("60", NOW) == NOW + timedelta(minutes=1)
    assert (expires_at(5) or NOW) > NOW
    odd: object
    for odd in (None, "", "soon", "9" * 20, True, -1, 10**12, float("nan"), [], "²"):
        assert expires_at(odd, NOW) is None
