"""The releaser: calls now and then, outlives a fork and a failure, and stops."""

from __future__ import annotations

import os
import threading
import time

import pytest

from openclaw_otel.releasing import Releaser


def wait_for(event: threading.Event) -> None:
    assert event.wait(10)


def test_calls_until_stopped() -> None:
    called = threading.Event()
    releaser = Releaser(called.set, 0.01)
    wait_for(called)
    releaser.shutdown()
    time.sleep(0.05)
    called.clear()
    time.sleep(0.05)
    assert not called.is_set()
    assert releaser.force_flush()


def test_a_failure_is_logged_and_the_next_round_comes(caplog: pytest.LogCaptureFixture) -> None:
    rounds: list[int] = []
    enough = threading.Event()

    def fail() -> None:
        rounds.append(1)
        if len(rounds) > 2:
            enough.set()
        raise ValueError("no")

    releaser = Releaser(fail, 0.01)
    wait_for(enough)
    releaser.shutdown()
    assert "could not be released" in caplog.text


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_has_its_own() -> None:
    reader, writer = os.pipe()
    releaser = Releaser(lambda: os.write(writer, f"{os.getpid()}\n".encode()), 0.01)
    pid = os.fork()
    if pid == 0:
        time.sleep(1)
        os._exit(0)
    os.waitpid(pid, 0)
    releaser.shutdown()
    time.sleep(0.05)
    os.close(writer)
    with os.fdopen(reader) as lines:
        assert {int(line) for line in lines} >= {pid, os.getpid()}
