from __future__ import annotations

from typing import Any

import pytest

from openclaw_otel_bridge.assign.rules import create_rule, delete_rule, get_rule, list_rules, move_rules, update_rule
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField, NotAllowed, NotFound, StaleVersion
from tests.bridge.working import Company


def new(company: Company, **values: Any) -> Any:
    values = {"name": "Tokens", "query": "category:auth", "team": company.team, **values}
    return create_rule(company.conn, company.ops, values)


def test_made_changed_moved_and_removed(company: Company) -> None:
    channel = company.channel()
    first = new(company, due_minutes=30, channels=[channel, channel])
    second = new(company, name="Rest", query="", assignee=company.dev.id, team=None)
    assert (first.position, second.position) == (10, 20)
    assert (first.team_name, first.channel_ids, second.assignee_name) == ("Platform", [channel], "Dev")
    changed = update_rule(company.conn, company.ops, first.id, {"enabled": False, "due_minutes": None})
    assert (changed.enabled, changed.due_minutes, changed.name, changed.version) == (False, None, "Tokens", 2)
    assert [rule.id for rule in move_rules(company.conn, company.ops, [second.id, first.id])] == [second.id, first.id]
    delete_rule(company.conn, company.ops, first.id)
    assert [rule.id for rule in list_rules(company.conn, company.dev)] == [second.id]
    with pytest.raises(NotFound):
        get_rule(company.conn, company.ops, first.id)
    audited = [row[0] for row in company.conn.execute("select action from audit_log order by id")]
    assert audited == ["rule.create", "rule.create", "rule.update", "rule.move", "rule.delete"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": 7}, "name"),
        ({"query": "plattform:x"}, "query"),
        ({"query": "last_seen:<24h"}, "query"),
        ({"query": "assignee:me"}, "query"),
        ({"query": None}, "query"),
        ({"team": None}, "assignee"),
        ({"team": 10**9}, "team"),
        ({"assignee": 10**9}, "assignee"),
        ({"assignee": "7"}, "assignee"),
        ({"due_minutes": 0}, "due_minutes"),
        ({"due_minutes": True}, "due_minutes"),
        ({"channels": [10**9]}, "channels"),
        ({"channels": "all"}, "channels"),
        ({"enabled": "yes"}, "enabled"),
        ({"position": -1}, "position"),
        ({"owner": 1}, "owner"),
    ],
)
def test_each_bad_value_is_named(company: Company, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidField) as raised:
        new(company, **values)
    assert raised.value.field == field
    assert raised.value.text("zh") != raised.value.text("en")


def test_an_empty_request_and_a_stale_one(company: Company) -> None:
    with pytest.raises(MissingField):
        create_rule(company.conn, company.ops, {})
    rule = new(company)
    with pytest.raises(StaleVersion):
        update_rule(company.conn, company.ops, rule.id, {"name": "x"}, expected_version=9)
    with pytest.raises(InvalidField):
        move_rules(company.conn, company.ops, [rule.id, rule.id])


def test_who_may(company: Company) -> None:
    for actor in (company.dev, company.support):
        with pytest.raises(NotAllowed):
            create_rule(company.conn, actor, {})
    with pytest.raises(NotAllowed):
        list_rules(company.conn, company.support)
