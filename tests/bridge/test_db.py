"""Connections commit and roll back, survive a fork-like reset and a killed session; SQL files load by name."""

from __future__ import annotations

import threading
from contextlib import closing

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from openclaw_otel_bridge.db import Database, queries


def test_a_block_is_one_transaction(database_url: str) -> None:
    with closing(Database(database_url)) as database:
        with database.connection() as conn:
            conn.execute("insert into audit_log (action, object) values ('kept', 'x')")
        with pytest.raises(RuntimeError), database.connection() as conn:  # noqa: PT012
            conn.execute("insert into audit_log (action, object) values ('lost', 'x')")
            raise RuntimeError("boom")
        with database.connection() as conn:
            assert conn.execute("select action from audit_log").fetchall() == [("kept",)]
            assert conn.execute("show timezone").fetchone() == ("UTC",)


def test_a_connection_of_its_own(database_url: str) -> None:
    with closing(Database(database_url).connect(autocommit=True)) as conn:
        assert conn.autocommit
        assert conn.execute("show timezone").fetchone() == ("UTC",)


def test_an_exhausted_pool_says_so(database_url: str) -> None:
    with closing(Database(database_url, pool_size=1, timeout=0.1)) as database, database.connection():
        with pytest.raises(PoolTimeout, match="has 1, all of them in use"), database.connection():
            pass
        assert database.stats()["requests_num"] == 2


def test_a_server_that_is_gone_is_no_exhausted_pool() -> None:
    with closing(Database("postgresql://nobody@127.0.0.1:1/x", pool_size=1, timeout=0.2)) as database:
        with pytest.raises(PoolTimeout, match="the server gives no connection"), database.connection():
            pass


def test_a_killed_session_costs_no_request(database_url: str) -> None:
    with closing(Database(database_url, pool_size=1)) as database:
        with database.connection() as conn:
            pid = conn.info.backend_pid
        with psycopg.connect(database_url) as other:
            other.execute("select pg_terminate_backend(%s, 2000)", (pid,))
        with database.connection() as conn:
            assert conn.execute("select 1").fetchone() == (1,)


def test_threads_share_one_pool(database_url: str) -> None:
    with closing(Database(database_url, pool_size=2)) as database:
        seen: list[int] = []

        def work() -> None:
            with database.connection() as conn:
                seen.append(conn.info.backend_pid)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seen) == 8
        assert len(set(seen)) <= 2


def test_unused_database_opens_nothing() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    assert database.stats() == {}
    database.close()


def test_queries_by_name() -> None:
    found = queries("migrations")
    assert set(found) == {"create_table", "table_exists", "applied", "record"}
    assert "schema_migrations" in found["record"]
    assert queries("migrations") is found
