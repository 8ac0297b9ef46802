from __future__ import annotations

from dataclasses import replace

import pytest

from openclaw_otel_bridge.people.actor import system_actor
from openclaw_otel_bridge.workflow.errors import NotFound
from openclaw_otel_bridge.workflow.issue import lock, owner_data, save
from tests.bridge.working import Company


def test_saving_raises_the_version_and_keeps_what_the_workflow_does_not_own(company: Company) -> None:
    issue = lock(company.conn, company.dev, company.issue(event_count=5))
    saved = save(company.conn, replace(issue, status="assigned", team_id=company.team, event_count=99))
    assert saved.version == issue.version + 1
    assert lock(company.conn, company.dev, issue.id) == replace(saved, event_count=5)


def test_issues_of_other_projects_are_not_there(company: Company) -> None:
    with pytest.raises(NotFound):
        lock(company.conn, system_actor(2), company.issue())


def test_owner_names(company: Company) -> None:
    assert owner_data(company.conn, company.dev.id, None) == {"assignee": company.dev.id, "assignee_name": "Dev"}
    assert owner_data(company.conn, None, company.team) == {"team": company.team, "team_name": "Platform"}
    assert owner_data(company.conn, None, None) == {}
