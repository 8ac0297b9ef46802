"""Which groupings a search is led to: those read with such a shape, and those not read to their end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg import sql

from openclaw_otel_bridge.counting import fold
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.query import parse
from openclaw_otel_bridge.query.binding import Binder, all_of
from openclaw_otel_bridge.query.leads import may_hold
from openclaw_otel_bridge.shaping import MOST_SHAPES, read_attributes
from tests.bridge.seeding import NOW, Seed

WORDS = [f"{a}{b}" for a in "abcdefghij" for b in "abcdefgh"]


@pytest.fixture
def seed(database_url: str) -> Iterator[Seed]:
    with Database(database_url).connect(autocommit=True) as conn:
        yield Seed(conn)


def led(seed: Seed, query: str) -> list[int]:
    binder = Binder()
    statement = sql.SQL("select g.id from groupings g where {} order by 1")
    condition = all_of(may_hold(parse(query).event_terms, binder))
    return [row[0] for row in seed.conn.execute(statement.format(condition), binder.parameters)]


def test_to_those_that_had_such_a_value(seed: Seed) -> None:
    for attributes, release in (
        ({"path": "/v1/10001/refund"}, "v1"),
        ({"path": "/v1/x"}, "v2"),
        ({"status": 500}, "v2"),
    ):
        seed.event(seed.issue(), NOW, attributes=attributes, release=release)
    assert led(seed, "attr.path:nothing") == [1, 2, 3]  # nothing is folded
    fold(seed.conn)
    assert led(seed, "attr.path:nothing") == [1, 2, 3]  # nothing is read
    while read_attributes(seed.conn):
        pass
    assert led(seed, "attr.path:nothing") == []
    assert led(seed, "attr.path:/v1/99999/refund") == [1]  # an id is any id
    assert led(seed, "attr.path:/V1/*") == [1, 2]
    assert led(seed, "attr.status:500,503") == [3]
    assert led(seed, "attr.status:503") == []
    assert led(seed, "release:v2") == [2, 3]
    assert led(seed, "release:v2 attr.path:*") == [2]
    assert led(seed, "-attr.path:*") == [1, 2, 3]
    seed.event(2, NOW)
    assert led(seed, "attr.path:nothing") == [2]


def test_to_those_whose_values_are_too_many_to_tell_apart(seed: Seed) -> None:
    many, few = seed.issue(), seed.issue()
    for word in WORDS[: MOST_SHAPES + 1]:
        seed.event(many, NOW, attributes={"word": word, "other": "x"})
    seed.event(few, NOW, attributes={"word": "x"})
    fold(seed.conn)
    while read_attributes(seed.conn):
        pass
    assert led(seed, "attr.word:nothing") == [1]
    assert led(seed, "attr.other:nothing") == []
