import pytest

from openclaw_otel_bridge.reads.deliveries import Wanted, attempts, get_delivery, list_deliveries
from openclaw_otel_bridge.workflow.errors import NotFound
from tests.bridge.seeding import NOW, Seed, insert


def test_pages_filters_and_scopes(seed: Seed) -> None:
    ann = seed.person("Ann")
    eve = seed.person("Eve", "dev", scope="store:eu-1")
    channel = insert(seed.conn, "channels", project_id=1, name="c", kind="wecom", url="https://x")
    hidden = seed.issue()
    seed.event(hidden, store="us-1")

    def delivery(issue: int | None, status: str) -> int:
        values = {"project_id": 1, "channel_id": channel, "issue_id": issue, "kind": "new", "status": status}
        return int(insert(seed.conn, "deliveries", **values))

    test, sent, dead = delivery(None, "sent"), delivery(hidden, "sent"), delivery(hidden, "dead")
    page = list_deliveries(seed.conn, ann, None, None, 2)
    assert [one.id for one in page.items] == [dead, sent]
    assert [one.id for one in list_deliveries(seed.conn, ann, None, page.next, 2).items] == [test]
    assert [one.id for one in list_deliveries(seed.conn, ann, Wanted(status="sent", issue_id=hidden)).items] == [sent]
    assert [one.id for one in list_deliveries(seed.conn, eve).items] == [test]
    with pytest.raises(NotFound):
        get_delivery(seed.conn, eve, dead)
    insert(seed.conn, "delivery_attempts", delivery_id=dead, n=1, at=NOW, duration_ms=3, outcome="dead")
    assert [(one.n, one.outcome) for one in attempts(seed.conn, get_delivery(seed.conn, ann, dead).id)] == [(1, "dead")]
