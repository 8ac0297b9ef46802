"""The HTTP server: gunicorn with threads, on a socket bound before anything else starts."""

from __future__ import annotations

import errno
import gc
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from openclaw_otel_bridge.fair_worker import UNUSED, FairWorker, OpenConnections

MOST_PROCESSES = 64
"""Whose connections are counted; gunicorn can be told by signal to start more than it was configured for."""
_YOUNG = 200_000
"""Allocations between two looks of the collector: one batch of telemetry makes many, and they die without it."""

_SWITCH_SECONDS = 0.001
"""How long a thread that computes keeps the others waiting. What is ready to be committed asks the database a dozen
times, and would wait for the interpreter each time for Python's usual 5 ms while the next batch is computed."""


class AddressInUse(Exception):
    """The address cannot be bound; the message is one line for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the web processes run. `threads` serve requests that mostly wait for PostgreSQL."""

    workers: int = 2
    threads: int = 16
    graceful_seconds: int = 10


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    Raises:
        AddressInUse: the port is taken, or may not be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OverflowError as error:
        listener.close()
        raise AddressInUse(
            f"cannot listen on {host}:{port}: a port is 0 to 65535; choose another with --port"
        ) from error
    except OSError as error:
        listener.close()
        option = "--host" if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror) else "--port"
        raise AddressInUse(f"cannot listen on {host}:{port}: {error.strerror}; choose another with {option}") from error
    return listener


def run_web(make_app: Callable[[], Flask], listener: socket.socket, settings: WebSettings) -> None:
    """Serve until SIGTERM. `make_app` is called in each web process, after the fork."""
    _Server(make_app, listener, settings).run()


class _Server(BaseApplication):
    def __init__(self, make_app: Callable[[], Flask], listener: socket.socket, settings: WebSettings) -> None:
        self._make_app = make_app
        self._connections = OpenConnections(MOST_PROCESSES)
        for slot in range(min(settings.workers, MOST_PROCESSES)):
            # Those that are about to serve have no connection yet: the first leaves them some of the first.
            self._connections.write(slot, 0)
        self._options: dict[str, Any] = {
            "bind": f"fd://{listener.fileno()}",
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": FairWorker,
            "pre_fork": self._give_slot,
            "child_exit": self._free_slot,
            "worker_tmp_dir": "/dev/shm",
            "graceful_timeout": settings.graceful_seconds,
            "timeout": 60,
            "keepalive": 75,
            "max_requests": 0,
            "loglevel": "warning",
            "accesslog": None,
            "proc_name": "openclaw-otel",
            "limit_request_field_size": 16380,
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def _give_slot(self, arbiter: Any, worker: FairWorker) -> None:
        taken = {each.slot for each in arbiter.WORKERS.values()}
        worker.connections = self._connections
        worker.slot = next(slot for slot in count() if slot not in taken)
        self._connections.write(worker.slot, 0)

    def _free_slot(self, arbiter: Any, worker: FairWorker) -> None:
        self._connections.write(worker.slot, UNUSED)

    def load(self) -> Any:
        app = self._make_app()
        # Catalogs, rules and modules live as long as the process: the collector need not walk them again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG)
        sys.setswitchinterval(_SWITCH_SECONDS)
        return app
