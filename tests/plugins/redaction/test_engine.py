from __future__ import annotations

import json
from pathlib import Path

import pytest

from openclaw_otel_plugins.redaction.engine import Engine
from openclaw_otel_plugins.redaction.rules import load_rules
from openclaw_otel_plugins.redaction.run import Run

ENGINE = Engine(load_rules())


def redact(text: str) -> str:
    return ENGINE.text(text, Run())


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (
            '{"order": {"customer": {"name":"Jo"}},"amount":38.50}',
            '{"order": {"customer": {"name": "[name]"}}, "amount": 38.5}',
        ),
        ('{"content":"{\\"email\\":\\"x\\"}"}', '{"content":"{\\"email\\":\\"[email]\\"}"}'),
        ('{"em\\u0061il":"x"}', '{"email":"[email]"}'),
        ('{"a": 1, "note": "ring twi', '{"a": 1, "note": "[note]'),
        ('{"a":{"email":"x"},"token":"abc","b', '{"a":{"email":"[email]"},"token":"[token]"'),
        ('{"email":"x"}\n{"sku":"y"}\n', '{"email":"[email]"}\n{"sku":"y"}\n'),
        ('"jo@example.com"', '"[email]"'),
        (' [{"phone":13800138000}] ', ' [{"phone":"[phone]"}] '),
        ("email=jo%40example.com&q=an%40example.com&x=%2Fv3", "email=[email]&q=[email]&x=%2Fv3"),
        ("/cb?data=%7B%22email%22%3A%22x%22%7D", "/cb?data=%7B%22email%22:%22[email]%22%7D"),
        ("%E5%AF%86%E7%A0%81=abc&a=1", "%E5%AF%86%E7%A0%81=[token]&a=1"),
        ("to=138%200013%208000&a=1", "to=[phone]&a=1"),
        ("订单电话１３８００１３８０００无效", "订单电话[phone]无效"),
        ('{"type": "0049 151 2345678"}', '{"type": "[phone]"}'),
        ("Array\n(\n    [password] => abc9\n)\n", "Array\n(\n    [password] => [token]\n)\n"),
        ('["first_name"]=>\n  string(6) "Jo Doe"', '["first_name"]=>\n  string(6) "[name]"'),
        ('<p><input name="first_name" value="Jo Doe"></p>', '<p><input name="first_name" value="[name]"></p>'),
        ("<o><收货人>Jo Doe</收货人></o>", "<o><收货人>[name]</收货人></o>"),
        ("<o><address>Rua 7</address></o>", "<o><address>[address]</address></o>"),
        ("{id=5, consignee=Jo Doe, qty=1}", "{id=5, consignee=[name], qty=1}"),
        ("[API] Invalid API key", "[API] Invalid API key"),
        ("<Phone>13800138000</Phone>", "<Phone>[phone]</Phone>"),
        (
            "Order(customer=Customer(name='Jo'), sku='A', item=Item(name='Shirt'))",
            "Order(customer=Customer(name='[name]'), sku='A', item=Item(name='Shirt'))",
        ),
        (
            "400: {'errors': [{'code': 'X'}], 'customer': {'name': 'Jo'}}",
            "400: {'errors': [{'code': 'X'}], 'customer': {'name': '[name]'}}",
        ),
    ],
)
def test_texts_of_every_form(raw: str, wanted: str) -> None:
    done = redact(raw)
    assert done == wanted
    assert redact(done) == done


def test_what_needs_nothing_comes_back_as_it_was() -> None:
    for text in (
        '{"b":1,"a" : "x"}',
        "plain",
        "",
        '{"name": "Shirt", "price": 1.10}',
        'Traceback (most recent call last):\n  File "x.py"',
    ):
        assert redact(text) is text


def test_an_export_is_replaced_whole() -> None:
    assert redact("jo@example.com\n" * 3000) == "[redacted]"


def test_texts_in_texts_have_an_end() -> None:
    text = "jo@example.com"
    for _ in range(9):
        text = json.dumps({"a": text})
    assert "jo@" not in redact(text)


def test_separators_inside_texts_are_harmless() -> None:
    assert ENGINE.tree({"a": "x\x1fy", "b": "jo@example.com", "c": "\x1f\x1f"}, "", Run()) == {
        "a": "x\x1fy",
        "b": "[email]",
        "c": "\x1f\x1f",
    }


TOLD = ["order 1001 sent", "buyer a@b.example", "", '{"phone": "13800138000"}', "a\x1fb c@d.example", "order 1001 sent"]


@pytest.mark.parametrize("keep", [False, True])
def test_texts_together_are_redacted_as_each_alone(keep: bool) -> None:
    together = ENGINE.texts(TOLD, Run(), keep=keep)

    assert together == [ENGINE.text(text, Run(), keep=keep) for text in TOLD]
    assert "a@b.example" not in together[1]


def test_a_rule_of_the_users_stays_inside_its_text(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    rules = [
        {"name": "first", "pattern": "^Kunde [A-Z]\\w+", "placeholder": "name"},
        {"name": "rest", "pattern": "Filiale .*", "placeholder": "address"},
    ]
    path.write_text(json.dumps({"values": rules}))
    engine = Engine(load_rules(path))
    texts = ["order 1", "Kunde Meier", "Filiale Bonn", "order 2"]

    assert engine.texts(texts, Run()) == ["order 1", "[name]", "[address]", "order 2"]
    assert engine.tree({"a": "order 1", "b": "Kunde Meier", "c": "Filiale Bonn", "d": "x"}, "", Run()) == {
        "a": "order 1",
        "b": "[name]",
        "c": "[address]",
        "d": "x",
    }
