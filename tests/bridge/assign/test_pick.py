from __future__ import annotations

import pytest

from openclaw_otel_bridge.assign.pick import ActiveRule, first_match, ready
from openclaw_otel_bridge.query import IssueTerms, Subject


def rule(ident: int, query: str) -> ActiveRule:
    return ActiveRule(ident, f"rule {ident}", query, 1, None, None, [])


def test_the_first_match_wins_and_the_empty_query_matches_all() -> None:
    rules = ready([rule(1, "platform:shopee"), rule(2, "category:auth"), rule(3, ""), rule(4, "")])
    picked = [
        first_match(rules, Subject(IssueTerms(platform=platform, category=category)))
        for platform, category in (("shopee", "auth"), ("ebay", "auth"), ("ebay", "quota"))
    ]
    assert [found.id for found in picked if found] == [1, 2, 3]
    assert first_match([], Subject(IssueTerms())) is None


def test_a_rule_that_cannot_be_read_is_passed_over_and_named(caplog: pytest.LogCaptureFixture) -> None:
    assert [one.rule.id for one in ready([rule(1, "nokey:x"), rule(2, "")])] == [2]
    assert "rule 1" in caplog.text
