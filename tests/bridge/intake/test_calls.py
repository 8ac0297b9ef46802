"""What is remembered of a form of URL is what the adapter says of each URL of that form."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from openclaw_otel.config import Config, StoreConfig
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import Exchange
from openclaw_otel_bridge.intake import calls
from openclaw_otel_bridge.intake.calls import CallFacts, Calls

PLATFORMS = Platforms()
URLS = (
    "https://demo.myshopify.com/admin/api/2026-10/orders/{}.json",
    "https://demo.myshopify.com/admin/api/2026-10/orders/{}/fulfillments/{}.json",
    "https://demo.myshopify.com/admin/api/2026-10/products/{}/images.json",
    "https://shop.example.com/wp-json/wc/v3/orders/{}/refunds/{}",
    "https://shop.example.com/blog/wp-json/wc/v3/products/{}/variations/{}",
    "https://sellingpartnerapi-eu.amazon.com/orders/v0/orders/{}/items",
    "https://sellingpartnerapi-na.amazon.com/feeds/2021-06-30/feeds/{}",
    "https://open-api.tiktokglobalshop.com/order/202309/orders/{}",
    "https://open-api.tiktokglobalshop.com/return_refund/202309/returns/{}/records",
    "https://partner.shopeemobile.com/api/v2/order/{}",
    "https://api-m.paypal.com/v1/payments/payouts/{}",
    "https://api-m.paypal.com/v2/checkout/orders/{}/capture",
    "https://api.mercadolibre.com/orders/{}",
    "https://api.mercadolibre.com/orders/{}/feedback/{}",
    "https://api.mercadopago.com/v1/payments/{}/refunds",
    "https://api.stripe.com/v1/charges/{}",
    "https://api.ebay.com/sell/fulfillment/v1/order/{}/shipping_fulfillment/{}",
    "https://marketplace.walmartapis.com/v3/orders/{}/acknowledge",
    "https://api.lazada.sg/rest/order/{}",
    "https://openapi-b-eu.temu.com/openapi/router/{}",
)


def asked(method: str, url: str) -> CallFacts | None:
    adapter, exchange = PLATFORMS.adapter_for_url(url), Exchange(method, url)
    if adapter is None:
        return None
    return CallFacts(adapter.name, adapter.store(exchange), adapter.operation(exchange), adapter.objects(exchange))


@pytest.mark.parametrize("url", URLS)
def test_every_url_of_a_form_reads_as_if_asked(url: str) -> None:
    chance, remembered = random.Random(url), Calls(PLATFORMS)
    assert asked("GET", url.format(1, 2)) is not None
    for _ in range(60):
        numbers = [chance.randint(1, 10 ** chance.randint(1, 21)) for _ in range(url.count("{}"))]
        if len(numbers) == 2 and chance.random() < 0.2:
            numbers[1] = numbers[0]
        for method in ("GET", "POST"):
            made = url.format(*numbers)
            assert remembered.read(method, made) == asked(method, made)


def test_one_form_is_asked_once() -> None:
    urls = [URLS[0].format(10**12 + number) for number in range(50)]
    remembered = Calls(PLATFORMS)
    found = [remembered.read("GET", url) for url in urls]
    assert len(remembered._forms) == 1
    assert [call.objects["order"] for call in found if call] == [str(10**12 + number) for number in range(50)]
    assert all(one and other and one.operation == other.operation == "orders.get" for one, other in pairwise(found))


def test_custom_platforms_are_always_asked() -> None:

    platforms = Platforms(Config(custom_platforms={"erp": {"hosts": ["erp.example.com"]}}))
    remembered = Calls(platforms)
    call = remembered.read("GET", "https://erp.example.com/v1/orders/123456")
    assert call is not None
    assert call.platform == "custom:erp"
    assert remembered._forms == {}


def test_stores_told_apart_by_a_number_are_always_asked() -> None:
    stores = (StoreConfig("a", "woocommerce", "https://erp.example.com/12345"),)
    remembered = Calls(Platforms(Config(stores=stores)))
    assert remembered.read("GET", "https://erp.example.com/54321/orders/1") is None
    found = remembered.read("GET", "https://erp.example.com/12345/orders/1")
    assert found is not None
    assert found.platform == "woocommerce"


def test_no_platform_and_endless_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    remembered = Calls(PLATFORMS)
    assert remembered.read("GET", "https://example.com/orders/123456") is None
    monkeypatch.setattr(calls, "MOST_FORMS", 8)
    for number in range(40):
        remembered.read("GET", f"https://demo.myshopify.com/admin/api/2026-10/a{number}/123456.json")
    assert 0 < len(remembered._forms) <= 8
