"""A reading counts what it cannot take."""

from __future__ import annotations

from openclaw_otel_bridge.intake.found import Reading


def test_rejects_are_counted_by_reason() -> None:
    reading = Reading()
    for reason in ("a", "b", "a"):
        reading.reject(reason)
    assert reading.rejected == {"a": 2, "b": 1}
