"""Partitions are made once by many, take over rows that came before them, and go whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from openclaw_otel_bridge.config import Retention
from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.partitions import Partitions, child_name, chunk_id_at, drop, expired, make, purge

TODAY = date(2026, 11, 22)
RETENTION = Retention(events=30, spans=7, inbox=14)


@pytest.fixture
def conn(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def place(conn: Connection) -> list[str]:
    return [row[0] for row in conn.execute("select tableoid::regclass::text from snapshots order by day")]


def add(conn: Connection, day: date) -> None:
    conn.execute("insert into snapshots values (%s, 1, 1, 'x')", (day,))


def test_rows_go_to_their_day(conn: Connection) -> None:
    Partitions(RETENTION).ensure(conn, "snapshots", [TODAY, TODAY - timedelta(days=1)], TODAY)
    add(conn, TODAY)
    add(conn, TODAY - timedelta(days=1))
    assert place(conn) == ["snapshots_d20261121", "snapshots_d20261122"]


def test_days_outside_the_window_share_the_default(conn: Connection) -> None:
    days = [date(1970, 1, 1), TODAY - timedelta(days=31), TODAY + timedelta(days=3)]
    Partitions(RETENTION).ensure(conn, "snapshots", days, TODAY)
    for day in days:
        add(conn, day)
    assert place(conn) == ["snapshots_default"] * 3


def test_rows_of_a_future_day_move_when_it_comes(conn: Connection) -> None:
    add(conn, TODAY)
    make(conn, "snapshots", TODAY)
    assert place(conn) == ["snapshots_d20261122"]
    assert make(conn, "snapshots", TODAY) is False


def test_many_makers(database_url: str) -> None:
    made: list[bool] = []

    def work() -> None:
        with psycopg.connect(database_url, autocommit=True) as mine:
            made.append(make(mine, "events", TODAY))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False, False, False, True]


def test_partitions_have_all_indexes_and_storage(conn: Connection) -> None:
    make(conn, "events", TODAY)
    make(conn, "snapshots", TODAY)
    query = "select count(*) from pg_index i join pg_class c on c.oid = i.indrelid where c.relname = %s"
    assert conn.execute(query, (child_name("events", TODAY),)).fetchone() == conn.execute(query, ("events",)).fetchone()
    storage = (
        "select attstorage from pg_attribute where attrelid = 'snapshots_d20261122'::regclass and attname = 'data'"
    )
    assert conn.execute(storage).fetchone() == ("e",)


def test_what_is_over_goes_whole(conn: Connection) -> None:
    for table, age in (("events", 31), ("events", 30), ("spans", 8), ("webhook_inbox", 15), ("webhook_inbox", 14)):
        make(conn, table, TODAY - timedelta(days=age))
    found = expired(conn, RETENTION, TODAY)
    assert found == [
        ("events", "events_d20261022"),
        ("webhook_inbox", "webhook_inbox_d20261107"),
        ("spans", "spans_d20261114"),
    ]
    for table, child in found:
        drop(conn, table, child)
    assert expired(conn, RETENTION, TODAY) == []


def test_the_default_partition_is_purged_by_the_time_of_receipt(conn: Connection) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    for age in (29, 31):
        at = now - timedelta(days=age)
        conn.execute(
            "insert into events (day, id, project_id, grouping_id, occurred_at, received_at, category, severity)"
            " values ('1970-01-01', gen_random_uuid(), 1, 1, %s, %s, 'unknown', 'error')",
            (at, at),
        )
        conn.execute("insert into snapshots values ('1970-01-01', %s, 1, 'x')", (chunk_id_at(at),))
        conn.execute("insert into spans values ('1970-01-01', %s, 1, 'x')", (chunk_id_at(at),))
        conn.execute("insert into trace_spans values ('1970-01-01', 'x', %s)", (chunk_id_at(at),))
    conn.execute("insert into event_copies select '1970-01-01', gen_random_uuid(), 1, day, id from events")
    assert purge(conn, RETENTION, now) == 1 + 1 + 2 + 2 + 1
    assert conn.execute("select count(*) from events").fetchone() == (1,)
    assert conn.execute("select count(*) from event_copies").fetchone() == (1,)
    assert conn.execute("select id from snapshots").fetchall() == [(chunk_id_at(now - timedelta(days=29)),)]
