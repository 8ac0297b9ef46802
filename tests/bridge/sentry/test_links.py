"""Finding our issue of an event of Sentry, and the link between the two."""

from __future__ import annotations

from openclaw_otel_bridge.sentry.links import add_link, find_issue, find_link, standing
from tests.bridge.working import Company, company, conn

__all__ = ["company", "conn"]


def test_our_issue_is_found(company: Company) -> None:
    issue = company.issue()
    event = company.seed.event(issue)
    key = company.one("select key from groupings where issue_id = %s", issue)
    assert find_issue(company.conn, 1, {"event_ids": ["nonsense", event.hex]}) == issue
    assert find_issue(company.conn, 1, {"event_ids": ["0" * 32], "grouping_keys": [key]}) == issue
    assert find_issue(company.conn, 2, {"event_ids": [str(event)], "grouping_keys": [key]}) is None
    assert find_issue(company.conn, 1, {}) is None


def test_a_link_follows_a_merge(company: Company) -> None:
    first, second = company.issue(), company.issue()
    link = add_link(company.conn, "main", first, {"sentry_id": "7", "short_id": "SHOP-7"})
    assert add_link(company.conn, "main", second, {"sentry_id": "7"}) == link, "the first stays"
    company.conn.execute("update issues set merged_into = %s where id = %s", (second, first))
    found = find_link(company.conn, "main", "7")
    assert found is not None
    assert found.issue_id == second
    assert find_link(company.conn, "other", "7") is None


def test_standing(company: Company) -> None:
    issue = company.issue(assignee_id=company.dev.id, status="assigned")
    assert (standing(company.conn, issue).word, standing(company.conn, issue).email) == (
        "unresolved",
        company.dev.email,
    )
    company.conn.execute("update issues set muted_count = 7 where id = %s", (issue,))
    assert standing(company.conn, issue).word == "ignored"
    company.conn.execute("update issues set status = 'resolved' where id = %s", (issue,))
    assert standing(company.conn, issue).word == "resolved"
