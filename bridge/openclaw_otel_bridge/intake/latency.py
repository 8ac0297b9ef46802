"""How long senders wait for their answer, and what it is: by protocol, for /metrics."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of the buckets, in seconds; what takes longer is in one more."""


class Latency:
    """Answers so far. Thread safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}
        self._answers: Counter[tuple[str, int]] = Counter()

    def note(self, protocol: str, status: int, seconds: float) -> None:
        """Count an answer that took `seconds` from the request's head to the end of our work."""
        bucket = bisect_left(BOUNDS, seconds)
        with self._lock:
            self._buckets.setdefault(protocol, [0] * (len(BOUNDS) + 1))[bucket] += 1
            self._seconds[protocol] = self._seconds.get(protocol, 0.0) + seconds
            self._answers[protocol, status] += 1

    def answers(self) -> dict[tuple[str, int], int]:
        """Return protocol and HTTP status → how many."""
        with self._lock:
            return dict(self._answers)

    def histogram(self) -> Iterator[tuple[str, dict[str, int], float]]:
        """Yield each protocol with its cumulative buckets (by upper end) and the seconds of all together."""
        with self._lock:
            rows = [(protocol, list(counts), self._seconds[protocol]) for protocol, counts in self._buckets.items()]
        for protocol, counts, seconds in rows:
            sums, total = {}, 0
            for end, n in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
                total += n
                sums[end] = total
            yield protocol, sums, seconds
