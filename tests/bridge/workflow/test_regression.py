from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from openclaw_otel_bridge.workflow.regression import Recurrence, is_older, raise_regression
from openclaw_otel_bridge.workflow.transition import Finding, Transition, transition
from tests.bridge.working import Company

AFTER = timedelta(seconds=1)


def resolved(company: Company, release: str | None = None) -> tuple[int, datetime]:
    issue = company.issue(status="assigned", assignee_id=company.dev.id)
    findings = {"root_cause": Finding("our_bug", "x"), "fix": Finding("code_change", "y")}
    transition(company.conn, company.dev, issue, Transition(to="in_review", **findings))  # type: ignore[arg-type]
    state = transition(company.conn, company.dev2, issue, Transition(to="resolved", release=release))
    assert state.resolved_at
    return issue, state.resolved_at


def test_only_an_event_after_the_resolution_reopens(company: Company) -> None:
    issue, at = resolved(company)
    assert raise_regression(company.conn, {issue: Recurrence(at - timedelta(hours=2))}) == frozenset()
    assert raise_regression(company.conn, {issue: Recurrence(at)}) == frozenset()
    assert raise_regression(company.conn, {issue: Recurrence(at + AFTER)}) == {issue}
    row = company.row(
        "select status, regressed, assignee_id, root_cause_kind, resolved_at from issues where id = %s", issue
    )
    assert row == ("new", True, company.dev.id, None, None)
    assert company.actions(issue)[-1] == "regressed"
    assert company.last(issue)["offered"]["assignee_name"] == "Dev"
    assert company.last(issue)["article"] == company.one("select id from articles")
    assert raise_regression(company.conn, {issue: Recurrence(at + AFTER)}) == frozenset(), "once"


def test_issues_that_are_open_or_gone_are_left_alone(company: Company) -> None:
    later = Recurrence(datetime.now(UTC) + AFTER)
    assert raise_regression(company.conn, {}) == frozenset()
    assert raise_regression(company.conn, {company.issue(): later, 10**12: later}) == frozenset()


def test_an_older_release_does_not_reopen(company: Company) -> None:
    issue, at = resolved(company, "shop-sync@1.10.0")
    for release, back in (("shop-sync@1.9.7", False), ("shop-sync@1.10.0", True)):
        found = raise_regression(company.conn, {issue: Recurrence(at + AFTER, release)})
        assert (found == {issue}) is back, release


@pytest.mark.parametrize(
    ("release", "than", "older"),
    [
        ("1.9.2", "1.10.0", True),
        ("1.10.0", "1.9.2", False),
        ("v2", "v2", False),
        ("shop@2026.01.3", "shop@2026.02.1", True),
        ("shop@1", "pay@2", False),
        ("3fa9c1d", "91bb0e2", False),
        ("1.2", "1.2.1", True),
    ],
)
def test_which_release_is_older(release: str, than: str, older: bool) -> None:
    assert is_older(release, than) is older
