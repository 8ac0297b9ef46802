"""Searches that look at events: the same as looking at all of them, page by page, in scope; bounds are told."""

from __future__ import annotations

import pytest

from openclaw_otel_bridge.counting import fold
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.query import parse
from openclaw_otel_bridge.reads.issues import SORTS, list_issues, list_to_the_end
from openclaw_otel_bridge.reads.search import After, search
from openclaw_otel_bridge.reads.view import view_of
from openclaw_otel_bridge.reads.walking import Bounds
from openclaw_otel_bridge.shaping import read_some
from tests.bridge.seeding import NOW, Seed, hours

QUERIES = (
    "attr.url.path:/v1/*/refund",
    "attr.url.path:/v1/10001/refund",
    "attr.url.path:*refund store:us-1",
    "release:2026.1 attr.url.path:*",
    "-attr.url.path:*refund",
    "-release:2026.1 -attr.n:3",
    "attr.n:3,4 platform:shopify",
    "attr.none:x",
)


@pytest.fixture
def month(seed: Seed) -> Seed:
    """Issues with events of several releases and paths: most are read, some are only folded, the last neither."""
    for n in range(12):
        issue = seed.issue(platform="shopify" if n % 2 else "paypal", last_seen=NOW - hours(n))
        for m in range(n % 3 + 1):
            path = f"/v1/{10_000 + n}/{'refund' if n % 4 else 'order'}"
            seed.event(
                issue,
                NOW - hours(n + m * 30),
                store=f"us-{m}",
                platform="paypal" if n % 5 else "shopify",
                release=f"2026.{m}",
                attributes={"url.path": path, "n": n, "list": [n, "x"]},
            )
        if n % 3 == 0:
            fold(seed.conn)
        if n == 8:
            while read_some(seed.conn):
                pass
    seed.issue(origin="manual", title="By hand", store="us-1", platform="paypal", last_seen=NOW - hours(3))
    return seed


@pytest.mark.parametrize("scope", ["", "store:us-1", "platform:paypal"])
@pytest.mark.parametrize("sort", SORTS)
def test_pages_together_are_what_looking_at_every_event_finds(month: Seed, scope: str, sort: str) -> None:
    viewer = month.person("Ann", "support" if scope else "dev", scope=scope)
    for query in QUERIES:
        wanted = [one.id for one in list_to_the_end(month.conn, viewer, query, sort).items]
        assert [one.id for one in list_issues(month.conn, viewer, query, sort).items] == wanted, query
        assert paged(month, viewer, query, sort) == wanted, query


def test_queries_find_some_and_not_all(month: Seed) -> None:
    viewer = month.person("Ann")
    counts = [len(list_issues(month.conn, viewer, query).items) for query in QUERIES]
    assert counts == [9, 1, 6, 8, 4, 12, 1, 0]


def paged(seed: Seed, viewer: Actor, query: str, sort: str) -> list[int]:
    """Walk all pages of two rows, each bounded tightly."""
    found: list[int] = []
    cursor = None
    for _ in range(40):
        after = After(cursor, 2)
        page = search(seed.conn, view_of(viewer), parse(query), SORTS[sort], after, Bounds(groupings=3))
        found += page.items
        cursor = page.next
        if cursor is None:
            return found
    raise AssertionError(f"{query}: the pages do not end")


def test_bounds_are_told(seed: Seed) -> None:
    viewer = seed.person("Ann")
    issue = seed.issue()
    for n in range(50):
        seed.event(issue, NOW - hours(n), attributes={"n": n})
    tight = Bounds(events=40)
    page = search(seed.conn, view_of(viewer), parse("attr.n:49"), SORTS["last_seen"], After(None, 5), tight)
    assert (page.items, page.next) == ([], None)
    assert page.searched is not None
    assert (page.searched.issues, page.searched.partly) == (1, 1)
    assert [one.id for one in list_issues(seed.conn, viewer, "attr.n:49").items] == [issue]
