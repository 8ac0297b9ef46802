from datetime import datetime, timedelta, timezone

from openclaw_otel_bridge.views.api.shapes import listed, moment


def test_times_are_utc_in_microseconds() -> None:
    at = datetime(2026, 1, 31, 16, 0, 0, 250, tzinfo=timezone(timedelta(hours=8)))
    assert moment(at) == "2026-01-31T08:00:00.000250Z"
    assert moment(None) is None


def test_lists_look_alike() -> None:
    assert listed([1, 2], lambda number: {"n": number}, "x") == {"items": [{"n": 1}, {"n": 2}], "next": "x"}
