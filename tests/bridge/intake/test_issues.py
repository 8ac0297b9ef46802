"""Groupings are found or made once, and lead to issues that know their first record."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from openclaw_otel.record import ErrorRecord, Fingerprint
from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.intake.issues import Places
from openclaw_otel_bridge.intake.items import Candidate, Source

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RECORD = ErrorRecord(
    id="x",
    occurred_at=NOW,
    message="m",
    platform="shopify",
    store="demo",
    operation="orders.get",
    explanation={"en": "Wait.", "zh": "请等待。"},
    fingerprint=Fingerprint("v1", ("a",), "v1:a", ("platform=shopify", "store=demo"), "v1:b"),
)


def candidate(record: ErrorRecord = RECORD, **values: object) -> Candidate:
    return Candidate(1, uuid4(), date(2026, 11, 22), Source.LOG, record, NOW, **values)  # type: ignore[arg-type]


@pytest.fixture
def conn(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url) as connection:
        yield connection


def test_made_once_then_found(conn: Connection) -> None:
    first, second = Places(conn), Places(conn)
    each = candidate()
    first.resolve([each, candidate()])
    second.resolve([each])
    assert first.of(each).is_new
    assert not second.of(each).is_new
    assert first.of(each).issue_id == second.of(each).issue_id
    row = conn.execute("select platform, store, operation, message, explanation, first_seen from issues").fetchall()
    assert row == [("shopify", "demo", None, "m", {"en": "Wait.", "zh": "请等待。"}, NOW)]
    assert conn.execute("select key, fingerprint, parts from groupings").fetchall() == [
        ("v1:b", "v1:a", ["platform=shopify", "store=demo"])
    ]


def test_the_earliest_record_speaks_for_the_issue(conn: Connection) -> None:
    late = candidate(replace(RECORD, message="late", occurred_at=NOW + timedelta(hours=1)))
    early = candidate(replace(RECORD, message="early"))
    Places(conn).resolve([late, early])
    assert conn.execute("select message from issues").fetchall() == [("early",)]


def test_merged_groupings_lead_to_their_issue(conn: Connection) -> None:
    one, two = candidate(), candidate(replace(RECORD, fingerprint=Fingerprint("v1", (), "v1:c", (), "v1:d")))
    Places(conn).resolve([one, two])
    conn.execute("update groupings set issue_id = (select min(id) from issues)")
    places = Places(conn)
    places.resolve([one, two])
    assert places.of(one).issue_id == places.of(two).issue_id


def test_arrivals_count_what_is_new(conn: Connection) -> None:
    each = candidate()
    places = Places(conn)
    places.resolve([each])
    assert places.arrivals([each, each]) == 1
    again = Places(conn)
    again.resolve([each])
    assert again.arrivals([each]) == 0


def test_describing_only_what_knows_nothing(conn: Connection) -> None:
    short = candidate(replace(RECORD, message=""), weak=True)
    places = Places(conn)
    places.resolve([short])
    full = candidate(replace(RECORD, message="told"))
    places = Places(conn)
    places.resolve([full])
    places.describe(full)
    other = candidate(replace(RECORD, message="another"))
    places = Places(conn)
    places.resolve([other])
    places.describe(other)
    assert conn.execute("select message from issues").fetchall() == [("told",)]


def test_many_makers_make_one(database_url: str) -> None:
    def work() -> None:
        with psycopg.connect(database_url) as mine:
            Places(mine).resolve([candidate()])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with psycopg.connect(database_url) as conn:
        assert conn.execute("select count(*) from issues").fetchone() == (1,)
