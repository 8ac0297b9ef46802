from __future__ import annotations

import base64
from collections import OrderedDict
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from openclaw_otel_plugins.redaction.engine import Engine
from openclaw_otel_plugins.redaction.rules import load_rules
from openclaw_otel_plugins.redaction.run import Run
from openclaw_otel_plugins.redaction.tree import CONTAINERS

ENGINE = Engine(load_rules())


def redact(value: Any, key: str = "") -> Any:
    return ENGINE.tree(value, key, Run())


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ({"customer": {"name": "Jo", "id": 5}}, {"customer": {"name": "[name]", "id": 5}}),
        ({"name": "Shirt", "sku": "A"}, {"name": "Shirt", "sku": "A"}),
        ({"name": "Jo", "phone": "13800138000"}, {"name": "[name]", "phone": "[phone]"}),
        ({"name": "#1001", "email": "a@b.co"}, {"name": "#1001", "email": "[email]"}),
        ({"customer": {"orders": [{"name": "x"}]}}, {"customer": {"orders": [{"name": "x"}]}}),
        (
            {"address": {"extra": "x", "country": "BR", "lat": 1.5}},
            {"address": {"extra": "[address]", "country": "BR", "lat": "[address]"}},
        ),
        ({"payer": {"name": {"given_name": "Jo"}}}, {"payer": {"name": {"given_name": "[name]"}}}),
        (
            {"phone": {"national_number": "2025550100", "country_code": "1"}},
            {"phone": {"national_number": "[phone]", "country_code": "1"}},
        ),
        (
            {"card": {"number": "4242", "name": "JO", "brand": "visa"}},
            {"card": {"number": "[card]", "name": "[name]", "brand": "visa"}},
        ),
        ({"errors": {"email": ["has already been taken"]}}, {"errors": {"email": ["has already been taken"]}}),
        ({"errors": {"email": ["jo@example.com is invalid"]}}, {"errors": {"email": ["[email] is invalid"]}}),
        (
            [["Authorization", "Basic abc"], ["order", "13800138000"]],
            [["Authorization", "Basic [token]"], ["order", "13800138000"]],
        ),
        ({"headers": [{"name": "sign", "value": "x"}]}, {"headers": [{"name": "sign", "value": "[token]"}]}),
        (
            {"key": "user.email", "value": {"stringValue": "x"}},
            {"key": "user.email", "value": {"stringValue": "[email]"}},
        ),
        ({"cookies": [{"name": "lang", "value": "en"}]}, {"cookies": [{"name": "lang", "value": "[token]"}]}),
        ({"item_id": "18565954704", "to": "18565954704"}, {"item_id": "18565954704", "to": "[phone]"}),
        ({"db.query.text": "select 'Jo', 5"}, {"db.query.text": "select '?', 5"}),
        ({"jo@example.com": 1, "an@example.com": 2}, {"[email]": 1, "[email]_1": 2}),
        (
            {"text": base64.b64encode(b"\x1f\x8b\x08\xff").decode(), "encoding": "base64"},
            {"text": "[binary]", "encoding": "base64"},
        ),
    ],
)
def test_by_key_and_by_place(raw: Any, wanted: Any) -> None:
    done = redact(raw)
    assert done == wanted
    assert redact(done) == done


def test_the_given_key_counts() -> None:
    assert redact("abc", "access_token") == "[token]"
    assert redact(["Jo"], "customer.name") == ["[name]"]
    assert redact({"name": "Jo"}, "customer") == {"name": "[name]"}


def test_input_and_order_stay() -> None:
    raw = {"b": {"email": "a@b.co"}, "a": [1, ("jo@b.co", 2)], "c": "x"}
    done = redact(raw)
    assert raw == {"b": {"email": "a@b.co"}, "a": [1, ("jo@b.co", 2)], "c": "x"}
    assert list(done) == ["b", "a", "c"]
    assert done["a"] == [1, ("[email]", 2)]


def test_any_kind_of_value_is_taken() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError

    now = datetime.now(UTC)
    raw = {
        "bytes": b"to jo@example.com",
        "binary": b"\xff\xfe",
        "token": b"abc",
        "set": frozenset({"jo@example.com"}),
        "odd": Odd(),
        "now": now,
        "amount": Decimal("1.50"),
        "proxy": MappingProxyType({"email": "x"}),
        "ordered": OrderedDict(email="x"),
        "nan": float("nan"),
        5: "a@b.co",
        b"k": 1,
        None: 2,
        "range": range(2),
    }
    done = redact(raw)
    assert done["bytes"] == b"to [email]"
    assert done["binary"] == b"[binary]"
    assert done["token"] == b"[token]"
    assert done["set"] == frozenset({"[email]"})
    assert done["odd"] == "[redacted]"
    assert (done["now"], done["amount"]) == (now, Decimal("1.50"))
    assert done["proxy"] == done["ordered"] == {"email": "[email]"}
    assert done[5] == "[email]"
    assert (done[b"k"], done[None]) == (1, 2)


def test_no_depth_is_too_deep() -> None:
    raw: Any = {"email": "jo@example.com", "order_id": "1"}
    for level in range(5000):
        raw = {"a": raw} if level % 2 else [raw]
    done = redact(raw)
    for level in reversed(range(5000)):
        done = done["a"] if level % 2 else done[0]
    assert done == {"email": "[email]", "order_id": "1"}


def test_a_tree_of_very_many_lists_is_replaced_from_there_on() -> None:
    many = [[["jo@example.com"]] for _ in range(CONTAINERS // 2 + 5)]
    done = redact(many)
    assert len(done) == len(many)
    assert "[redacted]" in done or ["[redacted]"] in done
    assert "jo@example.com" not in str(done)
    assert redact([[["a"]]] * 1000) == [[["a"]]] * 1000
