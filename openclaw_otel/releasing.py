"""Releasing now and then what processors keep back, in a daemon thread that a forked child starts anew."""

from __future__ import annotations

import logging
import os
import threading
import weakref
from collections.abc import Callable

log = logging.getLogger(__name__)
SECONDS = 15.0


class Releaser:
    """Calls `release` every `seconds` until stopped."""

    def __init__(self, release: Callable[[], object], seconds: float = SECONDS) -> None:
        self._release = release
        self._seconds = seconds
        self._stopped = threading.Event()
        self._start()
        # Threads do not survive a fork (gunicorn, celery): the child needs its own.
        mine = weakref.WeakMethod(self._after_fork)
        os.register_at_fork(after_in_child=lambda: (method := mine()) and method())

    def shutdown(self) -> None:
        """Stop the thread; what is still kept back is the caller's to release."""
        self._stopped.set()

    def force_flush(self, timeout_millis: int = 0) -> bool:
        """There is nothing to wait for: whoever flushes has released everything before."""
        return True

    def _after_fork(self) -> None:
        if not self._stopped.is_set():
            self._stopped = threading.Event()
            self._start()

    def _start(self) -> None:
        threading.Thread(target=self._loop, name="openclaw-otel-release", daemon=True).start()

    def _loop(self) -> None:
        stopped = self._stopped
        while not stopped.wait(self._seconds):
            try:
                self._release()
            except Exception:
                log.exception("records kept back could not be released; the next round tries again")
