from __future__ import annotations

import pytest

from openclaw_otel_plugins.redaction.keys import KEEP, NEUTRAL, Keys
from openclaw_otel_plugins.redaction.plans import Plan, Plans, Shape, beside, class_of
from openclaw_otel_plugins.redaction.rules import load_rules

KEYS = Keys(load_rules())


def shape(value: dict[str, object], forced: str = "", context: str = "") -> Shape:
    return tuple(value), tuple(map(type, value.values())), forced, context


def planned(value: dict[str, object]) -> Plan | None:
    plans = Plans(KEYS)
    assert plans.plan(shape(value)) is None  # the first of its kind
    return plans.plan(shape(value))


def test_values_go_where_their_keys_and_types_say() -> None:
    plan = planned({"title": "x", "sku": "x", "email": "x", "phone": 5, "lines": [], "n": 1, "sql": "x"})
    assert plan is not None
    assert (plan.free, plan.kept) == (("title",), ("sku",))
    assert [key for key, _ in plan.replaced] == ["email"]
    assert [key for key, _ in plan.inner] == ["lines"]
    assert [key for key, _ in plan.others] == ["phone", "sql"]


def test_an_ambiguous_key_is_personal_beside_a_personal_one() -> None:
    plan = planned({"name": "x", "phone": "x"})
    assert plan is not None
    assert plan.free == ("name",)
    assert plan.near == ("phone",)
    assert plan.personal is not None
    assert [key for key, _ in plan.personal.replaced] == ["name", "phone"]


@pytest.mark.parametrize(
    "value",
    [
        {"name": "sign", "value": "x"},
        {"jo@example.com": "x"},
        {"k" * 65: "x"},
        {f"k{n}": "x" for n in range(65)},
        {"a": (1,)},
    ],
)
def test_some_shapes_say_too_little(value: dict[str, object]) -> None:
    assert planned(value) is None


def test_the_memory_is_bounded() -> None:
    plans = Plans(KEYS)
    for number in range(5000):
        for _ in range(2):
            plans.plan(shape({f"k{number}": "x"}))
    assert len(plans.memory) < 3000


def test_class_of_a_value() -> None:
    assert class_of(NEUTRAL, "extra", "", "address") == "address"
    assert class_of(NEUTRAL, "country", "", "address") == ""
    assert class_of(NEUTRAL, 0, "token", "") == "token"
    assert class_of(KEEP, "id", "token", "") == ""
    assert beside(KEYS.verdict("name")).placeholder == "name"
    assert beside(NEUTRAL) is NEUTRAL
