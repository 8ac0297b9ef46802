"""`openclaw-otel worker`: sends notifications, folds counts, applies retention, against DATABASE_URL."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from contextlib import closing

import psycopg

from openclaw_otel.errors import ConfigError
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database, queries
from openclaw_otel_bridge.logs import configure_logging

SILENT_SECONDS = 60
"""A worker writes its heartbeat every five seconds; one that was not seen for so long is dead or stuck."""


def main(argv: Sequence[str]) -> int:
    """Work until SIGTERM or Ctrl-C; 0 after a clean stop."""
    parser = argparse.ArgumentParser(
        prog="openclaw-otel worker",
        description="Send notifications, fold counts, apply retention. Any number may run beside each other.",
    )
    parser.add_argument("--check", action="store_true", help="only say whether a worker runs: for health checks")
    arguments = parser.parse_args(argv)
    try:
        config = Config.from_env()
    except ConfigError as error:
        print(f"openclaw-otel worker: {error}", file=sys.stderr)
        return 1
    if arguments.check:
        return _check(config)
    configure_logging(config.log_level)
    run_worker(config)
    return 0


def _check(config: Config) -> int:
    """Return 0 when a worker was seen at work lately, else 1 with a line that says what is known."""
    try:
        with closing(Database(config.database_url).connect(autocommit=True)) as conn:
            row = conn.execute(queries("worker")["heartbeat_age"]).fetchone()
    except psycopg.Error as error:
        print(f"openclaw-otel worker: the database cannot be used: {error}", file=sys.stderr)
        return 1
    if row is None or row[0] > SILENT_SECONDS:
        seen = "never" if row is None else f"{row[0]} s ago"
        print(f"openclaw-otel worker: no worker is at work; last seen {seen}", file=sys.stderr)
        return 1
    return 0


def run_worker(config: Config) -> None:
    """Work until SIGTERM or SIGINT; a running send is finished first."""
    from openclaw_otel_bridge.worker import Worker

    worker = Worker(config)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
