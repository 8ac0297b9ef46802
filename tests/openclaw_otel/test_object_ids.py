"""Ids of objects out of queries, forms and JSON bodies of any shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openclaw_otel import testing
from openclaw_otel.object_ids import named_ids, query
from openclaw_otel.record import Exchange

KINDS = {"order_sn": "order", "order_sn_list": "order", "item_id": "product"}


@pytest.mark.parametrize(
    ("url", "body", "expected"),
    [
        ("https://a.example/x?order_sn=1A", b"", {"order": "1A"}),
        ("https://a.example/x?order_sn_list=1A,2B", b"", {"order": "1A"}),
        ("https://a.example/x", b"item_id=7&x=1", {"product": "7"}),
        ("https://a.example/x", {"order_list": [{"order_sn": "1A"}, {"order_sn": "2B"}]}, {"order": "1A"}),
        (
            "https://a.example/x?item_id=1",
            {"item_id": 2, "a": {"b": {"order_sn": "N"}}},
            {"product": "1", "order": "N"},
        ),
        ("https://a.example/x", {"order_sn_list": ["1A", "2B"]}, {"order": "1A"}),
        ("https://a.example/x", {"a": {"b": {"c": {"d": {"order_sn": "deep"}}}}}, {}),
        ("https://a.example/x", {"order_sn": "x" * 200, "item_id": None}, {}),
        ("http://[::1", b"\xff", {}),
    ],
)
def test_ids(url: str, body: Any, expected: dict[str, str]) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert named_ids(Exchange("POST", url, request_body=raw), KINDS) == expected


def test_any_bytes_are_taken() -> None:
    for body in testing.ODD_BODIES:
        named_ids(Exchange("POST", "https://a.example/", request_body=body), KINDS)


def test_queries() -> None:
    assert query("https://a.example/?a=1&a=2&b=") == {"a": "2", "b": ""}
    assert query("http://[::1") == {}
    assert query("https://a.example/?" + "a=1&" * 500) == {}
