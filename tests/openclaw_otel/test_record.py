"""The plain data: case-insensitive headers, frozen, safe to print."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from openclaw_otel.record import Category, ErrorRecord, Exchange, Headers, WebhookRequest


def test_headers_are_found_in_any_case_and_keep_their_spelling() -> None:
    headers = Headers({"X-Shopify-Topic": "orders/create"})
    assert headers["x-shopify-TOPIC"] == "orders/create"
    assert "X-SHOPIFY-TOPIC" in headers
    assert headers.get("absent") is None
    assert list(headers) == ["X-Shopify-Topic"]
    assert len(headers) == 1
    assert 7 not in headers


def test_printing_headers_shows_no_values() -> None:
    assert "secret" not in repr(Headers({"Authorization": "secret"}))


def test_plain_mappings_become_headers() -> None:
    exchange = Exchange("GET", "https://x.example/", {"A": "1"}, response_headers={"B": "2"})
    assert exchange.request_headers["a"] == "1"
    assert exchange.response_headers["b"] == "2"
    assert WebhookRequest("POST", "/", {"C": "3"}, b"").headers["c"] == "3"


def test_everything_is_frozen() -> None:
    record = ErrorRecord(id="1")
    with pytest.raises(FrozenInstanceError):
        record.message = "x"  # type: ignore[misc]


def test_a_copy_with_changes() -> None:
    record = ErrorRecord(id="a", message="m")
    changed = record.but(id="b", message="")
    assert changed == replace(record, id="b", message="")
    assert record.id == "a"
    with pytest.raises(FrozenInstanceError):
        changed.id = "c"  # type: ignore[misc]
    with pytest.raises(TypeError, match="no field mesage"):
        record.but(mesage="x")


def test_there_are_fifteen_categories() -> None:
    assert len(Category) == 15
