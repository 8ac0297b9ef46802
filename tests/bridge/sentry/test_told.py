"""What happens here is told to Sentry: in full, with retries, and never in circles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from openclaw_otel_bridge.sentry.hooks import facts_of
from openclaw_otel_bridge.sentry.told import TRIES, Due, changes
from openclaw_otel_bridge.workflow.mute import mute, unmute
from openclaw_otel_bridge.workflow.transition import Finding, Transition, transition
from tests.bridge.fake_sentry import USER, running_sentry
from tests.bridge.sentry.test_heard import Desk
from tests.bridge.working import Company, company, conn

__all__ = ["company", "conn"]
FINDINGS: dict[str, Any] = {"root_cause": Finding("our_bug", "x"), "fix": Finding("code_change", "y")}


@pytest.fixture
def desk(company: Company) -> Iterator[Desk]:
    with running_sentry() as sentry:
        found = Desk(company, sentry)
        # Its webhooks come to the queue as the view would put them there.
        sentry.send = lambda body, headers: _keep(found, body)
        yield found


def _keep(desk: Desk, body: bytes) -> None:
    with psycopg.connect(desk.company.conn.info.dsn, password=desk.company.conn.info.password, autocommit=True) as conn:
        facts = facts_of("issue", json.loads(body), str)
        conn.execute(
            "insert into sentry_hooks (integration, request_id, facts) values ('main', gen_random_uuid()::text, %s)",
            (json.dumps(facts),),
        )


def resolve(desk: Desk) -> None:
    transition(desk.company.conn, desk.company.dev, desk.issue, Transition(to="in_review", **FINDINGS))
    transition(desk.company.conn, desk.company.ops, desk.issue, Transition(to="resolved"))


def test_status_and_assignee(desk: Desk) -> None:
    company = desk.company
    transition(company.conn, company.ops, desk.issue, Transition(to="assigned", assignee=company.dev2.id))
    assert desk.told() == 1
    mute(company.conn, company.dev, desk.issue, count=5)
    assert desk.told() == 1
    unmute(company.conn, company.dev, desk.issue)
    assert desk.told() == 1
    transition(company.conn, company.ops, desk.issue, Transition(to="new"))
    assert desk.told() == 1
    transition(company.conn, company.ops, desk.issue, Transition(to="assigned", assignee=company.dev.id))
    resolve(desk)
    assert desk.told() == 1
    transition(company.conn, company.ops, desk.issue, Transition(to="new"))
    assert desk.told() == 1
    assert [changes for _, changes in desk.sentry.puts] == [
        {"assignedTo": company.dev2.email},
        {"status": "ignored"},
        {"status": "unresolved"},
        {"assignedTo": ""},
        {"status": "resolved", "assignedTo": company.dev.email},
        {"status": "unresolved"},
    ]


def test_what_is_undone_meanwhile_costs_no_call(desk: Desk) -> None:
    mute(desk.company.conn, desk.company.dev, desk.issue, count=5)
    unmute(desk.company.conn, desk.company.dev, desk.issue)
    assert (desk.told(), desk.sentry.puts) == (0, [])


def test_sentry_out_of_order_is_tried_again(desk: Desk) -> None:
    resolve(desk)
    desk.sentry.answers = [500, 429]
    for attempts in (1, 2):
        assert desk.told() == 1
        assert desk.company.one("select attempts from sentry_links") == attempts
        assert desk.told() == 0, "not before its time"
        desk.company.conn.execute("update sentry_links set next_attempt_at = now()")
    assert desk.told() == 1
    assert desk.sentry.puts == [("12", {"status": "resolved"})]
    assert desk.company.row("select attempts, last_error from sentry_links") == (0, "")


@pytest.mark.parametrize(("status", "attempts"), [(403, 0), (500, TRIES - 1)])
def test_what_sentry_never_takes_is_given_up(desk: Desk, status: int, attempts: int) -> None:
    resolve(desk)
    desk.sentry.answers = [status]
    desk.company.conn.execute("update sentry_links set attempts = %s", (attempts,))
    assert desk.told() == 1
    assert f"HTTP {status}" in desk.company.one("select last_error from sentry_links")
    assert desk.told() == 0


def test_without_a_token_sentry_is_only_listened_to(desk: Desk) -> None:
    from openclaw_otel_bridge.sentry.told import tell_all

    resolve(desk)
    assert tell_all(desk.company.conn, {"main": desk.sentry.settings(auth_token="")}) == 0


@pytest.mark.parametrize("echo", ["as the integration", "as a person"])
def test_a_hundred_events_make_no_loop(desk: Desk, echo: str) -> None:
    """Both sides change fifty times; every call of ours comes back as a webhook, even one that names a person."""
    if echo == "as a person":
        desk.sentry.actor = USER
    calls = 0
    for turn in range(50):
        if turn % 2:
            unmute(desk.company.conn, desk.company.dev, desk.issue)
        else:
            mute(desk.company.conn, desk.company.dev, desk.issue, count=100)
        calls += desk.told()
        desk.work()
        there = ("unresolved", "ignored")[turn % 2]
        desk.sentry.change("12", there, status=there)
        desk.work()
        calls += desk.told()
    for _ in range(5):
        assert (desk.told(), desk.work()) == (0, 0), "it has come to rest"
    assert calls == len(desk.sentry.puts) <= 50
    ours = desk.company.one("select count(*) from activity where actor = 'person'")
    theirs = desk.company.one("select count(*) from activity where actor = 'sentry'")
    assert ours <= 50
    assert theirs <= 50
    muted = desk.one("muted_until is not null or muted_count is not null")
    assert muted is (desk.sentry.issues["12"]["status"] == "ignored")


def test_changes() -> None:
    due = Due("main", "1", 1, 1, "resolved", "A@x", "unresolved", "", 2, 0)
    assert changes(due, "resolved", "a@X") == {}
    assert changes(due, "unresolved", "") == {}
    assert changes(due, "ignored", "b@x") == {"status": "ignored", "assignedTo": "b@x"}
