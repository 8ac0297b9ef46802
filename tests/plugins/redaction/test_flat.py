from __future__ import annotations

from typing import Any

import pytest

from openclaw_otel import ErrorRecord
from openclaw_otel_plugins.redact import RuleRedactor
from openclaw_otel_plugins.redaction.engine import Engine
from openclaw_otel_plugins.redaction.flat import Flat, Shared
from openclaw_otel_plugins.redaction.rules import load_rules
from openclaw_otel_plugins.redaction.run import Run

ENGINE = Engine(load_rules())
MAIL, PHONE = "write to jo@example.com", "13800138000"
TREES: list[dict[str, Any]] = [
    {"http.request.method": "POST", "url.full": f"https://x.example/?q={PHONE}", "server.port": 443, "order_id": PHONE},
    {"http.request.method": "POST", "url.full": "https://x.example/", "server.port": 443, "order_id": "1001"},
    {"http.request.method": MAIL, "url.full": "", "server.port": None, "order_id": MAIL},
    {"detail": PHONE, "order_id": 1, "ratio": float("nan"), "ok": True},
    {"email": "jo", "code.line.number": 3},
    {"name": "Ana", "k8s.pod.name": "api-1"},
    {"name": "Ana", "phone": "1"},
    {"name": "password", "value": "hunter2"},
    {"encoding": "base64", "text": "AAAA////AAAA"},
    {"jo@example.com": "a"},
    {"list": (MAIL, "b"), "nested": {"email": "jo"}},
    {"sql": "select 'jo'", "db.query.text": "select 'jo'"},
    {},
]


@pytest.mark.parametrize(
    ("tree", "kept"),
    [
        (TREES[0], {"order_id", "server.port"}),
        (TREES[3], {"order_id"}),
        ({"a.b": "1"}, set()),
        ({}, set()),
        *((tree, None) for tree in TREES[4:5] + TREES[6:11]),
        ({1: "a"}, None),
    ],
)
def test_only_keys_that_say_nothing_need_no_walk(tree: dict[Any, Any], kept: set[str] | None) -> None:
    for _ in range(2):  # judged, then remembered
        assert ENGINE.flat.ids_of(tree) == kept


def test_flat_trees_come_out_as_walked_ones() -> None:
    for tree in TREES:
        kept = ENGINE.flat.ids_of(tree)
        if kept is None:
            continue
        shared = Shared()
        shared.add(tree, kept, (MAIL, "plain"), (PHONE,))
        ENGINE.finish([], shared)
        assert str(shared.tree(tree, kept)) == str(ENGINE.tree(tree, "", Run()))
        assert (shared.texts[MAIL], shared.texts["plain"], shared.ids[PHONE]) == ("write to [email]", "plain", PHONE)


@pytest.mark.parametrize("key", [b"", b"k" * 32])
def test_records_together_come_out_as_each_alone(key: bytes) -> None:
    together, alone = RuleRedactor(load_rules(), key), RuleRedactor(load_rules(), key)
    records = [
        ErrorRecord(
            id=str(n), message=f"{MAIL} {n % 3}", attributes=tree, objects={"order": PHONE}, request_id=PHONE,
            notes=(MAIL,), explicit_fingerprint=(PHONE,), operation=f"call of {MAIL}" if n % 2 else "orders.get",
        )
        for n, tree in enumerate(TREES * 3)
    ]  # fmt: skip
    assert [str(record) for record in together.records(records)] == [str(alone.record(record)) for record in records]


def test_the_memory_is_bounded() -> None:
    flat = Flat(ENGINE._keys, lambda key, _: key)
    for number in range(3000):
        flat.ids_of({f"k{number}": "1"})
    flat.ids_of({f"k{number}": "1" for number in range(100)})
    flat.ids_of({"k" * 1000: "1"})
    assert len(flat._known) <= 1024
    assert all(len(names) <= 64 and len(names[0]) < 1000 for names in flat._known if names)
