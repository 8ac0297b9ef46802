"""How long telemetry waits for its commit: a database that stands still must not hold every thread of the process.

A request that waits holds a thread, and webhooks, pages and health checks need some, too. Exporters give up after ten
seconds; who is answered 503 before that sends again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from openclaw_otel_bridge.problems import Overloaded, Unavailable

PATIENCE = 8.0
PER_ITEM = 0.01
"""Seconds more for each item of a large request: it is committed by itself."""
CROWDED = 3.0
"""Seconds where most threads wait already."""


class Waits:
    """The telemetry requests of one process that wait for their commit. Thread safe."""

    def __init__(self, threads: int, done: Callable[[], int]) -> None:
        """`threads` serve requests; three quarters of them may wait with full patience. `done`: transactions so far."""
        self._most = max(1, threads * 3 // 4)
        self._done = done
        self._lock = threading.Lock()
        self._waiting = 0
        self._stalled = False

    def admit(self) -> None:
        """Return while a further request may wait; where nothing is committed at all, one of them finds out for all.

        Raises:
            Unavailable: it is to come again.
        """
        if self._stalled and self._waiting:
            raise Unavailable("the database stands still; send it again", retry_after=2)

    @contextmanager
    def one(self, items: int) -> Iterator[float]:
        """Within it a request waits; yields for how many seconds. Raises as `admit`."""
        self.admit()
        with self._lock:
            self._waiting += 1
            crowded = self._waiting > self._most
        patience = CROWDED if crowded else PATIENCE + items * PER_ITEM
        started, before = time.monotonic(), self._done()
        try:
            yield patience
            self._stalled = False
        except Overloaded:
            raise
        except Unavailable:
            self._stalled = self._done() == before and time.monotonic() - started >= CROWDED
            raise
        finally:
            with self._lock:
                self._waiting -= 1
