"""Signatures and what is read of a webhook."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from openclaw_otel.attributes import ERROR_GROUPING_HASH, RECORD_ID
from openclaw_otel_bridge.sentry.hooks import facts_of, is_genuine, is_own, told_at
from tests.bridge.fake_sentry import APP, OURSELVES, SECRET, USER, FakeSentry, hook


def test_signatures() -> None:
    body, headers = hook("issue", "resolved", {})
    signature = headers["Sentry-Hook-Signature"]
    assert is_genuine(body, signature, SECRET)
    assert not is_genuine(body + b" ", signature, SECRET)
    assert not is_genuine(body, signature, "other")
    assert not is_genuine(body, "", SECRET)
    assert not is_genuine(body, "é", SECRET)


def test_an_issue() -> None:
    issue = FakeSentry().issue("12") | {
        "status": "archived",
        "assignedTo": {"type": "user", "email": "mia@shop.example"},
        "statusDetails": {"ignoreUntil": "2030-01-01T00:00:00Z"},
    }
    assert facts_of("issue", {"action": "archived", "actor": USER, "data": {"issue": issue}}, str.upper) == {
        "resource": "issue",
        "action": "archived",
        "actor_type": "user",
        "actor_id": "7",
        "actor_name": "MIA",
        "sentry_id": "12",
        "short_id": "SHOP-12",
        "url": "https://acme.example/issues/12/",
        "status": "ignored",
        "assignee": "mia@shop.example",
        "until": "2030-01-01T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("assigned", "email"),
    [
        (None, ""),
        ({"type": "team", "name": "erp"}, None),
        ({"type": "user"}, None),
        ({"email": "a@b"}, "a@b"),
        ("x", None),
    ],
)
def test_assignees(assigned: Any, email: str | None) -> None:
    facts = facts_of("issue", {"data": {"issue": {"id": 1, "assignedTo": assigned}}}, str)
    assert facts is not None
    assert facts["assignee"] == email


def test_an_alert() -> None:
    tags = [[RECORD_ID, "018f6b1e-7c00-7000-8000-000000000001"], {"key": ERROR_GROUPING_HASH, "value": "v1:ab"}, 7]
    event = {
        "issue_id": "9",
        "event_id": "a" * 32,
        "tags": tags,
        "fingerprints": ["v1:cd", "{{ default }}"],
        "web_url": "u",
    }
    facts = facts_of("event_alert", {"action": "triggered", "data": {"event": event}}, str)
    assert facts is not None
    assert (facts["sentry_id"], facts["url"]) == ("9", "u")
    assert facts["event_ids"] == ["018f6b1e-7c00-7000-8000-000000000001", "a" * 32]
    assert facts["grouping_keys"] == ["v1:ab", "v1:cd"]


@pytest.mark.parametrize("payload", [{}, {"data": 7}, {"data": {"issue": {}}}, {"data": {"issue": {"id": None}}}])
def test_nothing_of_interest(payload: dict[str, Any]) -> None:
    assert facts_of("issue", payload, str) is None
    assert facts_of("comment", payload, str) is None


def test_what_we_did_ourselves() -> None:
    def facts(actor: dict[str, Any]) -> dict[str, Any]:
        return facts_of("issue", {"actor": actor, "data": {"issue": {"id": 1}}}, str) or {}

    other = {"type": "application", "id": "another"}
    assert [is_own(facts(each), APP) for each in (OURSELVES, other, USER)] == [True, False, False]
    assert [is_own(facts(each), "") for each in (OURSELVES, other, {"type": "application", "id": "sentry"})] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [("1795771500", -100), ("1795771500250", -99.75), ("1795770000", -1600), ("1700000000", 0), ("1795772600", 0)]
    + [(odd, 0) for odd in ("", "soon", "-1795771500", "17957715", "٣٣٣٣٣٣٣٣٣٣", "9" * 400)],
)
def test_when_sentry_sent_it(stamp: str, seconds: float) -> None:
    now = datetime.fromtimestamp(1795771600, UTC)
    assert told_at(stamp, now) - now == timedelta(seconds=seconds)
