"""`openclaw-otel up` as a person runs it: first start, second start, kill, and what it refuses."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.up_process import COMMAND, Running, free_port, gone, running, wait_for

PLATFORMS_WANTED = 3
ISSUES_WANTED = 8


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
        assert (data / "spool").stat().st_mode & 0o777 == 0o700
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
        up.kill()
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
