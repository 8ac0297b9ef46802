from __future__ import annotations

import pytest

from openclaw_otel_bridge.people.actor import system_actor
from openclaw_otel_bridge.people.scope import check_act, check_seen, may_act, may_see
from openclaw_otel_bridge.workflow.errors import NotAllowed, NotFound
from tests.bridge.working import Company


def test_an_issue_is_reached_through_an_event_in_scope(company: Company) -> None:
    issue = company.issue()
    company.seed.event(issue, store="us-1", platform="shopify", env="prod")
    company.seed.event(issue, store="eu-1", platform="shopify")
    for scope, reached in (
        ("", True),
        ("store:us-*", True),
        ("store:eu-1 platform:shopify", True),
        ("store:us-1 env:staging", False),
        ("store:eu-1 env:prod", False),
        ("store:cn-*", False),
    ):
        actor = company.seed.person(f"P{len(scope)}{scope[-1:]}{reached}", "dev", scope=scope, act=scope)
        assert may_see(company.conn, actor, issue) is reached, scope
        assert may_act(company.conn, actor, issue) is reached, scope


def test_missing_is_denied_and_what_cannot_be_read_reaches_nothing(
    company: Company, caplog: pytest.LogCaptureFixture
) -> None:
    issue = company.issue()
    company.seed.event(issue)
    assert not may_see(company.conn, company.seed.person("A", scope="store:*"), issue)
    assert not may_see(company.conn, company.seed.person("B", scope="-store:x"), issue)
    assert "cannot be read" in caplog.text
    assert may_see(company.conn, system_actor(1), issue)


def test_an_issue_raised_by_hand_is_reached_by_its_own_fields(company: Company) -> None:
    issue = company.issue(origin="manual", store="us-1")
    near, far = company.seed.person("Near", scope="store:us-*"), company.seed.person("Far", scope="store:eu-*")
    assert may_see(company.conn, near, issue)
    assert not may_see(company.conn, far, issue)


def test_unseen_is_not_found_and_seen_alone_is_not_allowed(company: Company) -> None:
    issue = company.issue()
    company.seed.event(issue, store="us-1")
    with pytest.raises(NotFound):
        check_seen(company.conn, company.seed.person("Far", scope="store:eu-*"), issue)
    with pytest.raises(NotFound):
        check_act(company.conn, company.seed.person("Far2", scope="store:eu-*", act="store:us-*"), issue)
    with pytest.raises(NotAllowed):
        check_act(company.conn, company.seed.person("Reader", act="store:eu-*"), issue)
    check_act(company.conn, company.seed.person("Near", scope="store:us-*", act="store:*"), issue)
