"""Counts over time as the bars of a small SVG; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH, HEIGHT = 96, 24
FLOOR = 2
"""Height of the smallest bar that is not zero: one event must be seen beside a thousand."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle in the coordinates of the SVG."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sparkline:
    """What the SVG shows: `bars` (none for zero), and the sum to say aloud."""

    bars: tuple[Bar, ...]
    total: int


def sparkline(counts: Sequence[int]) -> Sparkline:
    """Return bars for counts, oldest first, the highest as high as the picture."""
    peak = max(counts, default=0)
    step = WIDTH / max(len(counts), 1)
    bars = []
    for position, count in enumerate(counts):
        if count > 0:
            height = round(FLOOR + (HEIGHT - FLOOR) * count / peak, 1)
            bars.append(Bar(round(position * step, 2), round(HEIGHT - height, 1), round(step - 1, 2), height))
    return Sparkline(tuple(bars), sum(max(count, 0) for count in counts))


def hourly(counts: Mapping[datetime, int], now: datetime, *, hours: int = 24) -> Sparkline:
    """Return the sparkline of the last hours from counts keyed by the start of their hour (UTC)."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    return sparkline([counts.get(this_hour - timedelta(hours=back), 0) for back in range(hours - 1, -1, -1)])
