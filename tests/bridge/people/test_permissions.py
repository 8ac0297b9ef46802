from __future__ import annotations

import pytest

from openclaw_otel_bridge.people.actor import Actor, Role, system_actor
from openclaw_otel_bridge.people.permissions import PERMISSIONS, allowed, require
from openclaw_otel_bridge.workflow.errors import NotAllowed

SUPPORT_MAY = {
    "article.view",
    "catalog.view",
    "event.view",
    "issue.comment",
    "issue.raise",
    "issue.transition",
    "issue.view",
    "issue.watch",
    "person.view",
    "project.view",
    "rotation.view",
    "stats.view",
    "store.view",
    "team.view",
    "token.own",
}
OPS_ALONE_BESIDES_ADMIN = {
    "rule.edit",
    "rotation.edit",
    "channel.edit",
    "delivery.resend",
    "catalog.edit",
    "store.edit",
}


def person(role: Role) -> Actor:
    return Actor(id=1, name="P", email="p@x.example", role=role, project_id=1)


@pytest.mark.parametrize("action", PERMISSIONS)
def test_who_may_what(action: str) -> None:
    assert allowed(person(Role.ADMIN), action)
    assert allowed(system_actor(1), action)
    assert allowed(person(Role.SUPPORT), action) is (action in SUPPORT_MAY)
    if action in OPS_ALONE_BESIDES_ADMIN:
        assert allowed(person(Role.OPS), action)
        assert not allowed(person(Role.DEV), action)


def test_support_sees_no_bodies_and_an_unknown_action_is_an_error() -> None:
    with pytest.raises(NotAllowed, match=r"event\.bodies"):
        require(person(Role.SUPPORT), "event.bodies")
    require(person(Role.DEV), "event.bodies")
    with pytest.raises(KeyError):
        allowed(person(Role.ADMIN), "issue.explode")
