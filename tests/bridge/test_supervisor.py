"""The supervisor: children share its life, are started again, and end in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = """
import logging, os, sys, time, pathlib
from openclaw_otel_bridge.supervisor import Child, Supervisor
logging.basicConfig()
folder = pathlib.Path(sys.argv[1])
def child(name, seconds):
    def run():
        with (folder / name).open("a") as out: out.write(f"{os.getpid()}\\n")
        time.sleep(seconds)
    return run
Supervisor([Child("a", child("a", 60)), Child("b", child("b", 60)), Child("once", child("once", 0), once=True)]).run()
(folder / "ended").touch()
"""


def start(folder: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder)], stderr=subprocess.DEVNULL)
    wait_for(lambda: (folder / "a").exists() and (folder / "b").exists() and (folder / "once").exists())
    wait_for(lambda: all(pids(folder, name) for name in ("a", "b", "once")))
    return process


def pids(folder: Path, name: str) -> list[int]:
    return [int(line) for line in (folder / name).read_text().split()]


def wait_for(condition, seconds: float = 15) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_sigterm_ends_all(tmp_path: Path) -> None:
    process = start(tmp_path)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert (tmp_path / "ended").exists()
    assert not any(alive(pid) for name in ("a", "b") for pid in pids(tmp_path, name))


def test_a_killed_child_starts_again_and_one_shots_do_not(tmp_path: Path) -> None:
    process = start(tmp_path)
    try:
        os.kill(pids(tmp_path, "a")[0], signal.SIGKILL)
        wait_for(lambda: len(pids(tmp_path, "a")) == 2)
        assert len(pids(tmp_path, "b")) == 1
        assert len(pids(tmp_path, "once")) == 1
    finally:
        process.terminate()
        process.wait(20)


def test_children_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    process = start(tmp_path)
    children = [pid for name in ("a", "b") for pid in pids(tmp_path, name)]
    process.kill()
    process.wait()
    wait_for(lambda: not any(alive(pid) for pid in children))
