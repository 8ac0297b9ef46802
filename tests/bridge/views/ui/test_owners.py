"""Owners in forms."""

import pytest

from openclaw_otel_bridge.views.ui.owners import Owner, owner_of, owner_value
from openclaw_otel_bridge.workflow.errors import InvalidField


@pytest.mark.parametrize(
    ("value", "owner"), [("", Owner()), ("person:3", Owner(assignee=3)), ("team:2", Owner(team=2))]
)
def test_both_ways(value, owner):
    assert owner_of(value) == owner
    assert owner_value(owner.assignee, owner.team) == value
    assert bool(owner) is bool(value)


@pytest.mark.parametrize("value", ["person:", "person:x", "robot:1", "3", "person:٣", "team:-1", "team:" + "9" * 30])
def test_anything_else_is_refused(value):
    with pytest.raises(InvalidField):
        owner_of(value)
