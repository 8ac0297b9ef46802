from openclaw_otel_bridge.reads.details import Place, groupings, hourly_counts, places, watchers
from tests.bridge.seeding import NOW, Seed, hours, insert


def test_groupings_places_watchers_and_hours(seed: Seed) -> None:
    ann = seed.person("Ann")
    eve = seed.person("Eve", "dev", scope="store:eu-1")
    issue = seed.issue()
    seed.event(issue, store="us-1", env="prod", occurrences=3)
    seed.event(issue, NOW - hours(2), store="eu-1")
    second = seed.grouping(issue)
    insert(seed.conn, "counters", grouping_id=second, hour=NOW - hours(5), store="us-1", env="prod", n=10)
    insert(seed.conn, "watchers", issue_id=issue, person_id=ann.id)
    assert [grouping.id for grouping in groupings(seed.conn, ann, issue)][-1] == second
    assert len(groupings(seed.conn, eve, issue)) == 1
    assert places(seed.conn, ann, issue) == [Place("us-1", "prod", 13), Place("eu-1", None, 1)]
    assert places(seed.conn, eve, issue) == [Place("eu-1", None, 1)]
    assert [watcher.name for watcher in watchers(seed.conn, issue)] == ["Ann"]
    since = NOW - hours(4)
    assert hourly_counts(seed.conn, ann, [issue], since) == {issue: {NOW: 3, NOW - hours(2): 1}}
    assert hourly_counts(seed.conn, eve, [issue], since) == {issue: {NOW - hours(2): 1}}
