from openclaw_otel_bridge.counting import fold
from openclaw_otel_bridge.reads.details import Place, groupings, hourly_counts, places, watchers
from openclaw_otel_bridge.reads.issues import count_issues, get_issue, list_issues
from tests.bridge.seeding import NOW, Seed, hours, insert


def test_groupings_places_watchers_and_hours(seed: Seed) -> None:
    ann = seed.person("Ann")
    eve = seed.person("Eve", "dev", scope="store:eu-1")
    issue = seed.issue()
    seed.event(issue, store="us-1", env="prod", occurrences=3)
    seed.event(issue, NOW - hours(2), store="eu-1")
    second = seed.grouping(issue)
    earlier = {"hour": NOW - hours(5), "last_seen": NOW - hours(5)}
    insert(seed.conn, "counter_deltas", grouping_id=second, store="us-1", env="prod", n=10, **earlier)
    insert(seed.conn, "watchers", issue_id=issue, person_id=ann.id)
    assert [grouping.id for grouping in groupings(seed.conn, ann, issue)][-1] == second
    assert len(groupings(seed.conn, eve, issue)) == 1
    assert places(seed.conn, ann, issue) == [Place("us-1", "prod", 13), Place("eu-1", None, 1)]
    assert places(seed.conn, eve, issue) == [Place("eu-1", None, 1)]
    assert [watcher.name for watcher in watchers(seed.conn, issue)] == ["Ann"]
    since = NOW - hours(4)
    assert hourly_counts(seed.conn, ann, [issue], since) == {issue: {NOW: 3, NOW - hours(2): 1}}
    assert hourly_counts(seed.conn, eve, [issue], since) == {issue: {NOW - hours(2): 1}}


def test_what_was_folded_is_seen_through_a_scope(seed: Seed) -> None:
    eve = seed.person("Eve", "support", scope="platform:shopify service:erp")
    issue = seed.issue(message="of somebody else")
    seed.event(issue, NOW - hours(3), platform="ebay", service="erp", store="eu-1", message="first")
    seed.event(issue, NOW - hours(2), platform="shopify", service="erp", store="us-1", env="prod", message="second")
    seed.event(issue, NOW - hours(1), platform="shopify", service="erp", store="us-1", env="prod", message="third")
    seed.conn.commit()
    seed.conn.autocommit = True
    assert fold(seed.conn) == 3
    seed.event(issue, NOW, platform="shopify", service="erp", store="us-2", message="fourth")
    seen = get_issue(seed.conn, eve, issue)
    assert (seen.event_count, seen.message, seen.first_seen, seen.last_seen) == (3, "second", NOW - hours(2), NOW)
    assert places(seed.conn, eve, issue) == [Place("us-1", "prod", 2), Place("us-2", None, 1)]
    assert hourly_counts(seed.conn, eve, [issue], NOW - hours(1)) == {issue: {NOW - hours(1): 1, NOW: 1}}
    assert len(groupings(seed.conn, eve, issue)) == 1
    assert [one.id for one in list_issues(seed.conn, eve, "store:us-*").items] == [issue]
    assert list_issues(seed.conn, eve, "store:eu-1").items == []
    assert count_issues(seed.conn, eve) == 1
