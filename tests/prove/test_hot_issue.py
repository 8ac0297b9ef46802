"""One failure storms in through two processes while the worker folds: nobody waits for anybody's lock, all is counted.

At full size five minutes; what is sampled is what an operator would look at, pg_stat_activity.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.queues import Queue

import psycopg

from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import build_pipeline
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.counting import fold
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake import Intake
from openclaw_otel_bridge.problems import Unavailable
from openclaw_otel_bridge.worker import Worker
from tests.benchmarks.filling import send
from tests.bridge.otlp_messages import traces
from tests.generators.history import Batch, utc_now
from tests.generators.services import Raised

SECONDS = 300.0 if os.environ.get("OPENCLAW_OTEL_FULL") else 4.0
PROCESSES, THREADS, SPANS = 2, 2, 256
MOST_WAITING = 0.1
SAMPLE = """
    select count(*), count(*) filter (where wait_event_type = 'Lock') from pg_stat_activity
    where backend_type = 'client backend' and state = 'active' and datname = current_database()
      and pid <> pg_backend_pid()
"""


@dataclass
class Samples:
    """Looks at the server, ten a second."""

    looks: int = 0
    active: int = 0
    waiting: int = 0

    @property
    def share(self) -> float:
        """Active backends that waited for a lock, of all active ones."""
        return self.waiting / max(self.active, 1)


def storm(url: str, seconds: float, sent: Queue[int]) -> None:
    """Send failures of one kind from some threads until the time is over; tell how many were acknowledged."""
    logging.disable(logging.INFO)
    config = Config(url)
    database = Database(url, pool_size=THREADS + 1)
    intake = Intake(config, database, build_pipeline(Side.BRIDGE, config.library))
    deadline = time.monotonic() + seconds
    raised = Raised(0)

    def go() -> None:
        chance = random.Random(os.urandom(8))
        while time.monotonic() < deadline:
            spans = [
                span
                for n in range(SPANS)
                for span in raised.spans(0, utc_now() - timedelta(milliseconds=n), chance)
            ]  # fmt: skip
            until_taken(intake, Batch("/v1/traces", traces(*spans).SerializeToString(), SPANS))
            sent.put(SPANS)

    threads = [threading.Thread(target=go) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    intake.close()
    database.close()
    sent.put(0)


def until_taken(intake: Intake, batch: Batch) -> None:
    """Send as an exporter does: the same bytes again until they are acknowledged."""
    while True:
        try:
            refused, why = send(intake, batch)
        except Unavailable:
            time.sleep(0.1)
        else:
            assert not refused, why
            return


@contextmanager
def looking(url: str) -> Iterator[Samples]:
    """Look at the server's backends every 100 ms while the block runs."""
    samples, ended = Samples(), threading.Event()

    def look() -> None:
        with psycopg.connect(url, autocommit=True) as conn:
            while not ended.wait(0.1):
                active, waiting = conn.execute(SAMPLE).fetchone() or (0, 0)
                samples.looks += 1
                samples.active += active
                samples.waiting += waiting

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()


@contextmanager
def worker(url: str) -> Iterator[None]:
    """The worker, as `openclaw-otel worker` runs it."""
    running = Worker(Config(url))
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        yield
    finally:
        running.stop()
        thread.join()


def deadlocks(conn: psycopg.Connection) -> int:
    row = conn.execute("select deadlocks from pg_stat_database where datname = current_database()").fetchone()
    assert row
    return int(row[0])


def received(processes: int, sent: Queue[int]) -> int:
    """Return how many failures were acknowledged, once all processes have ended."""
    total = 0
    while processes:
        n = sent.get(timeout=120)
        total += n
        processes -= n == 0
    return total


def test_a_storm_of_one_failure_waits_for_nobody(database_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    sent: Queue[int] = context.Queue()
    storms = [context.Process(target=storm, args=(database_url, SECONDS, sent)) for _ in range(PROCESSES)]
    with psycopg.connect(database_url, autocommit=True) as conn:
        before = deadlocks(conn)
        with worker(database_url), looking(database_url) as samples:
            for process in storms:
                process.start()
            total = received(PROCESSES, sent)
            for process in storms:
                process.join()
                assert process.exitcode == 0
        while fold(conn):
            pass
        print(  # noqa: T201
            f"\n{total:,} failures of one kind in {SECONDS:.0f} s, {samples.looks} looks: {samples.waiting} of "
            f"{samples.active} active backends waited for a lock ({samples.share:.2%})"
        )
        assert total > 0
        assert samples.active > 0
        assert samples.share <= MOST_WAITING
        assert deadlocks(conn) == before
        assert conn.execute("select count(*), sum(event_count)::int from issues").fetchone() == (1, total)
        assert conn.execute("select count(*)::int, count(distinct id)::int from events").fetchone() == (total, total)
        assert conn.execute("select sum(n)::int from sightings").fetchone() == (total,)
        assert conn.execute("select sum(n)::int from tallies").fetchone() == (total,)
