from __future__ import annotations

from datetime import UTC, datetime, timedelta

from openclaw_otel_bridge.assign.apply import Arrival, apply_rules
from openclaw_otel_bridge.workflow.regression import Recurrence, raise_regression
from openclaw_otel_bridge.workflow.transition import Finding, Transition, transition
from tests.bridge.seeding import insert
from tests.bridge.working import Company


def rule(company: Company, query: str, position: int = 1, **values: object) -> int:
    values = {"name": f"{query or 'all'}", "team_id": company.team, **values}
    return int(insert(company.conn, "rules", project_id=1, position=position, query=query, **values))


def status(company: Company, issue: int) -> tuple[object, ...]:
    found: tuple[object, ...] = company.row("select status, assignee_id, team_id from issues where id = %s", issue)
    return found


def test_each_new_issue_gets_owner_due_time_log_and_deliveries(company: Company) -> None:
    rule(company, "store:eu-*", 1, assignee_id=company.ops.id, team_id=None)
    rule(company, "category:auth", 2, due_minutes=60)
    heard = company.channel()
    first, second, third = company.issue(), company.issue(), company.issue(category="quota")
    apply_rules(
        company.conn,
        1,
        [
            Arrival(second, "new", company.record(store="us-1", objects={"order": "1001"})),
            Arrival(first, "new", company.record(store="eu-1")),
            Arrival(third, "new", company.record()),
        ],
    )
    assert status(company, first) == ("assigned", company.ops.id, None)
    assert status(company, second) == ("assigned", None, company.team)
    assert status(company, third) == ("new", None, None)
    due = company.one("select due_at from issues where id = %s", second)
    assert timedelta(minutes=59) < due - datetime.now(UTC) < timedelta(minutes=61)
    assert company.last(second)["rule_name"] == "category:auth"
    assert company.row("select actor, actor_id from activity where issue_id = %s", second) == ("rule", None)
    told = {row[2]: row[4] for row in company.deliveries(channel_id=heard, kind="new")}
    assert set(told) == {first, second, third}
    assert (told[second]["store"], told[second]["order"], told[second]["team_name"]) == ("us-1", "1001", "Platform")


def test_a_rule_names_channels_and_a_channel_filters(company: Company) -> None:
    named, other = company.channel(), company.channel()
    picky = company.channel(filter="store:us-* team:platform")
    off = company.channel(enabled=False)
    broken = company.channel(enabled=False, disabled_reason="errcode 93000")
    rule(company, "category:auth", 1, channel_ids=[named])
    rule(company, "", 2)
    one, two = company.issue(), company.issue(category="quota")
    apply_rules(
        company.conn,
        1,
        [Arrival(one, "new", company.record(store="us-1")), Arrival(two, "new", company.record(store="us-1"))],
    )
    assert {row[1] for row in company.deliveries(issue_id=one)} == {named}
    assert {row[1] for row in company.deliveries(issue_id=two)} == {named, other, picky, broken}
    assert off not in {row[1] for row in company.deliveries()}
    three = company.issue(category="quota")
    apply_rules(company.conn, 1, [Arrival(three, "new", company.record(store="eu-1"))])
    assert {row[1] for row in company.deliveries(issue_id=three)} == {named, other, broken}


def test_a_rule_whose_person_left_is_passed_over(company: Company) -> None:
    rule(company, "", 1, assignee_id=company.dev.id, team_id=None)
    rule(company, "", 2)
    company.conn.execute("update people set disabled_at = now() where id = %s", (company.dev.id,))
    issue = company.issue()
    apply_rules(company.conn, 1, [Arrival(issue, "new", company.record())])
    assert status(company, issue) == ("assigned", None, company.team)


def back(company: Company) -> int:
    issue = company.issue(status="assigned", assignee_id=company.dev.id)
    findings = {"root_cause": Finding("our_bug", "x"), "fix": Finding("code_change", "shipped 1.2")}
    transition(company.conn, company.dev, issue, Transition(to="in_review", **findings))  # type: ignore[arg-type]
    transition(company.conn, company.dev2, issue, Transition(to="resolved"))
    raise_regression(company.conn, {issue: Recurrence(datetime.now(UTC) + timedelta(seconds=1))})
    return issue


def test_a_regressed_issue_is_offered_to_its_last_owner_with_the_last_fix(company: Company) -> None:
    rule(company, "is:regressed", 1, assignee_id=company.ops.id, team_id=None, due_minutes=10)
    issue = back(company)
    company.channel()
    apply_rules(company.conn, 1, [Arrival(issue, "regressed", company.record())])
    assert status(company, issue) == ("new", company.dev.id, None)
    assert company.one("select due_at from issues where id = %s", issue)
    ((_, _, _, _, data),) = company.deliveries(kind="regressed")
    assert data["is_offer"] is True
    assert data["assignee_name"] == "Dev"
    assert data["last"]["fix_text"] == "shipped 1.2"
    assert transition(company.conn, company.dev, issue, Transition(to="assigned")).assignee_id == company.dev.id


def test_with_its_last_owner_gone_a_regressed_issue_goes_by_the_rules(company: Company) -> None:
    rule(company, "", 1)
    issue = back(company)
    company.conn.execute("update people set disabled_at = now() where id = %s", (company.dev.id,))
    apply_rules(company.conn, 1, [Arrival(issue, "regressed", company.record())])
    assert status(company, issue) == ("assigned", None, company.team)


def test_the_same_arrival_is_told_once_and_nothing_is_nothing(company: Company) -> None:
    company.channel()
    issue = company.issue()
    apply_rules(company.conn, 1, [])
    for _ in range(2):
        apply_rules(company.conn, 1, [Arrival(issue, "new", company.record())])
    assert len(company.deliveries()) == 1
    apply_rules(company.conn, 1, [Arrival(10**12, "new", company.record())])


def test_a_muted_issue_gets_its_owner_in_silence(company: Company) -> None:
    company.channel()
    rule(company, "")
    issue = company.issue(muted_until=datetime.now(UTC) + timedelta(hours=1))
    apply_rules(company.conn, 1, [Arrival(issue, "new", company.record())])
    assert status(company, issue)[0] == "assigned"
    assert company.deliveries() == []
