"""OTLP error spans through the real intake into PostgreSQL, against COPY alone into the same server; bytes on disk."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import build_pipeline
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.embedded import EmbeddedPostgres
from openclaw_otel_bridge.intake import Intake
from openclaw_otel_bridge.intake.otlp import Encoding, decode
from openclaw_otel_bridge.intake.traces import read_traces
from openclaw_otel_bridge.migrate import migrate
from tests.benchmarks.bodies import batch

SPANS, BATCHES, FLOOR_SECONDS = 512, 24, 4.0
STORED = (
    "^((events|snapshots|spans|trace_spans|event_copies)_(d[0-9]+|default)"
    "|attribute_shapes|shaped_groupings|read_groupings|attribute_unread)$"
)
SIZE = "select sum(pg_total_relation_size(oid))::bigint from pg_class where relkind = 'r' and relname ~ %s"


def run() -> Iterator[str]:
    """Yield the lines of this benchmark."""
    with tempfile.TemporaryDirectory(prefix="oc-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "d").mkdir(mode=0o755)
        server = EmbeddedPostgres(Path(folder) / "d")
        server.start()
        try:
            with psycopg.connect(server.url("postgres"), autocommit=True) as conn:
                conn.execute("create database bench")
            url = server.url("bench")
            migrate(url)
            yield from _measured(url)
        finally:
            server.stop()


def _measured(url: str) -> Iterator[str]:
    config = Config(url)
    database = Database(url, pool_size=2)
    intake = Intake(config, database, build_pipeline(Side.BRIDGE, config.library))
    bodies = [batch(SPANS, seed) for seed in range(BATCHES + 1)]
    with psycopg.connect(url, autocommit=True) as conn:
        empty = conn.execute(SIZE, (STORED,)).fetchone()
        _take(intake, bodies[0])
        started, used = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda body: _take(intake, body), bodies[1:]))
        took, used = time.perf_counter() - started, time.process_time() - used
        full = conn.execute(SIZE, (STORED,)).fetchone()
        assert empty
        assert full
        floor = _floor(conn)
    intake.close()
    database.close()
    events = SPANS * BATCHES
    rate = events / took
    yield (
        f"OTLP, one process: {rate:.0f} events/s = {rate / floor:.3f} of the COPY floor ({floor:.0f} rows/s); "
        f"{used / events * 1e6:.0f} µs of our CPU an event"
    )
    yield f"bytes on disk ÷ bytes accepted: {(full[0] - empty[0]) / sum(map(len, bodies)):.2f}"


def _take(intake: Intake, body: bytes) -> None:
    message = decode(body, Encoding.PROTOBUF, ExportTraceServiceRequest)
    intake.take("otlp_traces", read_traces(message, 1, intake.calls.read), 1)


def _floor(conn: psycopg.Connection[tuple[int]]) -> float:
    """Return rows per second of COPY alone, 512 a transaction, of about the size of an event."""
    conn.execute("create table floor (id uuid primary key, issue bigint, at timestamptz, data text)")
    text, now, rows = "x" * 2500, datetime.now(UTC), 0
    started = time.perf_counter()
    while time.perf_counter() - started < FLOOR_SECONDS:
        with conn.transaction(), conn.cursor().copy("copy floor from stdin") as copy:
            for _ in range(512):
                copy.write_row((uuid4(), 1, now, text))
        rows += 512
    return rows / (time.perf_counter() - started)
