"""A reading counts what it cannot take."""

from __future__ import annotations

from openclaw_otel_bridge.intake.found import Reading


def test_rejects_are_counted_by_reason() -> None:
    reading = Reading()
    for reason in ("a", "b", "a"):
        reading.reject(reason)
    assert reading.rejected == {"a": 2, "b": 1}
    reading.lose("a", 3)  # what could not be read has not been seen yet
    assert (reading.rejected, reading.seen) == ({"a": 5, "b": 1}, 3)
