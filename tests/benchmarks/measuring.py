"""Times that survive a busy machine: rivals take turns in short rounds; medians of their CPU time are compared."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

Work = Callable[[], object]


def medians(rivals: Mapping[str, Work], rounds: int = 25) -> dict[str, float]:
    """Return the median CPU seconds of this thread for one call of each; they take turns."""
    taken: dict[str, list[float]] = {name: [] for name in rivals}
    for name, work in rivals.items():
        work()  # caches, lazy imports
        taken[name].clear()
    for _ in range(rounds):
        for name, work in rivals.items():
            started = time.thread_time()
            work()
            taken[name].append(time.thread_time() - started)
    return {name: statistics.median(times) for name, times in taken.items()}


def once(work: Callable[[Any], object], given: Any) -> float:
    """Return the CPU seconds of this thread for one call."""
    started = time.thread_time()
    work(given)
    return time.thread_time() - started
