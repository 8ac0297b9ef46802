"""Times that survive a busy machine: rivals take turns in short rounds; medians of their CPU time are compared."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Work = Callable[[], object]


def cpu_of_children(pid: int) -> float:
    """Return the CPU seconds of a process's children so far: of a PostgreSQL server, its backends'. 0 of none."""
    if not pid:
        return 0.0
    total = 0
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            total += int(Path(f"/proc/{child}/schedstat").read_text().split()[0])
    return total / 1e9


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
