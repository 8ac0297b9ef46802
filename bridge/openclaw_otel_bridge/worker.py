"""The worker process: sends deliveries, folds counts, ends mutes, keeps partitions; any number may run.

    senders (threads)   claim | send | record          notify.dispatch
    main thread         heartbeat · fold · read attributes · unmute · keep house

Each thread has one connection of its own. When the database goes away, all wait for it and go on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg

from openclaw_otel_bridge.assign.defaults import seed_defaults
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.counting import fold
from openclaw_otel_bridge.db import Connection, Database, queries
from openclaw_otel_bridge.housekeeping import keep_house
from openclaw_otel_bridge.notify.dispatch import Dispatcher
from openclaw_otel_bridge.sealing import Sealer
from openclaw_otel_bridge.shaping import Leisure, read_attributes
from openclaw_otel_bridge.workflow.mute import unmute_over

log = logging.getLogger(__name__)
SENDERS = 2
"""Threads that send: one slow robot must not hold up all others."""
PAUSE = 0.5
"""Seconds between two looks for something due."""
LONGEST_WAIT = 10.0
"""Seconds between two tries to reach a database that is gone."""


@dataclass(slots=True)
class Task:
    """Something done every `seconds`; `run` gets a connection in autocommit."""

    name: str
    seconds: float
    run: Callable[[Connection], object]
    due: float = field(default=0.0)


class Worker:
    """Runs until `stop` is called: a running send is finished and recorded first."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._database = Database(config.database_url)
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End soon; safe to call from a signal handler and twice."""
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped; returns when every thread has ended."""
        threads = [
            threading.Thread(
                target=self._loop, args=([Task("send", PAUSE, self._dispatcher().run_once)],), name=f"send-{n}"
            )
            for n in range(SENDERS)
        ]
        if self._config.sentry:
            threads.append(threading.Thread(target=self._loop, args=(self._sentry_tasks(),), name="sentry"))
        for thread in threads:
            thread.start()
        log.info("worker started")
        try:
            self._loop(self._tasks())
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()
        log.info("worker stopped")

    def _tasks(self) -> list[Task]:
        leisure = Leisure()
        return [
            Task("seed", float("inf"), _in_transaction(seed_defaults)),
            Task("heartbeat", 5.0, lambda conn: conn.execute(queries("worker")["heartbeat"])),
            Task("fold", 1.0, lambda conn: leisure.after(fold(conn))),
            Task("attributes", 1.0, lambda conn: read_attributes(conn) if leisure.is_due() else None),
            Task("unmute", 15.0, _in_transaction(unmute_over)),
            Task("housekeeping", 600.0, lambda conn: keep_house(conn, self._config.retention)),
        ]

    def _sentry_tasks(self) -> list[Task]:
        from openclaw_otel_bridge.sentry.heard import work_off  # few have an integration, and it brings intake along
        from openclaw_otel_bridge.sentry.ingest import Ingest
        from openclaw_otel_bridge.sentry.told import tell_all

        ingest, known = Ingest(self._config), self._config.sentry
        return [
            Task("sentry heard", PAUSE, lambda conn: work_off(conn, known, ingest)),
            Task("sentry told", PAUSE, lambda conn: tell_all(conn, known)),
            Task("sentry expire", 3600.0, lambda conn: conn.execute(queries("sentry")["expire_hooks"])),
        ]

    def _dispatcher(self) -> Dispatcher:
        return Dispatcher(
            sealer=Sealer(self._config.encryption_keys),
            public_url=self._config.public_url,
            private=self._config.private_channels or not self._config.is_public,
            stopping=self._stopping.is_set,
        )

    def _loop(self, tasks: Sequence[Task]) -> None:
        """Run the tasks when due, over a connection that is made anew when it breaks."""
        wait, lost_at = 0.5, None
        while not self._stopping.is_set():
            try:
                with self._database.connect(autocommit=True) as conn:
                    if lost_at is not None:
                        log.info("the database is back after %.0f s", time.monotonic() - lost_at)
                    wait, lost_at = 0.5, None
                    self._work(conn, tasks)
            except psycopg.OperationalError as error:
                if lost_at is None:
                    lost_at = time.monotonic()
                    log.error("the database is gone, waiting for it: %s", _one_line(error))
                self._stopping.wait(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    def _work(self, conn: Connection, tasks: Sequence[Task]) -> None:
        """Run the tasks until stopped. A task that fails is logged and tried again; a lost connection is raised."""
        while not self._stopping.is_set():
            for task in tasks:
                if self._stopping.is_set() or time.monotonic() < task.due:
                    continue
                try:
                    task.run(conn)
                except Exception as error:  # one task's fault must not stop the others
                    if conn.broken or conn.closed:
                        raise psycopg.OperationalError(_one_line(error)) from error
                    log.exception("%s failed; it is tried again", task.name)
                    task.due = time.monotonic() + max(5.0, min(task.seconds, 60.0))
                else:
                    task.due = time.monotonic() + task.seconds
            self._stopping.wait(PAUSE)


def _in_transaction(run: Callable[[Connection], object]) -> Callable[[Connection], object]:
    def within(conn: Connection) -> object:
        with conn.transaction():
            return run(conn)

    return within


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
