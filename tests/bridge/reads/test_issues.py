from datetime import timedelta

import pytest

from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.query import QueryError
from openclaw_otel_bridge.reads.cursor import BadCursor
from openclaw_otel_bridge.reads.issues import (
    SORTS,
    count_each,
    count_issues,
    get_issue,
    get_issues,
    list_issues,
    merged_into,
)
from openclaw_otel_bridge.workflow.errors import NotFound
from tests.bridge.seeding import NOW, Seed, hours, insert


def ids(seed: Seed, actor: Actor, query: str = "", sort: str = "last_seen") -> list[int]:
    return [issue.id for issue in list_issues(seed.conn, actor, query, sort).items]


@pytest.fixture
def ann(seed: Seed) -> Actor:
    return seed.person("Ann")


@pytest.mark.parametrize("sort", SORTS)
def test_pages_cover_every_issue_once_in_every_sort(seed: Seed, ann: Actor, sort: str) -> None:
    made = [
        seed.issue(
            severity=("info", "critical", "warn")[number % 3],
            last_seen=NOW - hours(number % 4),
            first_seen=NOW - hours(number),
            due_at=NOW + hours(number % 5) if number % 2 else None,
        )
        for number in range(11)
    ]
    for number, issue in enumerate(made[:5]):
        seed.event(issue, NOW - hours(30), occurrences=number)
    seen: list[int] = []
    cursor = None
    while True:
        page = list_issues(seed.conn, ann, "", sort, cursor, 3)
        seen += [issue.id for issue in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == made
    assert seen == ids(seed, ann, "", sort)


def test_sorts(seed: Seed, ann: Actor) -> None:
    old = seed.issue(severity="critical", last_seen=NOW - hours(2), first_seen=NOW - hours(9), due_at=NOW + hours(2))
    new = seed.issue(severity="warn", last_seen=NOW - hours(1), due_at=NOW + hours(1))
    seed.event(old, NOW - hours(2), occurrences=7)
    assert ids(seed, ann) == ids(seed, ann, sort="first_seen") == ids(seed, ann, sort="due") == [new, old]
    assert ids(seed, ann, sort="events") == ids(seed, ann, sort="severity") == [old, new]


def test_counts_and_times_hold_what_is_not_folded_yet(seed: Seed, ann: Actor) -> None:
    issue = seed.issue(event_count=5)
    seed.event(issue, NOW + hours(1), occurrences=3)
    found = get_issue(seed.conn, ann, issue)
    assert (found.event_count, found.last_seen) == (8, NOW + hours(1))
    assert [one.event_count for one in list_issues(seed.conn, ann).items] == [8]


def test_finds_by_query_and_by_order_and_request_id(seed: Seed, ann: Actor) -> None:
    auth = seed.issue(category="auth", message="token expired", assignee_id=ann.id, status="assigned")
    other = seed.issue(message="订单同步失败")
    raised = seed.issue(origin="manual", title="Order 77 missing", order_id="77", store="us-1")
    seed.event(auth, store="us-1", order_id="1001", request_id="req-9")
    seed.event(other, store="eu-1", order_id="1002")
    assert ids(seed, ann, "category:auth status:assigned assignee:me") == [auth]
    assert ids(seed, ann, "1001") == ids(seed, ann, "req-9") == ids(seed, ann, "order:1001") == [auth]
    assert ids(seed, ann, "同步") == [other]
    assert ids(seed, ann, "order:77") == ids(seed, ann, "77") == [raised]
    assert sorted(ids(seed, ann, "store:us-*")) == [auth, raised]
    assert ids(seed, ann, "store:us-1 order:1002") == []
    assert count_issues(seed.conn, ann, "store:us-*") == 2
    assert count_issues(seed.conn, ann, limit=1) == 1
    for actor in (ann, seed.person("Eve", "support", scope="store:us-*")):
        asked = ["store:us-*", "", "status:resolved", '"x" store:eu-1']
        assert count_each(seed.conn, actor, asked) == [count_issues(seed.conn, actor, query) for query in asked]
    assert count_each(seed.conn, ann, ["", ""], limit=1) == [1, 1]


def test_faults_are_the_caller_s(seed: Seed, ann: Actor) -> None:
    with pytest.raises(QueryError):
        list_issues(seed.conn, ann, "nonsense:1")
    with pytest.raises(KeyError):
        list_issues(seed.conn, ann, "", "colour")
    with pytest.raises(BadCursor):
        list_issues(seed.conn, ann, "", "last_seen", "zzz")


def test_merged_issues_are_found_where_they_went(seed: Seed, ann: Actor) -> None:
    target = seed.issue()
    gone = seed.issue(merged_into=target)
    assert ids(seed, ann) == [target]
    with pytest.raises(NotFound):
        get_issue(seed.conn, ann, gone)
    assert merged_into(seed.conn, ann, gone) == target
    assert merged_into(seed.conn, ann, target) is None


def test_other_projects_are_not_there(seed: Seed, ann: Actor) -> None:
    project = insert(seed.conn, "projects", slug="other", name="Other")
    foreign = insert(seed.conn, "issues", project_id=project, first_seen=NOW, last_seen=NOW)
    assert ids(seed, ann) == []
    assert get_issues(seed.conn, ann, [foreign]) == []
    with pytest.raises(NotFound):
        get_issue(seed.conn, ann, foreign)


def test_a_scope_shows_an_issue_through_its_events_alone(seed: Seed) -> None:
    half = seed.issue(message="from us", event_count=0)
    seed.event(half, NOW - hours(3), store="us-1", message="from us", occurrences=4, order_id="1")
    seed.event(half, NOW - hours(2), store="eu-1", message="from eu", occurrences=2, order_id="2")
    seed.event(half, NOW - hours(1), store="us-1", message="late us")
    outside = seed.issue()
    seed.event(outside, store="us-1")
    raised_in = seed.issue(origin="manual", title="x", store="eu-1")
    seed.issue(origin="manual", title="y", store="us-1")
    seed.issue(origin="manual", title="z")
    eve = seed.person("Eve", "support", scope="store:eu-*")
    assert sorted(ids(seed, eve)) == [half, raised_in]
    seen = get_issue(seed.conn, eve, half)
    assert (seen.event_count, seen.message) == (2, "from eu")
    assert seen.first_seen == seen.last_seen == NOW - timedelta(hours=2)
    assert ids(seed, eve, '"from us"') == ids(seed, eve, "order:1") == ids(seed, eve, "1") == []
    assert ids(seed, eve, "order:2") == ids(seed, eve, "2") == [half]
    assert sorted(ids(seed, eve, "-store:us-*")) == [half, raised_in]
    with pytest.raises(NotFound):
        get_issue(seed.conn, eve, outside)
