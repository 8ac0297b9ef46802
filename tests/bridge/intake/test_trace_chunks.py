"""Traces share chunks and are never torn."""

from __future__ import annotations

from datetime import UTC, date, datetime

import psycopg

from openclaw_otel_bridge.archive import StoredSpan, trace_spans
from openclaw_otel_bridge.intake.items import TraceSpans
from openclaw_otel_bridge.intake.reconcile import Plan
from openclaw_otel_bridge.intake.trace_chunks import CHUNK_SPANS, store_spans
from tests.bridge.stored_spans import line_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)


TODAY = NOW.date()


def group(number: int, count: int, day: date = TODAY) -> TraceSpans:
    trace = f"{number:032x}"
    lines = tuple(line_of(StoredSpan(trace, f"{n:016x}", None, "s", 1, None, NOW, NOW)) for n in range(1, count + 1))
    return TraceSpans(1, trace, day, lines)


def test_small_traces_share_and_large_ones_stay_whole(database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        assert store_spans(conn, [group(n, 4) for n in range(1, 65)] + [group(99, 500)], Plan()) == {}
        rows = conn.execute("select count(*) from spans").fetchone()
        assert rows == (4 * 64 // CHUNK_SPANS + 1,)
        conn.execute(
            "insert into events"
            " (day, id, project_id, grouping_id, occurred_at, received_at, category, severity, trace_id)"
            " values (%s, gen_random_uuid(), 1, 1, now(), now(), 'unknown', 'error', %s)",
            (NOW.date(), bytes.fromhex(f"{99:032x}")),
        )
        assert len(trace_spans(conn, 1, f"{99:032x}")) == 500


def test_days_do_not_share(database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        store_spans(conn, [group(1, 1), group(2, 1, date(2026, 11, 21))], Plan())
        assert conn.execute("select day::text from spans order by day").fetchall() == [("2026-11-21",), ("2026-11-22",)]


def test_resent_traces_are_left_alone(database_url: str) -> None:
    plan = Plan(resent_traces={(1, f"{1:032x}")})
    with psycopg.connect(database_url) as conn:
        store_spans(conn, [group(1, 1)], plan)
        assert conn.execute("select count(*) from spans").fetchone() == (0,)
