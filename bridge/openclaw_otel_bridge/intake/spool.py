"""A directory in which deliveries wait for the database: one file each, there for good before it is answered.

A file is written under another name, fsynced, renamed, and the directory fsynced: after a power cut it is there whole
or not at all. Any number of processes may write; one at a time, the holder of the lock, empties it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)
_WAITING, _BAD, _UNFINISHED = ".json", ".bad", ".tmp"
_LOOK_SECONDS = 1.0
"""How long a count of the directory is believed; several processes may exceed a bound by what they write meanwhile."""
_ABANDONED_SECONDS = 60.0


class SpoolFull(Exception):
    """The bounds are reached: nothing more may wait."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may wait at most."""

    files: int = 20_000
    size: int = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits now: files and bytes (bad ones among the bytes), seconds of the oldest, files set aside as bad."""

    files: int = 0
    size: int = 0
    oldest: float = 0.0
    bad: int = 0


class Spool:
    """One directory. Thread safe; made with the first use."""

    def __init__(self, folder: Path, bounds: Bounds | None = None) -> None:
        self.folder = folder
        self.bounds = bounds or Bounds()
        self._mutex = threading.Lock()
        self._looked = (0.0, Waiting())
        self._lock: int | None = None

    def put(self, data: bytes, share: float = 1.0) -> None:
        """Keep `data`; it is on the disk when this returns. `share` of the bounds is what it may fill at most.

        Raises:
            SpoolFull: it would exceed the bounds.
            OSError: the disk is full, or the directory cannot be written.
        """
        with self._mutex:
            now = self._known()
            if now.files + 1 > self.bounds.files * share or now.size + len(data) > self.bounds.size * share:
                raise SpoolFull(f"{now.files} deliveries of {now.size} bytes wait in {self.folder}")
            self._looked = (self._looked[0], Waiting(now.files + 1, now.size + len(data), now.oldest, now.bad))
        self.prepare()
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        unfinished = self.folder / f"{name}{_UNFINISHED}"
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            unfinished.rename(self.folder / f"{name}{_WAITING}")
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        self._sync()

    def prepare(self) -> None:
        """Make the directory, which its owner alone may read.

        Raises:
            OSError: it cannot be made.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def waiting(self) -> list[Path]:
        """Return the files that wait, the oldest first."""
        return [file for file in self._entries() if file.suffix == _WAITING]

    def remove(self, file: Path) -> None:
        """Forget a file whose delivery is stored. A power cut may bring it back: storing it again adds nothing."""
        file.unlink(missing_ok=True)

    def set_aside(self, file: Path) -> Path:
        """Rename a file that cannot be stored, so that it stops nobody and a person can look at it."""
        bad = file.with_suffix(_BAD)
        file.rename(bad)
        self._sync()
        return bad

    def look(self) -> Waiting:
        """Return what waits now, counted anew."""
        files = size = bad = 0
        oldest = 0.0
        for file in self._entries():
            with suppress(FileNotFoundError):  # stored and removed meanwhile
                size += file.stat().st_size
                if file.suffix == _BAD:
                    bad += 1
                elif file.suffix == _WAITING:
                    files += 1
                    oldest = oldest or _age(file)
        return Waiting(files, size, oldest, bad)

    def take_lock(self) -> bool:
        """Say whether this object may empty the directory; the lock ends with `release`, or with the process."""
        if self._lock is None and self.folder.is_dir():
            handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                return False
            self._lock = handle
        if self._lock is not None:
            self._sweep()
        return self._lock is not None

    @property
    def holds_lock(self) -> bool:
        """Say whether this object is the one that empties the directory."""
        return self._lock is not None

    def release(self) -> None:
        """Let another process empty the directory."""
        handle, self._lock = self._lock, None
        if handle is not None:
            os.close(handle)

    def _known(self) -> Waiting:
        at, found = self._looked
        if time.monotonic() >= at:
            found = self.look()
            self._looked = (time.monotonic() + _LOOK_SECONDS, found)
        return found

    def _entries(self) -> list[Path]:
        try:
            return sorted(file for file in self.folder.iterdir() if file.suffix in (_WAITING, _BAD, _UNFINISHED))
        except FileNotFoundError:
            return []

    def _sweep(self) -> None:
        """Remove what writers that died left half written: nobody was told that it is kept."""
        for file in self._entries():
            if file.suffix == _UNFINISHED and _age(file) > _ABANDONED_SECONDS:
                log.warning("%s was left half written and is removed", file)
                file.unlink(missing_ok=True)

    def _sync(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _age(file: Path) -> float:
    """Return how many seconds ago a file was named."""
    nanos = file.name.partition("-")[0]
    return max(0.0, time.time() - int(nanos) / 1e9) if nanos.isdecimal() else 0.0
