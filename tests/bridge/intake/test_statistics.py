"""The planner knows a day's events soon after the first of them, and only once somebody asks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
from psycopg import sql

from openclaw_otel_bridge.config import Retention
from openclaw_otel_bridge.db import queries
from openclaw_otel_bridge.intake.statistics import ENOUGH, Statistics
from openclaw_otel_bridge.partitions import Partitions, child_name

TODAY = datetime.now(UTC).date()
KNOWN = "select reltuples from pg_class where relname = %s"
FILL = """insert into events (day, id, project_id, grouping_id, occurred_at, received_at, category, severity, trace_id)
          select %s, gen_random_uuid(), 1, 1, now(), now(), 'unknown', 'error', sha256(n::text::bytea)
          from generate_series(1, %s) as n"""


def known(conn: psycopg.Connection[tuple[float]]) -> float:
    row = conn.execute(KNOWN, (child_name("events", TODAY),)).fetchone()
    assert row
    return row[0]


def test_a_day_is_analyzed_once_there_is_enough(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        Partitions(Retention()).ensure(conn, "events", [TODAY], TODAY)
        conn.execute(FILL, (TODAY, ENOUGH))
        statistics = Statistics()
        statistics.wrote([TODAY] * (ENOUGH - 1))
        statistics.refresh(conn)
        assert known(conn) == -1
        statistics.wrote([TODAY])
        statistics.refresh(conn)
        assert known(conn) == ENOUGH
        conn.execute(FILL, (TODAY, 10))
        statistics.wrote([TODAY] * ENOUGH * 3)
        statistics.refresh(conn)
        Statistics().wrote([TODAY] * ENOUGH)
        assert known(conn) == ENOUGH


def test_days_without_a_partition_are_left_alone(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        statistics = Statistics()
        statistics.wrote([TODAY - timedelta(days=4000)] * ENOUGH)
        statistics.refresh(conn)


def test_a_trace_is_looked_up_by_its_index_in_the_first_minute(database_url: str) -> None:
    """With the settings of intake, and a plan made while the day was empty."""
    days = (TODAY - timedelta(days=1), TODAY + timedelta(days=1))
    look = sql.SQL(
        "explain (analyze, buffers, format json) execute look (array[sha256('1'::bytea)], array[1], {}, {})"
    ).format(*map(sql.Literal, days))
    text = queries("intake")["of_traces"]
    for at, name in enumerate(("traces", "hashes", "first", "last"), start=1):
        text = text.replace(f"%({name})s", f"${at}")
    with psycopg.connect(database_url, autocommit=True) as conn:
        Partitions(Retention()).ensure(conn, "events", [TODAY], TODAY)
        conn.execute(queries("intake")["plan_by_index"])
        conn.execute(sql.SQL("prepare look (bytea[], bigint[], date, date) as {}").format(sql.SQL(text)))
        conn.execute(look)
        conn.execute(FILL, (TODAY, 20 * ENOUGH))
        statistics = Statistics()
        statistics.wrote([TODAY] * ENOUGH)
        statistics.refresh(conn)
        row = conn.execute(look).fetchone()
        assert row
        plan = row[0][0]["Plan"]
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 50
