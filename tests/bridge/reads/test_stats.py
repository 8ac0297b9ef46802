from openclaw_otel_bridge.reads.stats import Stats, stats
from tests.bridge.seeding import Seed, insert


def test_adds_up_what_is_folded_and_what_is_not(seed: Seed) -> None:
    seed.conn.execute("update totals set n = 40 where name = 'events'")
    issue = seed.issue()
    seed.event(issue, occurrences=2)
    seed.issue(merged_into=issue)
    channel = insert(seed.conn, "channels", project_id=1, name="c", kind="wecom", url="https://x")
    for status in ("sent", "sent", "dead"):
        insert(seed.conn, "deliveries", project_id=1, channel_id=channel, kind="new", status=status)
    assert stats(seed.conn) == Stats(events=42, issues=1, queued=0, sent=2, failed=0, dead=1)
