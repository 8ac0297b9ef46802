"""Storing what waits in the spool, in order, as soon as the database takes it again."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
import psycopg_pool

from openclaw_otel_bridge.intake.committer import Refused
from openclaw_otel_bridge.intake.parcels import BadParcel, Kept, Parcel, unpack_parcel
from openclaw_otel_bridge.intake.spool import Spool
from openclaw_otel_bridge.problems import Unavailable

log = logging.getLogger(__name__)
GONE = (Unavailable, psycopg.OperationalError, psycopg_pool.PoolTimeout)
"""What storing raises while the database cannot take anything."""
PAUSE = 1.0
LONGEST_PAUSE = 5.0
BATCH = 50
"""Files stored in one transaction."""
TELL_SECONDS = 60.0
"""Between two lines of the log about what waits."""
Store = Callable[[Sequence[Parcel]], Sequence[Refused[Kept]]]


class Drain:
    """The thread that empties a spool, in whichever process holds its lock."""

    def __init__(self, spool: Spool, store: Store) -> None:
        """`store` commits parcels and returns the items that cannot be stored.

        It raises BadParcel when a parcel leads nowhere (given one alone), or one of GONE when nothing was stored.
        """
        self.stored = 0
        """Deliveries stored so far."""
        self.bad = 0
        """Files set aside so far."""
        self._spool = spool
        self._store = store
        self._lock = threading.Lock()
        self._pid = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._tell_at = 0.0

    def start(self) -> None:
        """Begin in this process; a second call does nothing."""
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End the thread; what waits goes on waiting."""
        self._ended.set()
        if self._thread is not None and self._pid == os.getpid():
            self._thread.join()
        self._spool.release()

    def _run(self) -> None:
        pause = PAUSE
        while not self._ended.wait(pause):
            try:
                if self._spool.take_lock():
                    self.drain()
                pause = PAUSE
            except GONE as error:
                self._tell(error)
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception:  # the thread must live: the files wait, and the log says why
                log.exception("the spool %s cannot be emptied; tried again", self._spool.folder)
                pause = LONGEST_PAUSE

    def drain(self) -> int:
        """Store what waits now, the oldest first, and return how many deliveries that were.

        Raises:
            Unavailable, OperationalError, PoolTimeout: the database cannot take them; they go on waiting.
        """
        files = self._spool.waiting()
        done = 0
        for start in range(0, len(files), BATCH):
            if self._ended.is_set():
                break
            done += self._drain(files[start : start + BATCH])
        if done:
            log.warning("spool: %d deliveries that waited are stored, %d wait", done, len(self._spool.waiting()))
        return done

    def _drain(self, files: Sequence[Path]) -> int:
        parcels = {file: parcel for file in files if (parcel := self._read(file)) is not None}
        try:
            refused = self._store(list(parcels.values())) if parcels else ()
        except BadParcel as error:
            if len(files) > 1:
                return sum(self._drain([file]) for file in parcels)
            self._set_aside(files[0], str(error))
            return 0
        reasons = {id(bad.item): bad.reason for bad in refused}
        done = 0
        for file, parcel in parcels.items():
            reason = next((reasons[id(item)] for item in parcel.items if id(item) in reasons), None)
            if reason is None:
                self._spool.remove(file)
                done += 1
            else:
                self._set_aside(file, reason)
        self.stored += done
        return done

    def _read(self, file: Path) -> Parcel | None:
        try:
            return unpack_parcel(file.read_bytes())
        except BadParcel as error:
            self._set_aside(file, str(error))
            return None

    def _set_aside(self, file: Path, reason: str) -> None:
        self.bad += 1
        log.error(
            "a delivery that waited cannot be stored and is set aside as %s: %s", file.with_suffix(".bad"), reason
        )
        self._spool.set_aside(file)

    def _tell(self, error: Exception) -> None:
        """Log what waits, once a minute."""
        if time.monotonic() >= self._tell_at:
            self._tell_at = time.monotonic() + TELL_SECONDS
            now = self._spool.look()
            log.warning("spool: %d deliveries wait, the oldest for %.0f s: %s", now.files, now.oldest, error)
