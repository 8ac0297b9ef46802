from __future__ import annotations

import pytest

from openclaw_otel_bridge.people.directory import (
    NewPerson,
    add_person,
    change_own_password,
    end_sessions,
    get_person,
    list_people,
    person_by_email,
    set_password,
    update_own_settings,
    update_person,
)
from openclaw_otel_bridge.people.login import actor_by_id, authenticate
from openclaw_otel_bridge.workflow.errors import Conflict, InvalidField, NotAllowed, NotFound
from tests.bridge.working import Company

PASSWORD = "correct horse battery"


def test_added_people_can_log_in_and_join_the_team_of_their_role(company: Company) -> None:
    ops_team = company.seed.team("ops")
    person = add_person(company.conn, company.admin, NewPerson(email="mei@shop.example", role="ops", password=PASSWORD))
    assert (person.name, person.teams, person.team_ids) == ("mei", ["ops"], [ops_team])
    both = NewPerson(email="b@shop.example", role="dev", teams=["ops", "platform"])
    assert add_person(company.conn, company.admin, both).teams == ["ops", "platform"]
    actor = authenticate(company.conn, "mei@shop.example", PASSWORD)
    assert actor
    assert actor.teams == {ops_team}
    assert PASSWORD not in str(company.conn.execute("select * from audit_log").fetchall())
    assert PASSWORD not in repr(NewPerson(email="x", role="dev", password=PASSWORD))


def test_what_is_refused(company: Company) -> None:
    with pytest.raises(Conflict) as taken:
        add_person(company.conn, company.admin, NewPerson(email="DEV@shop.example", role="dev"))
    assert taken.value.field == "email"
    with pytest.raises(NotAllowed):
        add_person(company.conn, company.ops, NewPerson(email="x@shop.example", role="dev"))
    for person, field in (
        (NewPerson(email="x@shop.example", role="dev", password="short"), "password"),
        (NewPerson(email="x@shop.example", role="dev", teams=["nowhere"]), "teams"),
        (NewPerson(email="x@shop.example", role="dev", timezone="X/Y"), "timezone"),
    ):
        with pytest.raises(InvalidField) as raised, company.conn.transaction():
            add_person(company.conn, company.admin, person)
        assert raised.value.field == field
    with pytest.raises(NotFound):
        get_person(company.conn, company.admin, 10**12)
    with pytest.raises(NotFound):
        person_by_email(company.conn, 1, "nobody@shop.example")


def test_changes_leave_the_rest(company: Company) -> None:
    changes = {"role": "ops", "act_scope": "store:us-*", "teams": [], "locale": "zh"}
    person = update_person(company.conn, company.admin, company.dev.id, changes)
    assert (person.role, person.act_scope, person.teams, person.locale, person.name) == (
        "ops",
        "store:us-*",
        [],
        "zh",
        "Dev",
    )
    with pytest.raises(Conflict):
        update_person(company.conn, company.admin, company.dev.id, {"email": "sue@shop.example"})


def test_disabling_ends_sessions_and_hides_from_the_list(company: Company) -> None:
    assert update_person(company.conn, company.admin, company.dev.id, {"disabled": True}).disabled
    assert actor_by_id(company.conn, company.dev.id, None, 1) is None
    assert company.dev.id not in [person.id for person in list_people(company.conn, company.ops)]
    assert company.dev.id in [person.id for person in list_people(company.conn, company.ops, with_disabled=True)]
    update_person(company.conn, company.admin, company.dev.id, {"disabled": False})
    assert actor_by_id(company.conn, company.dev.id, None, 1) is None, "old sessions stay ended"


@pytest.mark.parametrize("change", [{"role": "dev"}, {"disabled": True}])
def test_the_last_admin_stays(company: Company, change: dict[str, object]) -> None:
    with pytest.raises(NotAllowed), company.conn.transaction():
        update_person(company.conn, company.admin, company.admin.id, change)
    assert get_person(company.conn, company.admin, company.admin.id).role == "admin"
    company.seed.person("Second", "admin")
    update_person(company.conn, company.admin, company.admin.id, change)


def test_passwords_are_set_by_oneself_or_an_admin(company: Company) -> None:
    with pytest.raises(NotAllowed):
        set_password(company.conn, company.ops, company.dev.id, PASSWORD)
    set_password(company.conn, company.admin, company.dev.id, PASSWORD, must_change=True)
    with pytest.raises(InvalidField) as wrong:
        change_own_password(company.conn, company.dev, "not it, really", "another long one")
    assert wrong.value.field == "current"
    with pytest.raises(InvalidField):
        change_own_password(company.conn, company.dev, PASSWORD, PASSWORD)
    change_own_password(company.conn, company.dev, PASSWORD, "another long one")
    actor = authenticate(company.conn, company.dev.email, "another long one")
    assert actor
    assert not actor.must_change
    assert actor.session_epoch == 3


def test_own_settings_and_logging_out_everywhere(company: Company) -> None:
    update_own_settings(company.conn, company.support, locale="zh", timezone="Asia/Shanghai")
    assert get_person(company.conn, company.support, company.support.id).timezone == "Asia/Shanghai"
    with pytest.raises(InvalidField):
        update_own_settings(company.conn, company.support, locale="xx", timezone="UTC")
    end_sessions(company.conn, company.support, company.support.id)
    assert actor_by_id(company.conn, company.support.id, None, 1) is None
    with pytest.raises(NotAllowed):
        end_sessions(company.conn, company.support, company.dev.id)
