"""The workflow table, exhaustively: every state × target × role × relation × what is given."""

from __future__ import annotations

from itertools import product

import pytest

from openclaw_otel_bridge.people.actor import Actor, Role, system_actor
from openclaw_otel_bridge.workflow.errors import IllegalTransition, InvalidField, MissingField, NotAllowed, WorkError
from openclaw_otel_bridge.workflow.states import Standing, Status, decide, open_steps, standing

EVERYTHING = {"assignee", "root_cause", "fix", "comment"}
STAFF = {Role.ADMIN, Role.DEV, Role.OPS}
STANDINGS = {
    "stranger": Standing(),
    "assignee": Standing(is_assignee=True, is_named=True),
    "team member": Standing(is_assignee=True),
    "reviewer": Standing(is_reviewer=True),
    "assignee who reviewed": Standing(is_assignee=True, is_named=True, is_reviewer=True),
    "team member who reviewed": Standing(is_assignee=True, is_reviewer=True),
}


def person(role: Role, ident: int = 7, teams: frozenset[int] = frozenset()) -> Actor:
    return Actor(id=ident, name="P", email="p@shop.example", role=role, project_id=1, teams=teams)


def may(source: str, target: str, role: Role, stand: Standing, solo: bool) -> bool | None:
    """The table of the product's workflow, written a second time; None = no such step."""
    match (source, target):
        case ("new", "assigned") | ("assigned", "assigned") | ("assigned", "new") | ("resolved", "new"):
            return role in STAFF
        case ("assigned", "in_review"):
            return role in {Role.DEV, Role.ADMIN} or stand.is_assignee
        case ("in_review", "assigned"):
            return role in STAFF or stand.is_assignee
        case ("in_review", "resolved"):
            return role in STAFF and (solo or not (stand.is_named or stand.is_reviewer))
    return None


@pytest.mark.parametrize("solo", [False, True])
@pytest.mark.parametrize("relation", STANDINGS)
@pytest.mark.parametrize("role", Role)
def test_every_step_of_every_role_and_relation(role: Role, relation: str, solo: bool) -> None:
    stand = STANDINGS[relation]
    for source, target in product(Status, Status):
        expected = may(source, target, role, stand, solo)
        try:
            decide(source, target, person(role), stand, EVERYTHING, solo=solo)
            outcome: bool | None = True
        except NotAllowed:
            outcome = False
        except IllegalTransition:
            outcome = None
        assert outcome is expected, (source, target)
        assert (target in open_steps(source, person(role), stand, solo=solo)) is (expected is True)


@pytest.mark.parametrize("relation", STANDINGS)
@pytest.mark.parametrize("role", Role)
def test_out_of_scope_nobody_moves_anything(role: Role, relation: str) -> None:
    from dataclasses import replace

    stand = replace(STANDINGS[relation], in_scope=False)
    for source, target in product(Status, Status):
        with pytest.raises((NotAllowed, IllegalTransition)):
            decide(source, target, person(role), stand, EVERYTHING, solo=True)


@pytest.mark.parametrize(
    ("source", "target", "needs"),
    [
        ("new", "assigned", ["assignee"]),
        ("assigned", "assigned", ["assignee"]),
        ("assigned", "in_review", ["root_cause", "fix"]),
        ("in_review", "assigned", ["comment"]),
        ("in_review", "resolved", ["root_cause", "fix"]),
        ("assigned", "new", []),
        ("resolved", "new", []),
    ],
)
def test_what_a_step_needs(source: str, target: str, needs: list[str]) -> None:
    if needs:
        with pytest.raises(MissingField) as raised:
            decide(source, target, person(Role.ADMIN), Standing(), set())
        assert list(raised.value.fields) == needs
        assert raised.value.field == needs[0]
        for left_out in needs:
            with pytest.raises(MissingField) as raised:
                decide(source, target, person(Role.ADMIN), Standing(), EVERYTHING - {left_out})
            assert raised.value.fields == (left_out,)
    decide(source, target, person(Role.ADMIN), Standing(), set(needs))


def test_illegal_comes_before_not_allowed_before_missing() -> None:
    with pytest.raises(IllegalTransition, match="it goes to: assigned"):
        decide("new", "resolved", person(Role.SUPPORT), Standing(), set())
    with pytest.raises(NotAllowed):
        decide("in_review", "resolved", person(Role.SUPPORT), Standing(), set())


def test_an_unknown_target_names_the_field() -> None:
    with pytest.raises(InvalidField) as raised:
        decide("new", "closed", person(Role.ADMIN), Standing(), EVERYTHING)
    assert raised.value.field == "to"


@pytest.mark.parametrize(("kind", "steps"), [("rule", {("new", "assigned")}), ("system", {("resolved", "new")})])
def test_machines_take_their_own_steps_only(kind: str, steps: set[tuple[str, str]]) -> None:
    actor = system_actor(1, kind)  # type: ignore[arg-type]
    taken = set()
    for source, target in product(Status, Status):
        try:
            decide(source, target, actor, Standing(), EVERYTHING)
            taken.add((source.value, target.value))
        except WorkError:
            continue
    assert taken == steps


def test_a_team_member_counts_as_assignee_only_while_no_person_is_named() -> None:
    member = person(Role.SUPPORT, teams=frozenset({3}))
    assert standing(member, assignee_id=None, team_id=3, reviewed_by=None).is_assignee
    assert not standing(member, assignee_id=None, team_id=3, reviewed_by=None).is_named
    assert not standing(member, assignee_id=8, team_id=3, reviewed_by=None).is_assignee
    assert not standing(member, assignee_id=None, team_id=4, reviewed_by=None).is_assignee
    assert standing(member, assignee_id=7, team_id=None, reviewed_by=7).is_named


def test_a_machine_is_nobodys_assignee() -> None:
    assert standing(system_actor(1), assignee_id=0, team_id=0, reviewed_by=0) == Standing()
