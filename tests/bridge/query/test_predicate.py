from datetime import UTC, datetime, timedelta

import pytest

from openclaw_otel_bridge.query import Context, EventTerms, IssueTerms, Subject, parse, predicate
from openclaw_otel_bridge.query.predicate import attribute_texts

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ISSUE = IssueTerms(
    status="assigned",
    message="Access token 已过期",
    code="401",
    category="auth",
    severity="critical",
    platform="shopify",
    assignee_id=7,
    assignee_names=("7", "li@shop.example", "李雷"),
    team_names=(),
    last_seen=NOW - timedelta(hours=2),
    regressed=True,
)
EVENTS = (
    EventTerms(store="us-1", env="prod", order="1001", attributes={"tags": ["a", "B"]}),
    EventTerms(store="eu-1", env="staging", order="1002"),
)
ME = Context(now=NOW, person_id=7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("status:new,assigned", True),
        ("-status:new", True),
        ("category:auth,rate_limit severity:>error code:4*", True),
        ("token 已过期", True),
        ("-TOKEN", False),
        ("1002", True),  # the order of an event
        ("100", False),
        ("-1002", False),
        ("store:us-* order:1001", True),
        ("store:us-* order:1002", False),  # not on one and the same event
        ("-env:staging store:eu-1", False),
        ("-env:prod", True),
        ("-service:x", True),  # missing
        ("service:*", False),
        ("attr.tags:b", True),
        ("-attr.tags:b order:1002", True),
        ("assignee:me", True),
        ("assignee:李*", True),
        ("assignee:LI@shop.example is:regressed", True),
        ("is:unassigned", False),
        ("-team:*", True),
        ("last_seen:<3h", True),
        ("last_seen:<1h", False),
        ("due:<1d", False),
        ("-due:<1d", True),
        ("STORE:x", None),
    ],
)
def test_terms(text: str, expected: bool | None) -> None:
    if expected is None:
        with pytest.raises(ValueError, match="did you mean"):
            parse(text)
    else:
        assert predicate(parse(text), ME)(Subject(ISSUE, EVENTS)) is expected


def test_an_issue_without_events_misses_every_key() -> None:
    assert predicate(parse("-env:staging"))(Subject(ISSUE))
    assert not predicate(parse("env:*"))(Subject(ISSUE))


def test_a_team_s_issue_is_mine_while_nobody_is_named() -> None:
    mine = predicate(parse("assignee:me"), Context(person_id=1, teams=frozenset({3})))
    assert mine(Subject(IssueTerms(team_id=3)))
    assert not mine(Subject(IssueTerms(team_id=3, assignee_id=2)))
    assert not predicate(parse("assignee:me"))(Subject(IssueTerms()))


def test_attributes_read_as_postgresql_shows_them() -> None:
    assert attribute_texts([True, 3, 1e21, 1e-7, -0.0, None, "x"]) == (
        *("true", "3", "1000000000000000000000", "0.0000001", "0.0", "x"),
    )
