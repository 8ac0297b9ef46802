"""The burst processor: a storm of one failure is sent as its first records plus samples, and none is lost to the count.

Per failure (grouping, store, environment, service, hour) and window the first `FIRST` records pass as they are. After
that only every 2nd, 4th, 8th … of the rest passes, as a sample that also stands for those kept back since the sample
before (`occurrences`). What is still kept back when the window ends is released by `flush`, which whoever sends
records calls now and then and at the end: the sum of `occurrences` over everything sent is always the true count.

A kept-back record is only ever counted in its own hour: counters of the bridge are hourly.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from openclaw_otel import Config, DropRecord, ErrorRecord, Processor, Side, Stage, hookimpl

FIRST = 100
"""Records of one failure that pass in every window."""
WINDOW_SECONDS = 60.0
RATIO_CAP = 64
"""The rarest sampling: one record of so many."""
FAILURES = 2000
"""Failures watched at a time; records of more pass untouched."""

Key = tuple[str, str | None, str | None, str | None, int]


@dataclass(slots=True)
class _Storm:
    """One failure in one window."""

    began: float
    passed: int = 0
    kept_back: int = 0
    newest: ErrorRecord | None = None
    """The newest record kept back; it will stand for all of them."""
    every: int = 2


@dataclass(slots=True)
class BurstProcessor:
    """Passes, samples or keeps back records. Thread safe and bounded."""

    name: str = "burst"
    stage: Stage = Stage.BURST
    order: int = 100
    runs: frozenset[Side] = frozenset({Side.SOURCE})
    clock: Callable[[], float] = time.monotonic
    _storms: OrderedDict[Key, _Storm] = field(default_factory=OrderedDict)
    _process: int = field(default_factory=os.getpid)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, record: ErrorRecord) -> ErrorRecord:
        """Return the record, or a sample that stands for more than itself.

        Raises:
            DropRecord: the record is kept back; a later sample or `flush` carries its count.
        """
        if record.fingerprint is None:
            return record
        hour = int(record.occurred_at.timestamp() // 3600)
        key = (record.fingerprint.grouping, record.store, record.environment, record.service, hour)
        with self._lock:
            self._forget_parent()
            sent = self._take(key, record)
        if sent is None:
            raise DropRecord
        return sent

    def flush(self, *, everything: bool = False) -> list[ErrorRecord]:
        """Return samples for what is kept back: of windows that ended, or of all (before the process ends)."""
        now = self.clock()
        released = []
        with self._lock:
            self._forget_parent()
            for key, storm in list(self._storms.items()):
                over = now - storm.began >= WINDOW_SECONDS
                if not over and not everything:
                    continue
                if storm.newest is not None:
                    released.append(_standing_for(storm.newest, storm.kept_back))
                    storm.newest, storm.kept_back = None, 0
                if over:
                    del self._storms[key]
        return released

    def _take(self, key: Key, record: ErrorRecord) -> ErrorRecord | None:
        now = self.clock()
        storm = self._storms.get(key)
        if storm is None:
            if len(self._storms) >= FAILURES and not self._forget_one(now):
                return record
            storm = self._storms[key] = _Storm(began=now)
        elif now - storm.began >= WINDOW_SECONDS:
            storm.began, storm.passed, storm.every = now, 0, 2
        return self._pass_or_keep(storm, record)

    def _pass_or_keep(self, storm: _Storm, record: ErrorRecord) -> ErrorRecord | None:
        if storm.passed < FIRST and storm.newest is None:
            storm.passed += 1
            return record
        storm.kept_back += record.occurrences
        storm.newest = record
        if storm.kept_back < storm.every and storm.passed >= FIRST:
            return None
        storm.every = min(storm.every * 2, RATIO_CAP)
        storm.passed += 1
        sample = _standing_for(record, storm.kept_back)
        storm.newest, storm.kept_back = None, 0
        return sample

    def _forget_parent(self) -> None:
        """After a fork: what the parent keeps back is the parent's to send."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._storms.clear()

    def _forget_one(self, now: float) -> bool:
        """Make room: forget the oldest failure whose window is over and that keeps nothing back."""
        for key, storm in self._storms.items():
            if now - storm.began >= WINDOW_SECONDS and storm.newest is None:
                del self._storms[key]
                return True
        return False


def _standing_for(record: ErrorRecord, occurrences: int) -> ErrorRecord:
    if occurrences == record.occurrences:
        return record
    return record.but(occurrences=occurrences, notes=(*record.notes, f"stands for {occurrences} failures"))


@hookimpl
def register_processors(config: Config) -> Sequence[Processor]:
    """Return the burst processor."""
    return [BurstProcessor()]
