"""The kinds of errors of one issue, as its viewers see them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from openclaw_otel_bridge.counting import fold
from openclaw_otel_bridge.db import Connection, Database
from openclaw_otel_bridge.present import title
from openclaw_otel_bridge.reads.cursor import BadCursor
from openclaw_otel_bridge.reads.groupings import list_kinds_of
from openclaw_otel_bridge.reads.issues import get_issue, list_issues
from tests.bridge.flooding import NOW, event, flooded, store
from tests.bridge.seeding import Seed


@pytest.fixture
def conn(database_url: str) -> Iterator[Connection]:
    connection = Database(database_url).connect(autocommit=True)
    yield connection
    connection.close()


def test_the_most_frequent_come_first_page_by_page(conn: Connection) -> None:
    ann = Seed(conn).person("Ann")
    overflow = flooded(conn, 7)
    fold(conn)
    store(conn, [event("k4", occurrences=9, at=NOW + timedelta(hours=1)), event("k3", occurrences=2)])
    first = list_kinds_of(conn, ann, overflow, limit=2)
    assert [(kind.code, kind.event_count) for kind in first.items] == [("k4", 10), ("k3", 3)]
    top = first.items[0]
    assert (top.first_seen, top.last_seen) == (NOW + timedelta(seconds=4), NOW + timedelta(hours=1))
    assert (top.message, top.folded, title(top, "en")) == (
        "failed k4",
        True,
        "Shopify orders.get: request not accepted · k4",
    )
    rest = list_kinds_of(conn, ann, overflow, first.next, limit=10)
    assert sorted(kind.code or "" for kind in rest.items) == ["k2", "k5", "k6"]
    assert rest.next is None
    with pytest.raises(BadCursor):
        list_kinds_of(conn, ann, overflow, "broken")


def test_any_issue_has_its_kinds(conn: Connection) -> None:
    ann = Seed(conn).person("Ann")
    flooded(conn, 2)
    store(conn, [event("k0", at=NOW + timedelta(hours=2))])
    (only,) = list_kinds_of(conn, ann, 1).items
    assert (only.code, only.event_count, only.folded) == ("k0", 2, False)
    assert (only.first_seen, only.last_seen) == (NOW, NOW + timedelta(hours=2))
    conn.execute("update groupings set issue_id = 1")  # as a merge does
    assert {kind.code for kind in list_kinds_of(conn, ann, 1).items} == {"k0", "k1"}


def test_a_scope_shows_its_own_kinds_and_events_alone(conn: Connection) -> None:
    eve = Seed(conn).person("Eve", "ops", scope="store:eu-*")
    store(conn, [event("k0"), event("k1")])
    store(conn, [event("us"), event("both"), event("both", store="eu-1", message="in Europe", occurrences=4)])
    (flood,) = [issue for issue in list_issues(conn, eve).items if issue.origin == "overflow"]
    assert (flood.kinds, flood.event_count) == (1, 4)
    assert title(flood, "en") == "Flood of new errors: 1 kind folded"
    (kind,) = list_kinds_of(conn, eve, flood.id).items
    assert (kind.code, kind.event_count, kind.message) == ("both", 4, "in Europe")


def test_an_issue_tells_how_many_kinds_it_holds(conn: Connection) -> None:
    ann = Seed(conn).person("Ann")
    overflow = flooded(conn, 7)
    assert get_issue(conn, ann, overflow).kinds == 5
    assert get_issue(conn, ann, 1).kinds is None
    assert title(get_issue(conn, ann, overflow), "zh") == "新错误激增：已折叠 5 类"
