"""Keeping the processes of `openclaw-otel up` running: started by fork, restarted when they die, stopped in order.

Children are forked from a parent that has imported everything, so that they share its memory; each is its own process
group, so that Ctrl-C reaches the supervisor alone, and each ends when the supervisor is killed.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

log = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1
BACKOFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
STEADY_SECONDS = 30.0
"""A child that lived this long starts anew without waiting."""


@dataclass(slots=True)
class Child:
    """One supervised process. `run` is called in the child; it ends with the child."""

    name: str
    run: Callable[[], object]
    grace: float = 15.0
    """Seconds between SIGTERM and SIGKILL when stopping."""
    once: bool = False
    """True: its end is not an accident (a demo); it is not started again."""
    pid: int | None = None
    started: float = 0.0
    crashes: int = 0
    due: float = field(default=0.0)


class Supervisor:
    """Runs children until told to stop. `tick` is called a few times a second, for what else must be watched."""

    def __init__(self, children: list[Child], tick: Callable[[], None] = lambda: None) -> None:
        self.children = children
        self._tick = tick
        self._stopping = False

    def run(self) -> None:
        """Start the children, keep them running, and return after SIGINT or SIGTERM once all have ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        gc.collect()
        gc.freeze()  # what lives now lives on: shared with the children, never copied by the collector
        try:
            while not self._stopping:
                self._tick()
                self._start_due()
                self._reap()
                time.sleep(0.1)
        finally:
            self._stop_all()

    def stop(self) -> None:
        """Ask `run` to end."""
        self._stopping = True

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.pid is None and now >= child.due:
                child.pid, child.started = fork(child.name, child.run), now

    def _reap(self) -> None:
        for child in self.children:
            if child.pid is None:
                continue
            ended, status = os.waitpid(child.pid, os.WNOHANG)
            if not ended:
                continue
            lived = time.monotonic() - child.started
            child.pid = None
            if child.once:
                child.due = float("inf")
                continue
            child.crashes = 0 if lived > STEADY_SECONDS else child.crashes + 1
            wait = BACKOFF_SECONDS[min(child.crashes, len(BACKOFF_SECONDS)) - 1] if child.crashes else 0.0
            child.due = time.monotonic() + wait
            log.error(
                "%s ended (%s) after %.1f s; starting it again in %.1f s", child.name, ending(status), lived, wait
            )

    def _stop_all(self) -> None:
        for child in reversed(self.children):
            if child.pid is not None:
                end(child.pid, child.grace)
                child.pid = None


def fork(name: str, run: Callable[[], object]) -> int:
    """Start `run` in a forked child of its own process group that ends with this process; return its pid."""
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if os.getppid() == parent:
            run()
            code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except BaseException:
        log.exception("%s failed", name)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def end(pid: int, grace: float) -> None:
    """Stop a child: SIGTERM, then SIGKILL to its whole group after `grace` seconds; returns when it is gone."""
    _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return
        time.sleep(0.05)
    log.error("process %d did not stop within %.0f s and is killed", pid, grace)
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        _signal(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        log.debug("process %d is gone already", pid)


def ending(status: int) -> str:
    """Return how a process ended, for people: `exit code 1` or `signal SIGKILL`."""
    if os.WIFSIGNALED(status):
        return f"signal {signal.Signals(os.WTERMSIG(status)).name}"
    return f"exit code {os.waitstatus_to_exitcode(status)}"
