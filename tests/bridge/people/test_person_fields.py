from __future__ import annotations

from typing import Any

import pytest

from openclaw_otel_bridge.people.person_fields import FIELDS, checked_fields
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", 7),
        ("name", "x" * 201),
        ("name", "a\0"),
        ("email", "nobody"),
        ("email", "a b@x.example"),
        ("email", "a@b"),
        ("role", "boss"),
        ("role", None),
        ("locale", "fr"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../etc/passwd"),
        ("timezone", 7),
        ("view_scope", "-store:x"),
        ("act_scope", "status:new"),
        ("act_scope", None),
        ("disabled", "yes"),
        ("teams", "dev"),
        ("teams", [1]),
        ("salary", 1),
    ],
)
def test_each_bad_value_is_named_in_both_languages(field: str, value: Any) -> None:
    with pytest.raises(InvalidField) as raised:
        checked_fields({field: value})
    assert raised.value.field == field
    assert raised.value.text("zh") != raised.value.text("en")


def test_good_values_are_trimmed() -> None:
    given = {
        "name": " 小明 ",
        "email": " m@shop.example ",
        "role": "ops",
        "locale": "zh",
        "timezone": "Asia/Shanghai",
        "view_scope": " store:us-* ",
        "act_scope": "",
        "disabled": False,
        "teams": ("dev",),
    }
    assert set(given) == set(FIELDS)
    found = checked_fields(given)
    assert (found["name"], found["email"], found["view_scope"], found["teams"]) == (
        "小明",
        "m@shop.example",
        "store:us-*",
        ["dev"],
    )
    with pytest.raises(MissingField):
        checked_fields({"email": ""})
