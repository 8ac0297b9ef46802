"""Relative words and the reader's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from openclaw_otel_bridge.times import absolute, known_zone, milliseconds, relative, span_of_minutes

NOW = datetime(2025, 11, 22, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (5, "just now", "刚刚"),
        (-5, "in a moment", "即将"),
        (61, "1 min ago", "1 分钟前"),
        (7300, "2 h ago", "2 小时前"),
        (100_000, "27 h ago", "27 小时前"),
        (200_000, "2 d ago", "2 天前"),
        (-7300, "in 2 h", "2 小时后"),
    ],
)
def test_relative(seconds, en, zh):
    at = NOW - timedelta(seconds=seconds)
    assert relative(at, NOW, "en") == en
    assert relative(at, NOW, "zh") == zh


def test_absolute_is_the_readers_clock():
    assert absolute(NOW, "Asia/Shanghai") == "2025-11-22 17:30"
    assert absolute(NOW, "UTC", seconds=True) == "2025-11-22 09:30:00"


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "", "/abs"])
def test_an_unknown_zone_reads_as_utc(name):
    assert not known_zone(name)
    assert absolute(NOW, name) == "2025-11-22 09:30"


def test_known_zones():
    assert known_zone("UTC")
    assert known_zone("America/Sao_Paulo")


@pytest.mark.parametrize(
    ("minutes", "text"), [(30, "30 min"), (120, "2 h"), (2880, "2 d"), (90, "90 min"), (0, "0 min")]
)
def test_span_of_minutes(minutes, text):
    assert span_of_minutes(minutes, "en") == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.84, "840 µs"), (12.44, "12.4 ms"), (840, "840 ms"), (1520, "1.52 s"), (125_000, "0:02:05")]
)
def test_milliseconds(value, text):
    assert milliseconds(value) == text
