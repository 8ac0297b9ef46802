from __future__ import annotations

import pytest

from openclaw_otel_bridge.workflow.errors import InvalidField
from openclaw_otel_bridge.workflow.owners import check_owner, is_available
from tests.bridge.working import Company


def test_owners_are_active_people_and_teams_of_the_project(company: Company) -> None:
    check_owner(company.conn, 1, company.support.id, company.team)
    for project, assignee, team, field in (
        (2, company.dev.id, None, "assignee"),
        (1, 10**12, None, "assignee"),
        (1, None, 10**12, "team"),
    ):
        with pytest.raises(InvalidField) as raised:
            check_owner(company.conn, project, assignee, team)
        assert raised.value.field == field


def test_availability(company: Company) -> None:
    assert is_available(company.conn, 1, company.dev.id, None)
    assert not is_available(company.conn, 1, None, None)
    company.conn.execute("update people set disabled_at = now() where id = %s", (company.dev.id,))
    assert not is_available(company.conn, 1, company.dev.id, None)
