"""A month of failures through the real intake into a database, in processes of their own, and the work people did."""

from __future__ import annotations

import logging
import multiprocessing
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.queues import Queue

import psycopg
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import build_pipeline
from openclaw_otel_bridge.assign.defaults import seed_defaults
from openclaw_otel_bridge.config import Config, IntakeSettings
from openclaw_otel_bridge.counting import fold
from openclaw_otel_bridge.db import Connection, Database
from openclaw_otel_bridge.intake import Intake
from openclaw_otel_bridge.intake.logs import read_logs
from openclaw_otel_bridge.intake.otlp import Encoding, decode
from openclaw_otel_bridge.intake.rows import slices
from openclaw_otel_bridge.intake.traces import read_traces
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.shaping import read_attributes
from openclaw_otel_bridge.workflow.findings import Finding
from openclaw_otel_bridge.workflow.transition import Transition, transition
from tests.generators.history import Batch, History

PROJECT = 1
THREADS = 3
"""Requests at once in a process, so that their commits fall together."""


@dataclass(frozen=True)
class Size:
    """How much a database is filled with."""

    events: int
    issues: int
    processes: int = 2


@dataclass(frozen=True)
class Filled:
    """What filling came to: bytes are those of the decompressed requests."""

    events: int
    bytes: int
    seconds: float


def fill(url: str, size: Size, now: datetime) -> Filled:
    """Take a history ending now; the worker's folding goes on beside, as in life. Says how far it is on stderr."""
    with psycopg.connect(url) as conn:
        seed_defaults(conn)
    context = multiprocessing.get_context("spawn")
    done: Queue[tuple[int, int] | None] = context.Queue()
    parts = [context.Process(target=_part, args=(url, size, now, part, done)) for part in range(size.processes)]
    started, events, accepted, running = time.perf_counter(), 0, 0, size.processes
    with _Folding(url):
        for process in parts:
            process.start()
        while running:
            told = done.get()
            if told is None:
                running -= 1
                continue
            events, accepted = events + told[0], accepted + told[1]
            _tell(events, size.events, started)
    for process in parts:
        process.join()
        assert process.exitcode == 0, f"a process of the intake ended with {process.exitcode}"
    return Filled(events, accepted, time.perf_counter() - started)


def settle(url: str) -> None:
    """Fold and read what is left and look at all tables once, as the worker and autovacuum do in the end."""
    with psycopg.connect(url, autocommit=True) as conn:
        fold(conn)
        while read_attributes(conn):
            pass
        conn.execute("vacuum analyze")


def work(conn: Connection, people: tuple[Actor, ...], share: float = 0.3) -> int:
    """Let two people work on a share of the issues as people do: some are theirs, most of those end resolved."""
    first, second = people
    ids = [
        row[0]
        for row in conn.execute(
            "select id from issues order by hashint8(id) limit (select count(*) * %s from issues)", (share,)
        )
    ]
    cause = Finding("credential_expired", "The token of this store had run out; nobody had been told before.")
    fix = Finding("credential_rotation", "Renewed it, and the renewal runs each night from now on.")
    for number, issue in enumerate(ids):
        owner, other = (first, second) if number % 2 else (second, first)
        transition(conn, owner, issue, Transition(to="assigned", assignee=owner.id))
        if number % 10:
            transition(conn, owner, issue, Transition(to="in_review", root_cause=cause, fix=fix))
        if number % 10 > 1:
            transition(conn, other, issue, Transition(to="resolved"))
        if number % 100 == 0:
            conn.commit()
    return len(ids)


def _part(url: str, size: Size, now: datetime, part: int, done: Queue[tuple[int, int] | None]) -> None:
    logging.disable(logging.INFO)
    config = Config(url, intake=IntakeSettings(new_issues=0))  # a month in minutes is no flood of new kinds
    database = Database(url, pool_size=THREADS + 1)
    intake = Intake(config, database, build_pipeline(Side.BRIDGE, config.library))

    def take(batch: Batch) -> None:
        refused, why = send(intake, batch)
        assert not refused, why
        done.put((batch.events, len(batch.body)))

    try:
        with ThreadPoolExecutor(THREADS) as pool:
            history = History(size.events, size.issues, now)
            # A pool alone would make all batches at once.
            for some in slices(history.batches(part=part, parts=size.processes), THREADS * 4):
                list(pool.map(take, some))
    finally:
        intake.close()
        database.close()
        done.put(None)


def send(intake: Intake, batch: Batch) -> tuple[int, str]:
    """Put one export through the intake as its HTTP endpoint does; return how many were refused, and why."""
    if batch.path == "/v1/logs":
        return intake.take(
            "otlp_logs", read_logs(decode(batch.body, Encoding.PROTOBUF, ExportLogsServiceRequest), PROJECT), PROJECT
        )
    message = decode(batch.body, Encoding.PROTOBUF, ExportTraceServiceRequest)
    return intake.take("otlp_traces", read_traces(message, PROJECT, intake.calls.read), PROJECT)


class _Folding:
    """The worker's folding and reading of attributes, once a second, while the block runs."""

    def __init__(self, url: str) -> None:
        self._url, self._ended = url, threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as conn:
            while not self._ended.wait(1):
                fold(conn)
                read_attributes(conn)


def _tell(events: int, wanted: int, started: float) -> None:
    if events % 16 == 0 or events == wanted:
        rate = events / (time.perf_counter() - started)
        sys.stderr.write(f"\r{events:,} of {wanted:,} events, {rate:,.0f} a second ")
        sys.stderr.flush()
