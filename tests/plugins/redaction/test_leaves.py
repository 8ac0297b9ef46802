from __future__ import annotations

import pytest

from openclaw_otel_plugins.redaction.leaves import Leaves, without_literals
from openclaw_otel_plugins.redaction.run import Run

LEAVES = Leaves(pseudonyms=True)


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("name", "Jo Doe", "[name]"),
        ("name", "jo@example.com", "[email]"),
        ("name", "+55 11 97752-2612", "[phone]"),
        ("name", "#46337", None),
        ("name", "cus_Nffrfeuf2NV2HM3x", None),
        ("token", "Bearer abc", "Bearer [token]"),
        ("token", "Bearer [token]", None),
        ("token", "[token]", None),
        ("phone", "yes", None),
        ("phone", "13800138000", "[phone]"),
        ("ip", "203.0.113.9", "[ip]"),
        ("ip", "10.0.0.1", None),
        ("ip", "localhost", None),
        ("note", " ", None),
        ("email", "null", None),
    ],
)
def test_a_text_is_replaced_by_what_its_key_says(name: str, text: str, wanted: str | None) -> None:
    assert LEAVES.replace(text, name, Run(), "key") == wanted


def test_encoded_values_are_read_as_they_mean() -> None:
    assert LEAVES.replace("%2B8613800138000", "phone", Run(), "key", encoded=True) == "[phone]"


@pytest.mark.parametrize(
    ("name", "number", "wanted"),
    [
        ("phone", 13800138000, "[phone]"),
        ("phone", 86, 86),
        ("name", 7, 7),
        ("address", 31.2, "[address]"),
        ("token", 123456, "[token]"),
        ("token", 12, 12),
        ("id", 10**400, "[id]"),
    ],
)
def test_a_number_is_replaced_where_it_says_something(name: str, number: float, wanted: object) -> None:
    assert LEAVES.number(number, name, Run(), "key") == wanted


def test_the_buyer_is_remembered_once() -> None:
    run = Run()
    for value in ("jo@example.com", "jo@example.com", "an@example.com"):
        LEAVES.replace(value, "email", run, "key")
    LEAVES.number(13800138000, "phone", run, "key")
    assert (run.emails, run.phones) == (["jo@example.com", "an@example.com"], ["13800138000"])


def test_statements_lose_their_literals() -> None:
    assert without_literals("insert into c values ('Jo''s', 5, 'x") == "insert into c values ('?', 5, '?'"
