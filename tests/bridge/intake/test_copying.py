"""Whatever is copied in comes out the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.intake.copying import array, copy_rows

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
COLUMNS = ("a", "b", "c", "d", "e", "f", "g", "h")


@pytest.fixture
def conn(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "create table t (a text, b bigint, c boolean, d bytea, e uuid, f date, g timestamptz, h text[])"
        )
        connection.execute("set time zone 'UTC'")
        yield connection


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=1, max_size=5), data=st.binary(max_size=30), items=st.lists(TEXT, max_size=4))
def test_what_goes_in_comes_out(conn: Connection, texts: list[str], data: bytes, items: list[str]) -> None:
    conn.execute("truncate t")
    now = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)
    rows = [(text, -(2**63), True, data, uuid4(), date(2026, 11, 22), now, items) for text in texts]
    copy_rows(conn, "t", COLUMNS, rows)
    assert sorted(conn.execute("select * from t").fetchall(), key=str) == sorted(rows, key=str)


@pytest.mark.parametrize("text", ["\\", "\\N", "\\.", "a\tb\nc\rd", '"', "\\\\", "{}", "", "☃\U0001f600"])
def test_awkward_texts(conn: Connection, text: str) -> None:
    copy_rows(conn, "t", ("a", "h"), [(text, [text, text])])
    assert conn.execute("select a, h from t").fetchall() == [(text, [text, text])]


def test_nulls_and_nothing(conn: Connection) -> None:
    copy_rows(conn, "t", COLUMNS, [])
    copy_rows(conn, "t", COLUMNS, [(None,) * 8])
    assert conn.execute("select * from t").fetchall() == [(None,) * 8]


def test_bad_values_are_data_errors(conn: Connection) -> None:
    with pytest.raises(psycopg.DataError):
        copy_rows(conn, "t", ("a",), [("nul \0",)])
    with pytest.raises(psycopg.DataError):
        copy_rows(conn, "t", ("b",), [("no number",)])


def test_array_literals(conn: Connection) -> None:
    ids = [uuid4(), uuid4()]
    row = conn.execute(
        "select %s::uuid[], %s::bigint[], %s::date[]", (array(ids), array([1, -2]), array([date(2026, 1, 2)]))
    ).fetchone()
    assert row == (ids, [1, -2], [date(2026, 1, 2)])
