"""`openclaw-otel up` as a person runs it: first start, second start, kill, and what it refuses."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

COMMAND = [str(Path(sys.executable).with_name("openclaw-otel")), "up"]
PLATFORMS_WANTED = 3
ISSUES_WANTED = 8


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """One `up`, with what its connection file says."""

    def __init__(self, data: Path, port: int, *options: str) -> None:
        self.data = data
        self.started = time.monotonic()
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("OPENCLAW_", "DATABASE_"))}
        self.log = (data.parent / "up.log").open("ab")
        self.process = subprocess.Popen(
            [*COMMAND, "--port", str(port), "--data-dir", str(data), *options],
            stdout=self.log, stderr=self.log, env=environ, cwd=data.parent,
        )  # fmt: skip

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

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)
        self.log.close()


@contextmanager
def running(data: Path, port: int, *options: str) -> Iterator[Running]:
    up = Running(data, port, *options)
    try:
        yield up
    finally:
        up.end()


def gone(pids: list[int], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


def wait_for(condition: Any, seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds} s; last: {condition()}")


def complete(up: Running) -> list[dict[str, Any]]:
    """The issues, once there are enough of them, each with what a person needs and an owner."""
    issues: list[dict[str, Any]] = up.get("/issues?limit=200")["items"]
    owned = [i for i in issues if i["platform"] and i["category"] and (i["assignee"] or i["team"])]
    platforms = {issue["platform"] for issue in owned}
    return owned if len(owned) >= ISSUES_WANTED and len(platforms) >= PLATFORMS_WANTED else []


def test_demo_from_first_start_to_second(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    with running(data, port, "--demo") as up:
        up.ready(30)
        issues = wait_for(lambda: complete(up), 60)
        assert any(issue["code"] for issue in issues)
        wait_for(lambda: up.get("/stats")["deliveries"]["sent"] > 0, 60)
        family = up.family()
        assert len(family) > 5
        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(40) == 0
        assert gone(family)
    with running(data, port) as again:
        again.ready(15)
        known = {issue["id"]: issue["event_count"] for issue in again.get("/issues?limit=200")["items"]}
        for issue in issues:
            assert known[issue["id"]] >= issue["event_count"]


def test_kill_9_of_everything_loses_nothing(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    with running(data, port, "--demo") as up:
        up.ready(30)
        wait_for(lambda: up.get("/stats")["events"] >= 10, 60)
        before = up.get("/stats")["events"]
        family = up.family()
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        up.process.wait(10)
    with running(data, port) as again:
        again.ready(60)
        assert again.get("/stats")["events"] >= before


def refusal(*arguments: str, cwd: Path) -> tuple[int, list[str]]:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60, cwd=cwd, check=False)
    return done.returncode, done.stderr.strip().splitlines()


def test_a_second_up_on_one_directory_is_refused_in_one_line(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    with running(data, port) as up:
        up.ready(30)
        status, lines = refusal("--data-dir", str(data), "--port", str(free_port()), cwd=tmp_path)
        assert status == 1
        assert len(lines) == 1
        assert "in use by another" in lines[0]
        status, lines = refusal("--data-dir", str(tmp_path / "other"), "--port", str(port), cwd=tmp_path)
        assert status == 1
        assert len(lines) == 1
        assert f"cannot listen on 127.0.0.1:{port}" in lines[0]


def test_a_data_directory_that_cannot_be_made_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    status, lines = refusal("--data-dir", str(tmp_path / "file" / "d"), "--port", "0", cwd=tmp_path)
    assert (status, len(lines)) == (1, 1)
    assert "cannot be used as data directory" in lines[0]


def test_an_unknown_setting_stops_the_start_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCLAW_OTEL_PROCESES", "4")
    status, lines = refusal("--data-dir", str(tmp_path / "d"), "--port", "0", cwd=tmp_path)
    assert status == 1
    assert lines[-1].startswith("openclaw-otel up: OPENCLAW_OTEL_PROCESES: is no setting")
    assert "OPENCLAW_OTEL_PROCESSES" in lines[-1]
