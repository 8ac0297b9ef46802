"""Attributes are read into shapes behind the folding: nothing is missed, much is not told apart, little is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from openclaw_otel_bridge import shaping
from openclaw_otel_bridge.counting import fold
from openclaw_otel_bridge.db import Database, queries
from openclaw_otel_bridge.query.shapes import ANYTHING, MASK, RELEASE
from openclaw_otel_bridge.shaping import (
    AWAY,
    MOST_NAMES,
    MOST_SHAPES,
    STORM,
    Leisure,
    Read,
    Unread,
    forget,
    merged,
    read_attributes,
    rest,
)
from tests.bridge.seeding import NOW, Seed, hours


def test_a_storm_leaves_little_time_to_read() -> None:
    now = [0.0]
    leisure = Leisure(lambda: now[0])
    assert leisure.is_due()
    assert leisure.is_due()
    leisure.after(STORM)
    assert not leisure.is_due()
    now[0] += AWAY
    assert leisure.is_due()
    assert not leisure.is_due()
    leisure.after(STORM - 1)
    assert leisure.is_due()


def test_few_values_are_told_apart_and_ids_are_one() -> None:
    values = [("status", "500"), ("status", "503"), ("path", "/v1/10001/x"), ("path", "/v1/10002/x")]
    assert merged(frozenset(), values) == {("status", "500"), ("status", "503"), ("path", f"/v1/{MASK}/x")}


def test_beyond_the_bounds_nothing_is_told_apart_any_more() -> None:
    words = [("w", chr(200 + n) * 3) for n in range(MOST_SHAPES + 1)]
    full = merged(frozenset(), words[:-1])
    assert len(full) == MOST_SHAPES
    assert merged(full, words[-1:]) == {("w", ANYTHING)}
    assert merged(frozenset({("w", ANYTHING)}), words) == {("w", ANYTHING)}
    names = merged(frozenset(), [(f"n{n}", "") for n in range(MOST_NAMES + 1)])
    assert names == {("", ANYTHING)}
    assert merged(names, [("other", "x")]) == {("", ANYTHING)}


def test_what_was_not_read_of_a_range_is_left() -> None:
    asked = [Unread(1, "a", "b", None), Unread(2, "c", "d", None)]
    found = [Read(1, 10, [], "m", "u", []), Read(2, 9, [], "n", "v", [])]
    assert rest(asked, found, 10) == [Unread(1, "a", "m", "u")]


@pytest.fixture
def conn(database_url: str) -> Any:
    with Database(database_url).connect(autocommit=True) as connection:
        yield connection


def shapes(conn: psycopg.Connection[Any]) -> set[tuple[str, str]]:
    rows = conn.execute("select name, shape from attribute_shapes s join shaped_groupings l on l.shape_id = s.id")
    return set(rows.fetchall())


def days(conn: psycopg.Connection[Any]) -> list[date]:
    return conn.execute("select days from read_groupings").fetchone()[0]  # type: ignore[index]


def test_folded_events_are_read_to_their_end(conn: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shaping, "EVENTS", 2)
    seed = Seed(conn)
    issue = seed.issue()
    for n in range(7):  # several at one moment: where reading stopped is told by time and id
        seed.event(issue, NOW - hours(24 * (n // 4)), release="v1", attributes={"n": n, "l": [n, True], "none": None})
    assert read_attributes(conn) == 0  # what is not folded is looked at by searches themselves
    fold(conn)
    steps = 0
    while read_attributes(conn):
        steps += 1
    assert steps > 3
    expected = {("n", str(n)) for n in range(7)} | {("l", str(n)) for n in range(7)} | {("l", "true"), (RELEASE, "v1")}
    assert shapes(conn) == expected
    assert days(conn) == [NOW.date(), NOW.date() - timedelta(days=1)]
    assert conn.execute("select count(*) from attribute_unread").fetchone() == (0,)


def test_an_event_that_its_carrier_replaces_is_read_again(conn: psycopg.Connection[Any]) -> None:
    seed = Seed(conn)
    ident = seed.event(seed.issue(), NOW, attributes={"a": "short"})
    fold(conn)
    while read_attributes(conn):
        pass
    row = conn.execute("select day, grouping_id from events where id = %s", (ident,)).fetchone()
    assert row
    later = NOW + timedelta(minutes=3)
    conn.execute(
        queries("intake")["replace_event"],
        {
            **{"day": row[0], "id": ident, "project_id": 1, "grouping_id": row[1], "occurred_at": later, "sources": 2},
            **{"occurrences": 1, "category": "auth", "severity": "error", "message": "", "attributes": '{"a": "full"}'},
            **dict.fromkeys(
                "platform store operation code env service release order_id request_id exception_type".split()
            ),
            "chunk": 5,
        },
    )
    assert read_attributes(conn) == 1
    assert shapes(conn) == {("a", "short"), ("a", "full")}


def test_shapes_and_days_without_events_are_forgotten(conn: psycopg.Connection[Any]) -> None:
    seed = Seed(conn)
    issue = seed.issue()
    seed.event(issue, NOW)
    gone = seed.event(issue, NOW - hours(48))
    fold(conn)
    while read_attributes(conn):
        pass
    conn.execute("delete from events where id = %s", (gone,))
    conn.execute("insert into attribute_shapes (name, shape) values ('nobody', 'x')")
    forget(conn, NOW.date() - timedelta(days=2))
    assert len(days(conn)) == 2  # its time is not over
    forget(conn, NOW.date() + timedelta(days=1))
    assert days(conn) == [NOW.date()]
    assert conn.execute("select count(*) from attribute_shapes").fetchone() == (0,)


def test_one_reads_at_a_time(conn: psycopg.Connection[Any], database_url: str) -> None:
    seed = Seed(conn)
    seed.event(seed.issue(), NOW, attributes={"a": "b"})
    fold(conn)
    with Database(database_url).connect() as other:
        other.execute(queries("shapes")["lock"])
        assert read_attributes(conn) == 0
        other.rollback()
    assert read_attributes(conn) == 1
