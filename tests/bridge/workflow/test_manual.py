from __future__ import annotations

import pytest

from openclaw_otel_bridge.assign.defaults import seed_defaults
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField
from openclaw_otel_bridge.workflow.manual import Report, create_manual
from tests.bridge.working import Company


def test_support_raises_an_issue_and_a_rule_gives_it_an_owner(company: Company) -> None:
    company.conn.execute("delete from team_members")
    company.conn.execute("delete from teams")
    seed_defaults(company.conn)
    channel = company.channel()
    report = Report(title="  Order 1001 paid\n twice ", order="1001", store="us-1", note="Buyer is angry")
    issue = create_manual(company.conn, company.support, report)
    assert (issue.origin, issue.title, issue.order_id, issue.store) == (
        "manual",
        "Order 1001 paid twice",
        "1001",
        "us-1",
    )
    assert issue.status == "assigned"
    assert issue.team_id is not None
    assert issue.created_by == company.support.id
    assert company.actions(issue.id) == ["created", "assigned"]
    assert [row[0] for row in company.deliveries(channel_id=channel)] == ["new"]
    assert company.one("select count(*) from watchers where issue_id = %s", issue.id) == 1


def test_rules_read_the_fields_it_was_raised_with(company: Company) -> None:
    company.conn.execute(
        "insert into rules (project_id, position, name, query, team_id) values (1, 1, 'us', 'store:us-*', %s)",
        (company.team,),
    )
    assert create_manual(company.conn, company.dev, Report(title="a", store="us-1")).team_id == company.team
    assert create_manual(company.conn, company.dev, Report(title="b", store="eu-1")).status == "new"


def test_what_is_refused(company: Company) -> None:
    with pytest.raises(MissingField) as raised:
        create_manual(company.conn, company.dev, Report(title=" "))
    assert raised.value.field == "title"
    for bad, field in (
        (Report(title="x" * 301), "title"),
        (Report(title="x", severity="bad"), "severity"),
        (Report(title="x", order="9" * 201), "order"),
    ):
        with pytest.raises(InvalidField) as refused:
            create_manual(company.conn, company.dev, bad)
        assert refused.value.field == field
