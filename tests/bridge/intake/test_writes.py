"""The single statements of the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from openclaw_otel.record import ErrorRecord
from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.intake import writes
from openclaw_otel_bridge.intake.issues import Places
from openclaw_otel_bridge.intake.items import Candidate, Source
from openclaw_otel_bridge.intake.reconcile import Known, Plan

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
DAY = date(2026, 11, 22)
TRACE, SPAN = "ab" * 16, "cd" * 8


@pytest.fixture
def conn(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url) as connection:
        connection.execute("set time zone 'UTC'")
        yield connection


def candidate(**values: object) -> Candidate:
    fields = {"occurred_at": NOW, "message": "m", "trace_id": TRACE, "span_id": SPAN, **values}
    return Candidate(1, uuid4(), DAY, Source.SPAN_EVENT, ErrorRecord(id="x", **fields), NOW, copy_hash=7)  # type: ignore[arg-type]


def insert(conn: Connection, *candidates: Candidate) -> list[Known]:
    places = Places(conn)
    places.resolve(candidates)
    events = [Known(each.key, each.source, bytes.fromhex(SPAN), None, 7, candidate=each) for each in candidates]
    events.sort(key=lambda event: event.key[1].int)
    writes.insert_fresh(conn, Plan(fresh=events), places, {id(events[0]): 5})
    return events


def test_what_is_inserted_is_known(conn: Connection) -> None:
    one, two = candidate(), candidate()
    insert(conn, one, two)
    copy = (DAY, uuid4(), 1)
    writes.insert_copies(conn, [(copy, one.key)])
    third = Candidate(1, copy[1], DAY, Source.LOG, ErrorRecord(id="x"), NOW)
    found = writes.known_events(conn, [one, two, third, candidate()])
    assert set(found) == {one.key, two.key, copy}
    assert found[copy] is found[one.key]
    assert found[one.key].sources is Source.SPAN_EVENT


def test_mates_are_of_one_trace_and_text(conn: Connection) -> None:
    insert(conn, candidate(), candidate(trace_id="ef" * 16))
    found = writes.trace_mates(conn, [candidate()])
    assert [(trace, len(events)) for (_, trace), events in found.items()] == [(TRACE, 1)]
    (event,) = found[(1, TRACE)]
    assert (event.span_id, event.copy_hash) == (bytes.fromhex(SPAN), 7)
    assert writes.trace_mates(conn, [candidate(trace_id=None)]) == {}


def test_a_second_inserter_is_told(conn: Connection) -> None:
    one = candidate()
    insert(conn, one)
    with pytest.raises(psycopg.errors.UniqueViolation):
        insert(conn, one)


def test_sources_are_added(conn: Connection) -> None:
    (event,) = insert(conn, candidate())
    event.sources |= Source.LOG
    event.parent_id = b"p" * 8
    writes.add_sources(conn, [event])
    writes.add_sources(conn, [])
    assert conn.execute("select sources, parent_id, span_chunk from events").fetchall() == [(3, b"p" * 8, 5)]


def test_counts_are_by_grouping_hour_and_place(conn: Connection) -> None:
    later = candidate(store="s", occurred_at=NOW + timedelta(minutes=10), occurrences=3, message="later")
    first = candidate(store="s", message="first")
    elsewhere = candidate(service="erp", platform="shopify")
    writes.count(conn, [(1, later, 1), (1, first, 1), (1, candidate(), 1), (1, elsewhere, 1), (2, candidate(), -1)])
    rows = conn.execute(
        """select grouping_id, platform, store, service, env, n, hour, first_seen, last_seen, message
           from counter_deltas order by 1, 2, 3"""
    ).fetchall()
    hour, message = NOW.replace(minute=0), candidate().record.message
    usual = (candidate().record.platform or "", candidate().record.service or "")
    assert {row[:6]: row[6:] for row in rows} == {
        (1, usual[0], "", usual[1], "", 1): (hour, NOW, NOW, message),
        (1, usual[0], "s", usual[1], "", 4): (hour, NOW, NOW + timedelta(minutes=10), "first"),
        (1, "shopify", "", "erp", "", 1): (hour, NOW, NOW, message),
        (2, usual[0], "", usual[1], "", -1): (hour, NOW, NOW, message),
    }
