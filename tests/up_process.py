"""`openclaw-otel up` as a process of its own, for tests that stop, kill and start it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import requests

T = TypeVar("T")
COMMAND = [str(Path(sys.executable).with_name("openclaw-otel")), "up"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """One `up`, with what its connection file says."""

    def __init__(self, data: Path, port: int, *options: str, environ: Mapping[str, str] | None = None) -> None:
        """Start it; `environ` adds settings to an environment that has none of ours."""
        self.data = data
        self._command = [*COMMAND, "--port", str(port), "--data-dir", str(data), *options]
        self._settings = dict(environ or {})
        self.start()

    def start(self) -> None:
        """Start it again, on the same port, after it has ended."""
        self.started = time.monotonic()
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("OPENCLAW_", "DATABASE_"))}
        place = self.data.parent
        with (place / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env=plain | self._settings, cwd=place
            )

    def ready(self, seconds: float) -> float:
        """Wait until ready and return how long it took."""
        while time.monotonic() < self.started + seconds:
            assert self.process.poll() is None, (self.data.parent / "up.log").read_text()[-3000:]
            try:
                if requests.get(f"{self.connection()['url']}/readyz", timeout=2).status_code == 200:
                    return time.monotonic() - self.started
            except (OSError, ValueError, KeyError):
                pass
            time.sleep(0.05)
        raise AssertionError("not ready: " + (self.data.parent / "up.log").read_text()[-3000:])

    def connection(self) -> Any:
        return json.loads((self.data / "connection.json").read_text())

    def get(self, path: str) -> Any:
        connection = self.connection()
        answer = requests.get(
            f"{connection['url']}/api/v1{path}",
            headers={"Authorization": f"Bearer {connection['api_token']}"},
            timeout=10,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def family(self) -> list[int]:
        """All processes below this one, itself included."""
        found, look = [], [self.process.pid]
        while look:
            pid = look.pop()
            found.append(pid)
            try:
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            except OSError:
                continue
            look += [int(child) for child in children]
        return found

    def kill(self) -> list[int]:
        """Kill every process of it as a power cut would; return their ids."""
        family = self.family()
        for pid in family:
            with suppress(ProcessLookupError):  # it ended with one that was killed before it
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        return family

    def stop(self) -> None:
        """Stop it as an operator does."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)


@contextmanager
def running(data: Path, port: int, *options: str, environ: Mapping[str, str] | None = None) -> Iterator[Running]:
    up = Running(data, port, *options, environ=environ)
    try:
        yield up
    finally:
        up.stop()


def gone(pids: list[int], seconds: float = 30) -> bool:
    """Say whether all have ended within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(_runs(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # dead, though process 1 was not yet told: some take their time


def wait_for(condition: Callable[[], T], seconds: float) -> T:
    """Return what `condition` returns once it is true; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds} s; last: {condition()}")
