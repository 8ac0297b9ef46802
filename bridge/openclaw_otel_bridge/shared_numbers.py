"""Counters of all web processes together: each writes its own to a file, any of them can add them up.

A scrape reaches one process of several; its counters alone would jump from scrape to scrape.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

Series = tuple[str, tuple[tuple[str, str], ...]]
"""Metric name and its labels."""
WRITE_SECONDS = 2.0
_COUNTERS = ("_total", "_bucket", "_count", "_sum")


class SharedNumbers:
    """The numbers of the processes with one parent (the server that forked them)."""

    def __init__(self, read: Callable[[], Mapping[Series, float]], folder: Path | None = None) -> None:
        """`read` returns this process's numbers; what does not end like a counter is a gauge."""
        self._read = read
        self._folder = folder
        self._lock = threading.Lock()
        self._pid = 0
        self._name = secrets.token_hex(4)
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin to write this process's numbers every two seconds; a second call does nothing."""
        with self._lock:
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
        threading.Thread(target=self._write_on, name="shared-numbers", daemon=True).start()

    def total(self) -> dict[Series, float]:
        """Return the numbers of all processes: counters of dead ones count on, gauges of theirs do not."""
        self._write()
        sums: dict[Series, float] = {}
        for file in self._files():
            alive = is_alive(int(file.name.partition(".")[0]))
            for name, labels, value in _load(file):
                if name.endswith(_COUNTERS) or alive:
                    key = (name, tuple((str(a), str(b)) for a, b in labels))
                    sums[key] = sums.get(key, 0.0) + value
        return sums

    def close(self) -> None:
        """End writing and forget this process's numbers."""
        self._ended.set()
        if self._pid == os.getpid():
            (self._place() / f"{self._pid}.{self._name}.json").unlink(missing_ok=True)

    def _write_on(self) -> None:
        while not self._ended.wait(WRITE_SECONDS):
            with contextlib.suppress(OSError):  # numbers are not worth a process; the next scrape tries again
                self._write()

    def _write(self) -> None:
        folder = self._place()
        rows = [[name, list(labels), value] for (name, labels), value in self._read().items()]
        handle, name = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "w") as out:
            json.dump(rows, out)
        Path(name).replace(folder / f"{os.getpid()}.{self._name}.json")

    def _files(self) -> Iterable[Path]:
        return sorted(self._place().glob("*.json"))

    def _place(self) -> Path:
        if self._folder is None:
            base = Path(tempfile.gettempdir()) / f"openclaw-otel-numbers-{os.getuid()}"
            base.mkdir(mode=0o700, exist_ok=True)
            for old in base.iterdir():  # of servers that are gone
                if old.name.isdecimal() and not is_alive(int(old.name)):
                    _remove(old)
            self._folder = base / str(os.getppid())
        self._folder.mkdir(mode=0o700, exist_ok=True)
        return self._folder


def is_alive(pid: int) -> bool:
    """Say whether a process of this number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _load(file: Path) -> list[tuple[str, list[list[str]], float]]:
    try:
        rows: list[tuple[str, list[list[str]], float]] = json.loads(file.read_text())
    except (OSError, ValueError):  # removed or half there: another scrape is near
        return []
    return rows


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError):
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
