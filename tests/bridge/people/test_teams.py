from __future__ import annotations

import pytest

from openclaw_otel_bridge.people.teams import create_team, list_teams, set_members
from openclaw_otel_bridge.workflow.errors import Conflict, InvalidField, NotAllowed, NotFound
from tests.bridge.working import Company


def test_made_and_filled(company: Company) -> None:
    team = create_team(company.conn, company.admin, "night", " Night shift ")
    assert team.name == "Night shift"
    assert set_members(company.conn, company.admin, team.id, [company.ops.id, company.dev.id]).member_ids == sorted(
        [company.ops.id, company.dev.id]
    )
    assert set_members(company.conn, company.admin, team.id, [company.dev.id]).member_ids == [company.dev.id]
    assert set_members(company.conn, company.admin, team.id, []).member_ids == []
    assert [one.slug for one in list_teams(company.conn, company.support)] == ["night", "platform"]


def test_what_is_refused(company: Company) -> None:
    with pytest.raises(NotAllowed):
        create_team(company.conn, company.ops, "x", "X")
    with pytest.raises(Conflict):
        create_team(company.conn, company.admin, "platform", "Again")
    for slug, name, field in (("Big", "x", "slug"), ("", "x", "slug"), ("ok", " ", "name")):
        with pytest.raises(InvalidField) as raised:
            create_team(company.conn, company.admin, slug, name)
        assert raised.value.field == field
    with pytest.raises(InvalidField) as member:
        set_members(company.conn, company.admin, company.team, [10**12])
    assert member.value.field == "members"
    with pytest.raises(NotFound):
        set_members(company.conn, company.admin, 10**12, [])
