from __future__ import annotations

from openclaw_otel_bridge.notify.queue import Notice, about, enqueue, listeners
from openclaw_otel_bridge.people.actor import system_actor
from openclaw_otel_bridge.workflow.issue import lock
from tests.bridge.working import Company


def test_those_hear_that_heard_before_and_all_when_none_did(company: Company) -> None:
    first, second = company.channel(), company.channel()
    issue = lock(company.conn, company.dev, company.issue())
    enqueue(company.conn, [Notice(1, first, issue.id, "new", {})])
    assert about(company.conn, company.dev, issue, "assigned", {}) == 1
    assert [row[1] for row in company.deliveries(kind="assigned")] == [first]
    other = lock(company.conn, company.dev, company.issue())
    assert about(company.conn, company.dev, other, "assigned", {}) == 2
    assert second in {row[1] for row in company.deliveries(issue_id=other.id)}


def test_a_key_is_queued_once_ever(company: Company) -> None:
    channel = company.channel()
    notice = Notice(1, channel, None, "test", {}, "once")
    assert enqueue(company.conn, [notice]) == 1
    assert enqueue(company.conn, [notice, Notice(1, channel, None, "test", {}, None)]) == 1
    assert enqueue(company.conn, []) == 0


def test_parameters_are_those_of_now_and_nothing_empty(company: Company) -> None:
    company.channel()
    issue = lock(company.conn, company.dev, company.issue(message="x" * 1000, assignee_id=company.dev.id))
    about(company.conn, company.dev2, issue, "reopened", {"text": "why"})
    about(company.conn, system_actor(1), issue, "unmuted", {})
    first, second = (row[4] for row in company.deliveries())
    assert (first["issue"], first["actor_name"], first["assignee_name"], first["text"]) == (
        issue.id,
        "Dan",
        "Dev",
        "why",
    )
    assert first["is_offer"] is True
    assert len(first["message"]) == 400
    assert "store" not in first
    assert "actor_name" not in second


def test_channels_that_are_off_hear_nothing_broken_ones_wait(company: Company) -> None:
    on = company.channel()
    company.channel(enabled=False)
    broken = company.channel(enabled=False, disabled_reason="errcode 93000")
    assert [one.id for one in listeners(company.conn, 1)] == [on, broken]
    assert [one.id for one in listeners(company.conn, 1, [broken])] == [broken]
    assert listeners(company.conn, 2) == []
