"""Answers are counted by protocol, status and how long they took."""

from __future__ import annotations

import pytest

from openclaw_otel_bridge.intake.latency import BOUNDS, Latency


def test_buckets_are_cumulative() -> None:
    latency = Latency()
    for seconds in (0.001, 0.005, 0.006, 3.0, 11.0):
        latency.note("otlp_logs", 200, seconds)
    latency.note("sentry", 429, 0.2)
    assert latency.answers() == {("otlp_logs", 200): 5, ("sentry", 429): 1}
    (logs, buckets, seconds), (sentry, _, _) = latency.histogram()
    assert (logs, sentry) == ("otlp_logs", "sentry")
    assert seconds == pytest.approx(14.012)
    expected = [2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 5]
    assert buckets == dict(zip((*map(str, BOUNDS), "+Inf"), expected, strict=True))
