from __future__ import annotations

from openclaw_otel_bridge.people.actor import RULE, SYSTEM, Actor, Role, system_actor


def test_only_people_are_stored_as_actors() -> None:
    assert Actor(id=7, name="P", email="p@x.example", role=Role.DEV, project_id=1).person_id == 7
    assert SYSTEM.person_id is None
    assert RULE.person_id is None
    rule = system_actor(3, "rule")
    assert (rule.project_id, rule.kind, rule.person_id) == (3, "rule", None)
