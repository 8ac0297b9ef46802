"""Counts as bars."""

from datetime import UTC, datetime, timedelta

from openclaw_otel_bridge.views.ui.sparkline import FLOOR, HEIGHT, WIDTH, hourly, sparkline

NOW = datetime(2026, 3, 1, 12, 34, tzinfo=UTC)


def test_no_counts_no_bars():
    assert sparkline([]).bars == ()
    assert sparkline([0, 0]).total == 0


def test_the_highest_fills_the_picture_and_one_event_is_seen():
    line = sparkline([1, 0, 5000])
    assert line.total == 5001
    assert [bar.height for bar in line.bars] == [FLOOR, HEIGHT]
    assert line.bars[1].x + line.bars[1].width < WIDTH
    assert all(bar.y + bar.height == HEIGHT for bar in line.bars)


def test_hours_stand_where_they_belong():
    hour = NOW.replace(minute=0)
    line = hourly({hour: 3, hour - timedelta(hours=23): 1, hour - timedelta(hours=24): 99}, NOW)
    assert line.total == 4
    assert [bar.x for bar in line.bars] == [0, 92]
