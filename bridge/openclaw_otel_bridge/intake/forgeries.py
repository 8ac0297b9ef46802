"""How many events refused deliveries make: anybody can send them, so that a storm of them must not fill the disk."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

FIRST = 60
"""Refused deliveries of a store that make an event each within a minute."""
EACH = 100
"""How many of those beyond stand behind one event together."""
SECONDS = 60.0


@dataclass(slots=True)
class _Minute:
    ends: float = 0.0
    seen: int = 0
    pending: int = 0


class Forgeries:
    """Counts refused deliveries by store, those of openclaw.toml alone. Thread safe; each web process has its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minutes: dict[tuple[str, str], _Minute] = {}

    def weigh(self, platform: str, store: str) -> int:
        """Return for how many refusals the event of this one stands; 0: it makes none, and is counted with a later."""
        now = time.monotonic()
        with self._lock:
            minute = self._minutes.setdefault((platform, store), _Minute())
            if now >= minute.ends:
                minute.ends, minute.seen = now + SECONDS, 0
            minute.seen += 1
            minute.pending += 1
            if minute.seen > FIRST and minute.pending < EACH:
                return 0
            found, minute.pending = minute.pending, 0
            return found
