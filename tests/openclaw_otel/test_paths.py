"""Names without ids."""

from __future__ import annotations

from typing import Any

import pytest

from openclaw_otel import paths


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (["variants", "16", "compareAtPrice"], "variants.compareAtPrice"),
        (["input", 3, "title"], "input.title"),
        ("items[0].receiver", "items.receiver"),
        ("/purchase_units/0/amount/value", "purchase_units.amount.value"),
        ("/purchase_units/@reference_id=='PU.1/2'/amount/value", "purchase_units.amount.value"),
        ("$.items[12].sku", "items.sku"),
        ("SENDER_BATCH_ID", "SENDER_BATCH_ID"),
        ("items[?(@.id==3)].sku", "items.sku"),
        ("0", ""),
        ("", ""),
        (None, ""),
        (7, ""),
        ([None, {}, "a"], "a"),
    ],
)
def test_field_paths(name: Any, expected: str) -> None:
    assert paths.field_path(name) == expected


@pytest.mark.parametrize(
    "segment",
    [
        "123",
        "6JJGILYKZUZMG2W5O",
        "WH-2MW4820926242972J-6SG447389E205703U",
        "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "9f1ac8bc2d627",
        "251129MJUM46Z3",
        "39-45722-57214",
        "kids_bottle_500ml_08",
        "PAYID-MABC",
        "A9XPRVWPLETM8B",
    ],
)
def test_ids(segment: str) -> None:
    assert paths.is_id(segment)


@pytest.mark.parametrize(
    "segment", ["orders", "payouts-item", "oauth2", "verify-webhook-signature", "get_order_detail", "v0"]
)
def test_names(segment: str) -> None:
    assert not paths.is_id(segment)


@pytest.mark.parametrize(
    ("method", "parts", "expected"),
    [
        ("GET", ["orders", "1"], "orders.get"),
        ("GET", ["orders"], "orders.list"),
        ("POST", ["orders"], "orders.create"),
        ("POST", ["orders", "1"], "orders.post"),
        ("PUT", ["orders", "1"], "orders.update"),
        ("PATCH", ["orders", "1"], "orders.patch"),
        ("DELETE", ["orders", "1"], "orders.delete"),
        ("POST", ["orders", "1", "cancel"], "orders.cancel"),
        ("PUT", ["orders", "1", "cancel"], "orders.cancel.put"),
        ("GET", ["orders", "1", "fulfillments"], "orders.fulfillments.list"),
        ("GET", [], "root.list"),
        ("", ["orders"], "orders.call"),
    ],
)
def test_operations(method: str, parts: list[str], expected: str) -> None:
    assert paths.rest_operation(method, parts, frozenset({"cancel"})) == expected


@pytest.mark.parametrize("version", ["v2", "v1.1", "2025-01", "2021-08-01", "202309", "unstable"])
def test_versions(version: str) -> None:
    assert paths.is_version(version)


def test_segments_of_anything() -> None:
    assert paths.segments("https://a/b//c%20d/?x=/y") == ["b", "c d"]
    assert paths.segments("http://[::1") == ["http:", "[::1"]
    assert paths.without_suffix("products.json") == "products"


def test_ids_that_look_like_words() -> None:
    names = frozenset({"search", "publish"})
    for url, expected in (
        ("inventory_item/mug-red", ["inventory_item", "0"]),
        ("offer/945/publish", ["offer", "0", "publish"]),
        ("item_summary/search", ["item_summary", "search"]),
        ("order/1/shipping_fulfillment/2", ["order", "0", "shipping_fulfillment", "0"]),
        ("123/order", ["0", "order"]),
    ):
        assert paths.without_ids(url.split("/"), names.__contains__) == expected
