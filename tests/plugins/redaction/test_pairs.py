from __future__ import annotations

import pytest

from openclaw_otel_plugins.redaction.keys import Keys
from openclaw_otel_plugins.redaction.leaves import Leaves
from openclaw_otel_plugins.redaction.pairs import Pairs
from openclaw_otel_plugins.redaction.rules import load_rules
from openclaw_otel_plugins.redaction.run import Run

RULES = load_rules()
PAIRS = Pairs(RULES, Keys(RULES), Leaves(pseudonyms=False))


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("https://x/?access_token=abc&page=2&sign=ff#f", "https://x/?access_token=[token]&page=2&sign=[token]#f"),
        ("{'first_name': 'Jo', 'sku': 'AB'}", "{'first_name': '[name]', 'sku': 'AB'}"),
        (r"{\"note\":\"ring \\\"twice\\\"\",\"id\":1}", r"{\"note\":\"[note]\",\"id\":1}"),
        ('{"email": "jo@exa', '{"email": "[email]'),
        ("{ email: 'a@b.co', password: `x y` }", "{ email: '[email]', password: `[token]` }"),
        (
            "'buyer': {'name': 'Jo'}, 'item': {'name': 'Shirt'}",
            "'buyer': {'name': '[name]'}, 'item': {'name': 'Shirt'}",
        ),
        ("{'name': 'Jo', 'phone': 'none'}", "{'name': '[name]', 'phone': 'none'}"),
        ("[{'key': '_note', 'value': 'ring'}]", "[{'key': '_note', 'value': '[note]'}]"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [token]"),
        ("Cookie: a=b; c=d\nHost: x", "Cookie: [token]\nHost: x"),
        ("customer_name=Jo Doe, order=5", "customer_name=[name], order=5"),
        ("收货人：张三，地址：深南大道 12 号", "收货人：[name]，地址：[address]"),
        ("password=hunter2", "password=[token]"),
        ("billing[email]=a@b.co", "billing[email]=[email]"),
        ("so phone => '0912'", "so phone => '0912'"),
    ],
)
def test_values_of_sensitive_keys_are_replaced(raw: str, wanted: str) -> None:
    once = PAIRS.apply(raw.encode(), Run())
    assert once.decode() == wanted
    assert PAIRS.apply(once, Run()) == once


@pytest.mark.parametrize(
    "code",
    [
        "    return post(url, token=token, email=order.email, phone=self.phone)",
        "Error: invalid token: expired",
        "Note: retrying in 5 s",
        "token=None, password=null",
        "name=worker-1",
        "service.name: orders",
        "address: 0x7f3c2a1b",
        "username = load(x)",
    ],
)
def test_code_and_prose_stay(code: str) -> None:
    assert PAIRS.apply(code.encode(), Run()).decode() == code


def test_a_form_is_read_as_one() -> None:
    raw = b"grant_type=refresh_token&refresh_token=Atzr%7Cx&first_name=Jo+Doe&page=1"
    assert PAIRS.apply(raw, Run(), form=True) == (
        b"grant_type=refresh_token&refresh_token=[token]&first_name=[name]&page=1"
    )
