from __future__ import annotations

from typing import Any

import pytest

from openclaw_otel_bridge.notify.base import Tone
from openclaw_otel_bridge.notify.messages import render, summary

URL = "https://errors.shop.example"
DATA: dict[str, Any] = {
    "issue": 7,
    "platform": "shopify",
    "operation": "orders.get",
    "category": "auth",
    "code": "401",
    "store": "us-1",
    "order": "1001",
    "severity": "critical",
    "message": "Invalid API key or access token",
    "explanation": {"en": "The token is not valid", "zh": "令牌无效"},
    "next_step": {"en": "Reinstall the app", "zh": "重新安装应用"},
    "assignee_name": "Dev",
    "team_name": "Platform",
    "due_at": "2026-03-01T12:30:00+00:00",
    "rule_name": "Credentials",
}


@pytest.mark.parametrize(
    ("locale", "title"), [("en", "Flood of new errors: 1,234"), ("zh", "新错误激增：已折叠 1,234 类")]
)
def test_a_flood_says_how_many_kinds_it_holds(locale: str, title: str) -> None:
    assert title in render("new", {"issue": 7, "code": "flood", "kinds": 1234}, locale, URL).title


@pytest.mark.parametrize(
    ("locale", "title", "words"),
    [
        ("en", "New: Shopify", ("The token is not valid", "Reinstall the app", "Store", "Owner")),
        ("zh", "新问题：Shopify", ("令牌无效", "重新安装应用", "店铺", "负责人")),
    ],
)
def test_a_new_issue_says_what_where_who_and_what_next(locale: str, title: str, words: tuple[str, ...]) -> None:
    message = render("new", DATA, locale, URL)
    assert message.title.startswith(title)
    whole = f"{message.facts} {message.body}"
    for word in (*words, "us-1", "401", "1001", "Dev · Platform", "2026-03-01 12:30 UTC", "Credentials"):
        assert word in whole
    assert message.links[0][1] == f"{URL}/issues/7"
    assert message.tone is Tone.ALARM


def test_a_return_names_whom_it_is_offered_to_and_the_last_fix() -> None:
    last = {"root_cause_kind": "our_bug", "fix_kind": "code_change", "fix_text": "shipped 1.2"}
    message = render("regressed", {**DATA, "is_offer": True, "last": last}, "en", URL)
    assert ("Offered to", "Dev · Platform") in message.facts
    assert "Last time: Our bug → Code change: shipped 1.2" in message.body


def test_review_and_resolution_tell_root_cause_fix_and_actor() -> None:
    found = {"root_cause": {"kind": "our_bug", "text": "off by one"}, "fix": {"kind": "replay", "text": "sent again"}}
    for kind in ("in_review", "resolved"):
        message = render(kind, {**DATA, **found, "actor_name": "Dan"}, "zh", URL)
        assert "off by one" in message.body
        assert "sent again" in message.body
        assert ("操作人", "Dan") in message.facts
    assert render("resolved", DATA, "en", URL).tone is Tone.GOOD


def test_a_comment_shows_its_text_and_author() -> None:
    message = render("comment", {**DATA, "text": "{curly} call the buyer", "actor_name": "Sue"}, "en", URL)
    assert message.title.startswith("Sue commented: ")
    assert message.body == "{curly} call the buyer"


@pytest.mark.parametrize("kind", ["assigned", "unassigned", "sent_back", "reopened", "unmuted", "something_new"])
@pytest.mark.parametrize("locale", ["en", "zh"])
def test_every_kind_renders_even_with_next_to_no_parameters(kind: str, locale: str) -> None:
    assert render(kind, {"issue": 7}, locale, URL).title
    assert render(kind, DATA, locale, URL).links


def test_a_test_message_names_the_channel() -> None:
    assert "“ops”" in render("test", {"channel": "ops"}, "en", URL).body


def test_a_storm_is_one_message_newest_issues_first() -> None:
    items = [("new", {**DATA, "issue": number}) for number in range(1, 31)] + [("resolved", {**DATA, "issue": 3})]
    message = summary(items, "en", URL)
    assert message.title == "31 notifications at once"
    lines = message.body.splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("#30 New: ")
    assert lines[-1] == "… and 20 more issues"
    assert message.links == (("Open the inbox", f"{URL}/"),)
    assert summary([("test", {"channel": "x"})] * 2, "zh", URL).title == "2 条通知汇总"
