"""Keys open their own project, each kind its own door, and can be taken back."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import psycopg
import pytest

from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake import keys
from openclaw_otel_bridge.intake.keys import Keys, create_key


def test_keys_open_their_project(database_url: str) -> None:
    with closing(Database(database_url)) as database:
        with database.connection() as conn:
            other = conn.execute("insert into projects (slug, name) values ('b', 'B') returning id").fetchone()
            assert other is not None
            ingest, sentry = create_key(conn, 1, "ingest"), create_key(conn, other[0], "sentry", "web")
        found = Keys(database)
        assert found.project_of("ingest", ingest) == 1
        assert found.project_of("sentry", sentry) == other[0]
        assert found.project_of("sentry", ingest) is None
        assert found.project_of("ingest", sentry) is None
        assert [found.project_of("ingest", bad) for bad in ("", "x", "\0", "k" * 5000, "\ud800")] == [None] * 5


def test_ingest_keys_are_stored_hashed(database_url: str) -> None:
    with closing(Database(database_url)) as database, database.connection() as conn:
        key = create_key(conn, 1, "ingest")
        assert key.startswith("oci_")
        stored = conn.execute("select key from project_keys").fetchone()
        assert stored is not None
        assert key not in stored[0]


def test_a_revoked_key_closes_soon(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "REMEMBERED_SECONDS", 0.0)
    with closing(Database(database_url)) as database:
        with database.connection() as conn:
            key = create_key(conn, 1, "ingest")
        found = Keys(database)
        assert found.project_of("ingest", key) == 1
        with database.connection() as conn:
            conn.execute("update project_keys set revoked_at = now()")
        assert found.project_of("ingest", key) is None


def test_while_one_looks_a_known_key_holds(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "REMEMBERED_SECONDS", 0.0)
    with closing(Database(database_url)) as database, psycopg.connect(database_url) as blocker:
        with database.connection() as conn:
            key = create_key(conn, 1, "ingest")
        found = Keys(database)
        assert found.project_of("ingest", key) == 1
        blocker.execute("lock table project_keys in access exclusive mode")
        one = threading.Thread(target=found.project_of, args=("ingest", key))
        one.start()
        with psycopg.connect(database_url, autocommit=True) as watcher:
            deadline = time.monotonic() + 10
            while watcher.execute("select count(*) from pg_locks where not granted").fetchone() == (0,):
                assert time.monotonic() < deadline
                time.sleep(0.01)
        started = time.monotonic()
        assert [found.project_of("ingest", key) for _ in range(5)] == [1] * 5
        assert time.monotonic() - started < 1
        assert one.is_alive()
        blocker.rollback()
        one.join()
