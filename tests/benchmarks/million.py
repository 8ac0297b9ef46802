"""A million events in twenty thousand issues through the real intake; then what people wait for, and bytes on disk.

MILLION_EVENTS and MILLION_ISSUES make it smaller; MILLION_DATA keeps the data directory there and, when it is filled
already, only asks.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import psycopg

from openclaw_otel_bridge.app import create_app
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.embedded import EmbeddedPostgres
from openclaw_otel_bridge.migrate import migrate
from openclaw_otel_bridge.services import EXTENSION
from tests.benchmarks.asking import SCOPES, Asker, Timing, look, measure
from tests.benchmarks.filling import Filled, Size, fill, settle, work
from tests.benchmarks.intake import SIZE, STORED
from tests.generators.history import utc_now

EVENTS, ISSUES, TIMES = 1_000_000, 20_000, 120
WANTED_MS, WANTED_RATIO = 60.0, 0.35
LONGER_MS: Mapping[str, float] = {"by attribute": 90.0, "free text": 80.0}
"""Searches that no index answers: they read events, or the texts of all issues a viewer may see."""
FILLED = "filled.json"


def run() -> Iterator[str]:
    """Yield the lines of this benchmark."""
    events = int(os.environ.get("MILLION_EVENTS", EVENTS))
    size = Size(events, int(os.environ.get("MILLION_ISSUES", max(events * ISSUES // EVENTS, 1))))
    with _folder(os.environ.get("MILLION_DATA", "")) as folder:
        server = EmbeddedPostgres(folder / "d")
        server.start()
        try:
            yield from filled(server, folder / FILLED, size)
            for timing in asked(server, TIMES):
                yield str(timing) + (f"  above {wanted(timing):.0f} ms" if timing.p95 > wanted(timing) else "")
        finally:
            server.stop()


def wanted(timing: Timing) -> float:
    """Return how many milliseconds a question may take."""
    return LONGER_MS.get(timing.question, WANTED_MS)


def filled(server: EmbeddedPostgres, note: Path, size: Size) -> Iterator[str]:
    """Fill the database `million` of the server unless that was done before; yield what it came to."""
    if not note.exists():
        with psycopg.connect(server.url("postgres"), autocommit=True) as conn:
            conn.execute("create database million")
        migrate(server.url("million"))
        done = fill(server.url("million"), size, utc_now())
        settle(server.url("million"))
        note.write_text(json.dumps(asdict(done)))
    migrate(server.url("million"))  # what was kept may be of the version before
    done = Filled(**json.loads(note.read_text()))
    with psycopg.connect(server.url("million"), autocommit=True) as conn:
        row = conn.execute("select (select count(*) from events), (select count(*) from issues)").fetchone()
        disk = conn.execute(SIZE, (STORED,)).fetchone()
    assert row
    assert disk
    yield f"{row[0]:,} events in {row[1]:,} issues, {done.events / done.seconds:,.0f} events/s with making them"
    yield (
        f"bytes on disk of all event, snapshot and span relations with their indexes ÷ decompressed bytes accepted: "
        f"{disk[0] / done.bytes:.3f} ({disk[0] / row[0]:.0f} of {done.bytes / row[0]:.0f} bytes an event; "
        f"wanted {WANTED_RATIO})"
    )


def asked(server: EmbeddedPostgres, times: int) -> Iterator[Timing]:
    """Yield the times of all questions of all people."""
    url = server.url("million")
    database = Database(url)
    app = create_app(Config(url, secret_key="s" * 32, jwt_secret="j" * 32), database)
    try:
        with psycopg.connect(url) as conn:
            askers = {who: Asker(app, conn, f"{who}{os.getpid()}", scope) for who, scope in SCOPES.items()}
            helper = Asker(app, conn, f"helper{os.getpid()}", "")
            if not conn.execute("select 1 from articles limit 1").fetchone():
                work(conn, (askers["everything"].actor, helper.actor))
                conn.commit()
                settle(url)
            known = look(conn)
        for who, asker in askers.items():
            yield from measure(asker, who, known, times, server.pid or 0)
    finally:
        app.extensions[EXTENSION].intake.close()
        app.extensions[EXTENSION].numbers.close()
        database.close()


@contextmanager
def _folder(kept: str) -> Iterator[Path]:
    """The given folder, which stays, or one that goes."""
    if kept:
        Path(kept, "d").mkdir(mode=0o755, parents=True, exist_ok=True)
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory(prefix="oc-pg-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)  # under root another user runs the server and must reach its home
        Path(made, "d").mkdir(mode=0o755)
        yield Path(made)
