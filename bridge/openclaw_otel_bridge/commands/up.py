"""`openclaw-otel up`: embedded PostgreSQL, migrations, web and worker as one foreground service."""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import psycopg

from openclaw_otel.platforms import Platforms
from openclaw_otel_bridge.bootstrap import Login, bootstrap, forget_password
from openclaw_otel_bridge.commands.serve import prepare_spool, run_server
from openclaw_otel_bridge.commands.worker import run_worker
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.datadir import DataDir, DataDirError
from openclaw_otel_bridge.embedded import EmbeddedPostgres
from openclaw_otel_bridge.embedded_place import EmbeddedError
from openclaw_otel_bridge.logs import configure_logging
from openclaw_otel_bridge.migrate import MigrationError, migrate
from openclaw_otel_bridge.server import AddressInUse, bind
from openclaw_otel_bridge.supervisor import Child, Supervisor

log = logging.getLogger(__name__)
LOOK_SECONDS = 10.0
"""Between two looks whether the generated password was changed."""
RETRY_SECONDS = 5.0
"""Between two tries to start a database server that does not come up."""


def main(argv: Sequence[str]) -> int:
    """Run until Ctrl-C; 0 after a clean stop, 1 with one clear line when it cannot start."""
    arguments = _arguments(argv)
    configure_logging(os.environ.get("OPENCLAW_OTEL_LOG_LEVEL", "info").upper())
    try:
        return _up(arguments)
    except (AddressInUse, DataDirError, EmbeddedError, MigrationError) as error:
        print(f"openclaw-otel up: {error}", file=sys.stderr)
    except psycopg.OperationalError as error:
        print(f"openclaw-otel up: the database cannot be reached: {error}", file=sys.stderr)
    return 1


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="openclaw-otel up", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="add live sample traffic of a small fake shop world")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--data-dir", type=Path, default=Path("data"), help="where everything is kept (default ./data)")
    return parser.parse_args(argv)


def _up(arguments: argparse.Namespace) -> int:
    data = DataDir(arguments.data_dir)
    data.take()
    listener = bind(arguments.host, arguments.port)
    with ExitStack() as stack:
        stack.callback(listener.close)
        postgres = None
        if not (os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE")):
            postgres = EmbeddedPostgres(data.path)
            stack.callback(postgres.stop)
            postgres.start()
        config = _configure(data, listener, arguments, postgres)
        migrate(config.database_url)
        login = bootstrap(config, data)
        children = _children(config, data, listener, login, arguments.demo)
        _announce(login, data.path, arguments.demo)
        Supervisor(children, _Watch(config, data, postgres)).run()
    return 0


def _configure(
    data: DataDir, listener: socket.socket, arguments: argparse.Namespace, postgres: EmbeddedPostgres | None
) -> Config:
    """Put what `up` decides into the environment, so that every child reads the same settings, and return them."""
    os.environ.update(data.secrets(os.environ))
    if postgres is not None:
        os.environ["DATABASE_URL"] = postgres.url()
    os.environ["OPENCLAW_OTEL_BIND"] = arguments.host
    os.environ["OPENCLAW_OTEL_PORT"] = str(listener.getsockname()[1])
    if not os.environ.get("OPENCLAW_OTEL_SPOOL_DIR"):
        os.environ["OPENCLAW_OTEL_SPOOL_DIR"] = str(data.path / "spool")
    if arguments.demo:
        from openclaw_otel_bridge.demo.settings import configure_demo

        configure_demo(data.path, os.environ)
    config = Config.from_env()
    prepare_spool(config)
    Platforms(config.library)  # a bad table of openclaw.toml stops the start here, in one line, not in each child
    return config


def _children(config: Config, data: DataDir, listener: socket.socket, login: Login, demo: bool) -> list[Child]:
    def web() -> None:
        data.leave_lock()
        run_server(config, listener)

    def worker() -> None:
        data.leave_lock()
        listener.close()
        run_worker(config)

    children = [Child("web", web), Child("worker", worker)]
    if demo:

        def play() -> None:
            from openclaw_otel_bridge.demo import run

            data.leave_lock()
            listener.close()
            run.run(run.Connection(login.url, login.api_token, login.ingest_key))

        children.append(Child("demo", play, once=True))
    return children


class _Watch:
    """What the supervisor looks after besides its children: the database, and the generated password."""

    def __init__(self, config: Config, data: DataDir, postgres: EmbeddedPostgres | None) -> None:
        self._config = config
        self._data = data
        self._postgres = postgres
        self._next_look = 0.0
        self._next_start = 0.0

    def __call__(self) -> None:
        if self._postgres is not None and (self._postgres.pid is None or self._postgres.poll() is not None):
            self._start_postgres(self._postgres)
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LOOK_SECONDS
            self._forget_password()

    def _start_postgres(self, postgres: EmbeddedPostgres) -> None:
        """Start the server again; web and worker wait for it and go on, so a start that fails ends nothing."""
        if time.monotonic() < self._next_start:
            return
        log.error("PostgreSQL ended; starting it again")
        try:
            postgres.start()
        except EmbeddedError as error:
            log.error("%s; tried again in %.0f s", error, RETRY_SECONDS)
            self._next_start = time.monotonic() + RETRY_SECONDS

    def _forget_password(self) -> None:
        try:
            if forget_password(self._config, self._data):
                self._next_look = float("inf")
        except psycopg.Error as error:
            log.warning("cannot look whether the first password was changed: %s", error)


def _announce(login: Login, data_dir: Path, demo: bool) -> None:
    password = login.password or "(as you set it)"
    lines = [
        f"openclaw-otel is at  {login.url}",
        f"log in with          {login.email}  {password}",
        f"for scripts          {data_dir / 'connection.json'}",
        "stop with            Ctrl-C (nothing is lost)",
    ]
    if demo:
        lines.insert(2, "demo                 sample traffic is running; the first issues show within seconds")
    print("\n".join(lines), flush=True)
