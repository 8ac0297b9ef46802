"""Every adapter at full size: no bytes, headers, URLs or errors make it raise, whatever the mixture."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from openclaw_otel import testing
from openclaw_otel.adapters import ADAPTERS, get_adapter
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import WebhookRequest

PLATFORMS = {
    "amazon_sp": ("https://sellingpartnerapi-na.amazon.com/orders/v0/orders/902-1845936-5435065",),
    "ebay": ("https://api.ebay.com/sell/fulfillment/v1/order/23-00001-55555", "https://api.ebay.com/ws/api.dll"),
    "lazada": ("https://api.lazada.sg/rest/order/get?order_id=1001",),
    "mercadolibre": (
        "https://api.mercadolibre.com/orders/2000003508419013",
        "https://api.mercadopago.com/v1/payments/1",
    ),
    "paypal": ("https://api-m.paypal.com/v1/payments/payouts/5UXD2E8A7EBQJ",),
    "shopee": ("https://partner.shopeemobile.com/api/v2/order/get_order_detail",),
    "shopify": (
        "https://demo.myshopify.com/admin/api/2025-04/orders/1001.json",
        "https://demo.myshopify.com/admin/api/2025-04/graphql.json",
    ),
    "stripe": ("https://api.stripe.com/v1/charges/ch_3MmlLrLkdIwHu7ix0snN0B15",),
    "temu": ("https://openapi-b-us.temu.com/openapi/router",),
    "tiktok_shop": ("https://open-api.tiktokglobalshop.com/order/202309/orders?ids=576461413038785752",),
    "walmart": ("https://marketplace.walmartapis.com/v3/orders/1796277083022",),
    "woocommerce": ("https://shop.example/wp-json/wc/v3/orders/727",),
}
FULL_SIZE = 20_000
EVERYDAY = 50


def deliveries(headers: tuple[str, ...], *, seed: int, count: int) -> Iterator[WebhookRequest]:
    """Yield deliveries of random odd headers, bodies and URLs."""
    chance = random.Random(seed)
    for _ in range(count):
        body = bytearray(chance.choice(testing.ODD_BODIES)[:3000])
        for _ in range(chance.randint(0, 3) if body else 0):
            body[chance.randrange(len(body))] = chance.randrange(256)
        names = (*headers, "authorization", "content-type", "x-request-id")
        yield WebhookRequest(
            chance.choice(("POST", "GET", "")),
            chance.choice((*testing.ODD_URLS, "https://h.example/in?challenge_code=%ff&code=1")),
            {name: chance.choice(testing.ODD_VALUES) for name in names if chance.random() < 0.6},
            bytes(body[: chance.randint(0, len(body))]),
        )


def check(platform: str, *, seed: int, count: int) -> None:
    adapter = get_adapter(platform)
    testing.check_adapter(adapter, PLATFORMS[platform], seed=seed, count=count)
    for request in deliveries(adapter.delivery_headers, seed=seed, count=count):
        assert adapter.parse_webhook(request).topic
        try:
            adapter.verify_webhook_signature(request, ["secret"], fetch=no_network)
        except SignatureError:
            continue
        assert adapter.signs != "body", request


def no_network(url: str) -> bytes:
    raise OSError(url)


def test_all_are_here() -> None:
    assert set(PLATFORMS) == set(ADAPTERS)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_odd_input(platform: str) -> None:
    check(platform, seed=1, count=EVERYDAY)


@pytest.mark.prove
@pytest.mark.parametrize("platform", PLATFORMS)
def test_odd_input_at_full_size(platform: str) -> None:
    check(platform, seed=2, count=FULL_SIZE)
