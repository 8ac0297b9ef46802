from __future__ import annotations

from datetime import timedelta

from openclaw_otel_bridge.query import parse, predicate
from openclaw_otel_bridge.workflow.issue import lock
from openclaw_otel_bridge.workflow.subject import subject_of
from tests.bridge.seeding import NOW
from tests.bridge.working import Company


def test_a_stored_issue_is_read_with_its_latest_event(company: Company) -> None:
    issue = company.issue(assignee_id=company.dev.id, team_id=company.team, regressed=True)
    company.seed.event(issue, NOW - timedelta(hours=1), store="old-1")
    company.seed.event(issue, NOW, store="us-1", env="prod", attributes={"http.route": "/x"})
    subject = subject_of(company.conn, lock(company.conn, company.dev, issue))
    for query, matches in (
        ("store:us-* env:prod", True),
        ("store:old-1", False),
        ("attr.http.route:/x", True),
        ("assignee:dev@shop.example", True),
        ("assignee:DEV team:platform is:regressed", True),
        ("is:unassigned", False),
        ("code:401 platform:shopify operation:orders.*", True),
    ):
        assert predicate(parse(query))(subject) is matches, query


def test_one_raised_by_hand_counts_its_fields_as_an_event(company: Company) -> None:
    issue = company.issue(origin="manual", title="Paid twice", store="us-1", order_id="1001")
    subject = subject_of(company.conn, lock(company.conn, company.dev, issue))
    assert predicate(parse('order:1001 store:us-1 "paid twice"'))(subject)
