"""The data directory of `openclaw-otel up`: its lock, its secrets, and the connection file scripts read."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SECRETS = ("SECRET_KEY", "JWT_SECRET", "OPENCLAW_OTEL_HASH_KEY")
"""Settings `up` makes once per data directory, where the environment does not give them."""


class DataDirError(Exception):
    """The data directory cannot be used; the message is one line for the person at the terminal."""


class DataDir:
    """A locked data directory. The lock ends with the process, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None

    def take(self) -> None:
        """Make the directory if needed and lock it.

        Raises:
            DataDirError: it cannot be made or written, or another `up` uses it.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.path / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DataDirError(f"{self.path} cannot be used as data directory: {error.strerror}") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            other = os.pread(self._lock, 32, 0).decode("ascii", "replace").strip()
            os.close(self._lock)
            self._lock = None
            raise DataDirError(f"{self.path} is in use by another `openclaw-otel up` (process {other})") from error
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    def leave_lock(self) -> None:
        """Close this process's handle of the lock: for children, so that the lock ends with the parent."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def secrets(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the settings `environ` lacks, made at the first start and kept in `secrets.json` (mode 0600)."""
        file = self.path / "secrets.json"
        kept: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        missing = [name for name in SECRETS if name not in kept]
        if missing:
            kept.update({name: secrets.token_hex(32) for name in missing})
            write_private(file, kept)
        return {name: value for name, value in kept.items() if not (environ.get(name) or environ.get(f"{name}_FILE"))}

    def connection(self) -> dict[str, Any]:
        """Return what `connection.json` holds; empty before the first start."""
        file = self.path / "connection.json"
        return json.loads(file.read_text("utf-8")) if file.exists() else {}

    def write_connection(self, connection: Mapping[str, Any]) -> None:
        """Replace `connection.json` (mode 0600) at once: a reader never sees half of it."""
        write_private(self.path / "connection.json", connection)


def write_private(file: Path, data: Mapping[str, Any]) -> None:
    """Write JSON to a file only its owner may read, in one step."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # made with mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(data, out, indent=2, ensure_ascii=False)
        out.write("\n")
    Path(name).replace(file)
