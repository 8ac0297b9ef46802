"""The conformance suite finds what is wrong with an adapter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from openclaw_otel import testing
from openclaw_otel.adapters import all_adapters
from openclaw_otel.adapters.base import Adapter
from openclaw_otel.adapters.shopify import ShopifyAdapter
from openclaw_otel.catalog import parse_catalog
from openclaw_otel.record import Exchange, Webhook, WebhookRequest

VECTORS = {vector.name: vector for vector in testing.load_vectors("tests/payloads/shopify/vectors.json")}


class Trusting(ShopifyAdapter):
    def verify_webhook_signature(self, request: WebhookRequest, secrets: Sequence[str], **parameters: Any) -> None:
        """Accept anything."""


class Fragile(ShopifyAdapter):
    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        return Webhook(topic=request.body.decode("ascii") or "x")


class Chatty(ShopifyAdapter):
    def operation(self, exchange: Exchange) -> str:
        return f"orders.{exchange.url.rsplit('/', 1)[-1]}"


class Deaf(ShopifyAdapter):
    def handle_error(self, exchange: Exchange) -> None:
        return None


def test_a_forged_delivery_must_be_refused() -> None:
    with pytest.raises(AssertionError, match="forged"):
        testing.check_vector(Trusting(), VECTORS["tampered-body"])
    with pytest.raises(AssertionError, match="changed"):
        testing.check_vector(Trusting(), VECTORS["utf8-order"])


def test_a_right_delivery_must_be_accepted() -> None:
    class Refusing(ShopifyAdapter):
        def verify_webhook_signature(self, request: WebhookRequest, secrets: Sequence[str], **parameters: Any) -> None:
            super().verify_webhook_signature(request, ["other"], **parameters)

    with pytest.raises(AssertionError, match="refused"):
        testing.check_vector(Refusing(), VECTORS["utf8-order"])


@pytest.mark.parametrize(
    ("adapter", "said"),
    [(Fragile(), "UnicodeDecodeError"), (Trusting(), "odd bytes passed"), (Deaf(), "not taken for an error")],
)
def test_the_contract_is_checked(adapter: ShopifyAdapter, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        testing.check_adapter(adapter)


@pytest.mark.prove
@pytest.mark.parametrize("adapter", list(all_adapters()), ids=lambda adapter: adapter.name)
def test_twenty_thousand_odd_calls_raise_nothing(adapter: Adapter) -> None:
    testing.check_adapter(adapter, seed=20_000, count=20_000)


def test_operations_hold_no_ids() -> None:
    with pytest.raises(AssertionError, match="is an id"):
        testing.check_adapter(Chatty(), ("https://demo.myshopify.com/admin/api/2025-01/orders/1001",))


def test_a_fetch_without_certificate_is_no_network() -> None:
    with pytest.raises(OSError, match="no network"):
        VECTORS["utf8-order"].fetch("https://x.example/")


def test_a_catalog_speaks_both_languages() -> None:
    row = {"id": "a", "category": "auth", "explanation": {"en": "No."}, "next_step": {"en": "x", "zh": "x"}}
    with pytest.raises(AssertionError, match="a: explanation needs en and zh"):
        testing.check_catalog(parse_catalog({"platform": "acme", "rows": [row]}))
