"""What people do in Sentry, and what becomes of it here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.sentry.heard import TRIES, work_off
from openclaw_otel_bridge.sentry.hooks import facts_of
from openclaw_otel_bridge.sentry.ingest import Ingest
from openclaw_otel_bridge.sentry.keeping import SentryHook, keep_hooks
from openclaw_otel_bridge.sentry.links import add_link
from openclaw_otel_bridge.sentry.told import tell_all
from openclaw_otel_bridge.workflow.transition import Finding, Transition, transition
from tests.bridge.fake_sentry import OURSELVES, USER, FakeSentry, running_sentry
from tests.bridge.sentry.test_ingest import EVENT
from tests.bridge.working import Company, company, conn

__all__ = ["company", "conn"]


class Desk:
    """A linked issue, and somebody in Sentry."""

    def __init__(self, company: Company, sentry: FakeSentry) -> None:
        self.company, self.sentry = company, sentry
        self.channel = company.channel()
        self.issue = company.issue(status="assigned", assignee_id=company.dev.id)
        add_link(company.conn, "main", self.issue, {"sentry_id": "12", "short_id": "SHOP-12"})
        company.conn.commit()
        company.conn.autocommit = True
        self.number = 0

    def hear(self, sentry_id: str = "12", actor: dict[str, Any] = USER, **values: Any) -> None:
        issue = self.sentry.issue(sentry_id)
        issue.update(values)
        facts = facts_of("issue", {"action": "x", "actor": actor, "data": {"issue": issue}}, str)
        self.keep(facts)
        self.work()

    def keep(self, facts: Any) -> None:
        self.number += 1
        keep_hooks(self.company.conn, [SentryHook("main", str(self.number), datetime.now(UTC), facts)])

    def work(self) -> int:
        ingest = Ingest(Config("postgresql://unused/x", secret_key="s" * 32))
        return work_off(self.company.conn, {"main": self.sentry.settings()}, ingest)

    def told(self) -> int:
        return tell_all(self.company.conn, {"main": self.sentry.settings()})

    def one(self, column: str) -> Any:
        return self.company.one(f"select {column} from issues where id = %s", self.issue)

    @property
    def error(self) -> str:
        return str(self.company.one("select last_error from sentry_hooks order by received_at desc limit 1"))


@pytest.fixture
def desk(company: Company) -> Iterator[Desk]:
    with running_sentry() as sentry:
        yield Desk(company, sentry)


def test_resolved_there_asks_the_owner_here(desk: Desk) -> None:
    for _ in range(2):
        desk.hear(status="resolved")
    assert desk.company.actions(desk.issue) == ["sentry_resolved"]
    assert (desk.one("status"), desk.one("version")) == ("assigned", 1)
    assert desk.company.one("select sentry_status from sentry_links") == "resolved"
    assert [row[0] for row in desk.company.deliveries()] == ["sentry_resolved"]
    assert desk.company.one("select actor from activity") == "sentry"
    desk.hear(status="unresolved")
    assert desk.company.actions(desk.issue) == ["sentry_resolved", "sentry_unresolved"]
    assert desk.told() == 0


def test_older_news_that_come_later_change_nothing(desk: Desk) -> None:
    def tell(status: str, minute: int) -> None:
        issue = {**desk.sentry.issue("12"), "status": status}
        facts = facts_of("issue", {"action": status, "actor": USER, "data": {"issue": issue}}, str)
        assert facts is not None
        desk.keep({**facts, "at": datetime(2026, 11, 27, 9, minute, tzinfo=UTC).isoformat()})
        desk.work()

    tell("resolved", 10)
    tell("ignored", 5)  # it waited somewhere
    assert desk.company.one("select sentry_status from sentry_links") == "resolved"
    assert desk.one("muted_until") is None
    assert desk.error == "later news of the issue were here before"
    tell("ignored", 10)
    assert desk.one("muted_until") is not None


def test_ignored_is_a_mute(desk: Desk) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    desk.hear(status="ignored", statusDetails={"ignoreUntil": until.isoformat()})
    assert desk.one("muted_until") == until
    assert desk.one("status") == "assigned"
    desk.hear(status="unresolved", statusDetails={})
    assert desk.one("muted_until") is None
    desk.hear(status="ignored", statusDetails={"ignoreUntil": "nonsense"})
    assert desk.one("muted_until") > datetime.now(UTC) + timedelta(days=300)
    assert desk.company.actions(desk.issue) == ["muted", "unmuted", "muted"]
    assert (desk.told(), desk.sentry.puts) == (0, [])


def test_assigned_by_email(desk: Desk) -> None:
    desk.hear(assignedTo={"type": "user", "email": desk.company.dev2.email.upper()})
    assert desk.one("assignee_id") == desk.company.dev2.id
    desk.hear(assignedTo={"type": "user", "email": "stranger@shop.example"})
    desk.hear(assignedTo={"type": "team", "name": "erp"})
    desk.hear(assignedTo=None)
    assert desk.one("assignee_id") == desk.company.dev2.id
    assert desk.company.actions(desk.issue) == ["assigned"]
    assert (desk.told(), desk.sentry.puts) == (0, [])


def test_an_issue_in_review_keeps_its_assignee(desk: Desk) -> None:
    desk.company.conn.execute("update issues set status = 'in_review' where id = %s", (desk.issue,))
    desk.hear(assignedTo={"type": "user", "email": desk.company.dev2.email})
    assert desk.one("assignee_id") == desk.company.dev.id
    assert desk.error == ""


def test_what_we_did_ourselves_is_no_news(desk: Desk) -> None:
    desk.hear(actor=OURSELVES, status="resolved")
    assert desk.company.actions(desk.issue) == []
    assert desk.company.one("select count(*) from sentry_hooks where done_at is not null and facts = '{}'") == 1


def test_an_unknown_issue_is_found_by_its_latest_event(desk: Desk) -> None:
    desk.sentry.events["99"] = EVENT
    desk.hear("99", status="ignored")
    issue = desk.company.one("select issue_id from sentry_links where sentry_id = '99'")
    assert desk.company.one("select exception_type from issues where id = %s", issue) == "E"
    assert desk.company.one("select muted_until is not null from issues where id = %s", issue) is True


def test_an_issue_that_cannot_be_found(desk: Desk) -> None:
    desk.hear("98")
    assert "HTTP 404" in desk.error
    desk.sentry.events["97"] = {"eventID": "d" * 32, "tags": [{"key": "level", "value": "info"}]}
    desk.hear("97")
    assert desk.error == "no issue of ours is found for it"


def test_sentry_gone_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    url, desk.sentry.url = desk.sentry.url, "http://127.0.0.1:1"
    desk.hear("99")
    assert desk.company.row("select attempts, done_at from sentry_hooks") == (1, None)
    assert desk.work() == 0, "not before its time"
    desk.sentry.url, desk.sentry.events["99"] = url, EVENT
    desk.company.conn.execute("update sentry_hooks set next_attempt_at = now()")
    assert desk.work() == 1
    assert desk.company.one("select count(*) from sentry_links where sentry_id = '99'") == 1
    desk.sentry.url = "http://127.0.0.1:1"
    desk.keep({"resource": "issue", "sentry_id": "55"})
    desk.company.conn.execute("update sentry_hooks set attempts = %s where done_at is null", (TRIES - 1,))
    desk.work()
    assert "ConnectionError" in desk.error


def test_a_webhook_that_cannot_be_worked_off_holds_up_no_other(desk: Desk) -> None:
    desk.sentry.events["77"] = {**EVENT, "id": "7" * 32, "eventID": "7" * 32, "entries": 5}  # no answer of Sentry's
    desk.keep({"resource": "issue", "sentry_id": "77"})
    desk.hear(status="resolved")
    assert desk.company.actions(desk.issue) == ["sentry_resolved"]
    row = desk.company.row("select done_at, attempts, last_error from sentry_hooks where request_id = '1'")
    assert row[:2] == (None, 1)
    assert "TypeError" in row[2]
    desk.company.conn.execute("update sentry_hooks set attempts = %s, next_attempt_at = now()", (TRIES - 1,))
    assert desk.work() == 1
    assert desk.company.one("select count(*) from sentry_hooks where done_at is null") == 0


def test_an_integration_that_is_gone(desk: Desk) -> None:
    desk.keep({"resource": "issue", "sentry_id": "12"})
    work_off(desk.company.conn, {}, Ingest(Config("postgresql://unused/x")))
    assert "no longer in openclaw.toml" in desk.error
    desk.keep({"resource": "issue", "sentry_id": "12"})
    settings = {"main": desk.sentry.settings(project="nowhere")}
    work_off(desk.company.conn, settings, Ingest(Config("postgresql://unused/x")))
    assert desk.error == "there is no project nowhere"


def test_resolved_on_both_sides_is_told_to_nobody(desk: Desk) -> None:
    desk.hear(status="resolved")
    findings: dict[str, Any] = {"root_cause": Finding("our_bug", "x"), "fix": Finding("code_change", "y")}
    transition(desk.company.conn, desk.company.dev, desk.issue, Transition(to="in_review", **findings))
    assert (desk.told(), desk.sentry.puts) == (0, [])
    transition(desk.company.conn, desk.company.ops, desk.issue, Transition(to="resolved"))
    assert (desk.told(), desk.sentry.puts) == (0, [])
    desk.hear(status="unresolved")
    assert desk.one("status") == "resolved"
