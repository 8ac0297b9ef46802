"""Which platform a call or a delivery belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw_otel.config import Config, StoreConfig
from openclaw_otel.errors import ConfigError, UnknownPlatform
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import Headers, WebhookRequest

CONFIG = Config(
    stores=(
        StoreConfig("proxy", "paypal", base_url="https://gateway.example/paypal"),
        StoreConfig("deep", "shopify", base_url="https://gateway.example/paypal/not"),
        StoreConfig("us", "shopify", identifiers=("demo.myshopify.com",)),
    ),
    custom_platforms={"erp": {"hosts": ["erp.example.com"], "webhook": {"signature": {"header": "X-Erp-Sig"}}}},
    catalog_dir=None,
    hash_key=b"",
)


@pytest.fixture(scope="module")
def platforms() -> Platforms:
    return Platforms(CONFIG)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://demo.myshopify.com/admin/api/2025-01/shop.json", "shopify"),
        ("https://DEMO.MyShopify.com/x", "shopify"),
        ("https://api-m.sandbox.paypal.com/v2/checkout/orders", "paypal"),
        ("https://erp.example.com/api/orders", "custom:erp"),
        ("https://gateway.example/paypal/v1/payments", "paypal"),
        ("https://gateway.example/paypal/not/here", "shopify"),
        ("https://gateway.example/paypalx", None),
        ("http://127.0.0.1:9001/x", "shopify"),
        ("http://127.0.0.1:9002/x", None),
        ("http://shop.local:1/x", "paypal"),
        ("https://myshopify.com.evil.example/", None),
        ("https://example.com/", None),
        ("http://[::1", None),
        ("", None),
    ],
)
def test_calls(platforms: Platforms, url: str, expected: str | None) -> None:
    found = platforms.adapter_for_url(url, {"127.0.0.1:9001": "shopify", "Shop.Local": "paypal"})
    assert (found.name if found else None) == expected


def test_deliveries(platforms: Platforms) -> None:
    headers = Headers({"X-Shopify-Topic": "orders/create"})
    found = platforms.for_delivery(headers)
    assert found is not None
    assert found.name == "shopify"
    sent = WebhookRequest("POST", "https://hooks.example/in", headers, b"")
    assert platforms.for_delivery_request(sent) is found
    erp = platforms.for_delivery(Headers({"x-erp-sig": "1"}))
    assert erp is not None
    assert erp.name == "custom:erp"
    assert platforms.for_delivery(Headers({"Authorization": "Bearer x"})) is None


def test_by_name(platforms: Platforms) -> None:
    assert platforms.get("custom:erp").name == "custom:erp"
    with pytest.raises(UnknownPlatform, match="custom:erp"):
        platforms.get("custom:wms")
    with pytest.raises(UnknownPlatform, match="shopify"):
        platforms.get("myspace")
    with pytest.raises(UnknownPlatform, match=r"\[platforms"):
        Platforms().get("custom:erp")


def test_stores(platforms: Platforms) -> None:
    found = platforms.store_named("shopify", "demo.myshopify.com")
    assert found is not None
    assert found.name == "us"
    assert platforms.store_named("paypal", "demo.myshopify.com") is None


def test_a_bad_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[platforms.erp\]"):
        Platforms(Config(custom_platforms={"erp": {"host": []}}))


STORES = (
    StoreConfig("us", "shopify", base_url="http://127.0.0.1:9001", identifiers=("demo.myshopify.com", "123")),
    StoreConfig("woo", "woocommerce", base_url="https://shops.example/first"),
    StoreConfig("woo-2", "woocommerce", base_url="https://shops.example/first/second"),
    StoreConfig("sg", "shopee", base_url="https://partner.shopeemobile.com", identifiers=("77",)),
    StoreConfig("my", "shopee", base_url="https://partner.shopeemobile.com", identifiers=("78",)),
    StoreConfig("br", "shopee", base_url="https://openplatform.shopee.com.br", identifiers=("79",)),
)


@pytest.mark.parametrize(
    ("platform", "url", "said", "account"),
    [
        ("shopify", "http://127.0.0.1:9001/admin/shop.json", "127.0.0.1", "demo.myshopify.com"),
        ("shopify", "http://127.0.0.1:9001/admin/shop.json", None, "demo.myshopify.com"),
        ("shopify", "http://127.0.0.1:9002/admin/shop.json", "127.0.0.1", "127.0.0.1"),
        ("paypal", "http://127.0.0.1:9001/v1/payments", "127.0.0.1", "127.0.0.1"),  # the base URL of another platform
        ("woocommerce", "https://shops.example/first/wp-json/wc/v3/orders", "shops.example/first", "woo"),
        ("woocommerce", "https://shops.example/first/second/wp-json/", "shops.example/first/second", "woo-2"),
        ("shopee", "https://partner.shopeemobile.com/api/v2/x", "partner.shopeemobile.com", "partner.shopeemobile.com"),
        ("shopee", "https://openplatform.shopee.com.br/api/v2/x", "openplatform.shopee.com.br", "79"),
        ("shopee", "https://openplatform.shopee.com.br/api/v2/x?shop_id=80", "80", "80"),  # the call knows better
        ("shopify", "http://[::1", "a", "a"),
    ],
)
def test_the_account_of_a_call(platform: str, url: str, said: str | None, account: str) -> None:
    assert Platforms(Config(stores=STORES)).account(platform, url, said) == account
