"""What the integration services of a shop do all day, each failing in its own way.

Every scenario is plain client code (requests, httpx) in a span of the service, as an integration team writes it; the
library sees the failures from outside.
"""

from __future__ import annotations

import base64
import json
import logging
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from opentelemetry import trace

log = logging.getLogger(__name__)
TIMEOUT = 10.0
_BUYER = {"name": "陈伟", "email": "wei.chen@example.com", "phone": "+86 138 0013 8000", "address1": "示例路 1 号"}


@dataclass(frozen=True, slots=True)
class Shop:
    """Where the scenarios find their platforms: platform name → base URL, and the bridge for webhooks."""

    urls: Mapping[str, str]
    bridge_url: str
    store: str = "demo"

    def call(self, platform: str, method: str, path: str, **options: Any) -> requests.Response:
        """Call a platform as its client would."""
        options.setdefault("timeout", TIMEOUT)
        return requests.request(method, self.urls[platform] + path, **options)


Scenario = Callable[[Shop, str], None]
"""(shop, order number) → plays once; what it raises ends there, as in a worker's loop."""


def list_orders(shop: Shop, order: str) -> None:
    """The order import runs into the leaky bucket."""
    headers = {"X-Shopify-Access-Token": "shpat_" + uuid.uuid4().hex}
    shop.call("shopify", "GET", "/admin/api/2026-07/orders.json?status=open", headers=headers).raise_for_status()


def update_price(shop: Shop, order: str) -> None:
    """A price update with a negative price: refused inside HTTP 200."""
    mutation = "productVariantsBulkUpdate(variants: $v) { userErrors { code } }"
    query = f"mutation up($v: [ProductVariantsBulkInput!]!) {{ {mutation} }}"
    body = {"query": query, "variables": {"v": [{"id": "gid://shopify/ProductVariant/1", "price": "-1.00"}]}}
    shop.call("shopify", "POST", "/admin/api/2026-07/graphql.json", json=body)


def export_orders(shop: Shop, order: str) -> None:
    """A large GraphQL query that costs more than the bucket holds."""
    body = {"query": "query big { orders(first: 250) { nodes { id lineItems(first: 50) { nodes { sku } } } } }"}
    shop.call("shopify", "POST", "/admin/api/2026-07/graphql.json", json=body)


def list_products(shop: Shop, order: str) -> None:
    """The app was uninstalled: its token is dead."""
    shop.call("shopify", "GET", "/admin/api/2026-07/products.json", headers={"X-Shopify-Access-Token": "shpat_dead"})


def fulfil(shop: Shop, order: str) -> None:
    """A fulfilment without lines, from an order that names its buyer."""
    body = {"fulfillment": {"order_id": order, "notify_customer": True, "destination": _BUYER}}
    shop.call("shopify", "POST", "/admin/api/2026-07/fulfillments.json", json=body)


def sales_report(shop: Shop, order: str) -> None:
    """A report that takes longer than its reader waits."""
    shop.call("shopify", "GET", "/admin/api/2026-07/reports.json", timeout=0.4)


def import_address(shop: Shop, order: str) -> None:
    """The platform answers well, and our own mapping stumbles over a missing address."""
    found = shop.call("shopify", "GET", f"/admin/api/2026-07/orders/{order}.json").json()["order"]
    log.info("ship to %s", found["shipping_address"]["city"])


def pay_out(shop: Shop, order: str) -> None:
    """A payout from an empty balance."""
    item = {"recipient_type": "EMAIL", "receiver": _BUYER["email"], "amount": {"value": "25.00", "currency": "USD"}}
    body = {"sender_batch_header": {"sender_batch_id": f"B-{order}"}, "items": [item]}
    shop.call("paypal", "POST", "/v1/payments/payouts", json=body, headers={"Authorization": "Bearer A21AAFake"})


def check_payout(shop: Shop, order: str) -> None:
    """A payout nobody can claim."""
    shop.call("paypal", "GET", "/v1/payments/payouts-item/8AELMXH8UB2P8")


def capture(shop: Shop, order: str) -> None:
    """A declined card at capture."""
    shop.call("paypal", "POST", "/v2/checkout/orders/5O190127TN364715T/capture", json={}).raise_for_status()


def paypal_token(shop: Shop, order: str) -> None:
    """A client secret that was rotated and not told to us."""
    shop.call(
        "paypal", "POST", "/v1/oauth2/token", data={"grant_type": "client_credentials"}, auth=("id", "old-secret")
    )


def push_order(shop: Shop, order: str) -> None:
    """The ERP refuses an order inside HTTP 200."""
    body = {"order_no": order, "buyer": _BUYER, "lines": [{"sku": "SKU-1", "quantity": 2}]}
    shop.call("custom:erp", "POST", "/api/orders", json=body)


def read_stock(shop: Shop, order: str) -> None:
    """The ERP's proxy is broken: HTML instead of JSON."""
    shop.call("custom:erp", "GET", "/api/stock/SKU-1")


def tiktok_orders(shop: Shop, order: str) -> None:
    """An access token that ran out, inside HTTP 200."""
    headers = {"x-tts-access-token": "TTP_expired"}
    shop.call(
        "tiktok_shop",
        "POST",
        "/order/202309/orders/search?app_key=1&shop_id=7495551234567890123",
        headers=headers,
        json={},
    )


def shopee_price(shop: Shop, order: str) -> None:
    """A price that may not change during a promotion."""
    body = {"item_id": 23, "price_list": [{"original_price": 9.9}]}
    shop.call("shopee", "POST", "/api/v2/product/update_price?shop_id=221844013&partner_id=1", json=body)


def woo_products(shop: Shop, order: str) -> None:
    """A REST key without the right to list."""
    shop.call("woocommerce", "GET", "/wp-json/wc/v3/products?per_page=20", auth=("ck_demo", "cs_demo"))


def amazon_items(shop: Shop, order: str) -> None:
    """An empty token bucket."""
    shop.call("amazon_sp", "GET", "/orders/v0/orders/902-3159896-1390916/orderItems")


def forged_webhook(shop: Shop, order: str) -> None:
    """A delivery whose signature does not match: somebody forgot to rotate the secret on one side."""
    body = json.dumps({"id": int(order), "name": f"#{order}", "email": _BUYER["email"]}).encode()
    headers = {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Hmac-Sha256": base64.b64encode(uuid.uuid4().bytes * 2).decode(),
        "X-Shopify-Shop-Domain": "demo.myshopify.com",
        "X-Shopify-API-Version": "2026-07",
        "X-Shopify-Webhook-Id": str(uuid.uuid4()),
        "Content-Type": "application/json",
    }
    requests.post(f"{shop.bridge_url}/webhook/shopify/{shop.store}", data=body, headers=headers, timeout=TIMEOUT)


SCENARIOS: Mapping[str, tuple[str | None, Scenario]] = {
    "import orders": ("shopify", list_orders),
    "update prices": ("shopify", update_price),
    "export orders": ("shopify", export_orders),
    "sync products": ("shopify", list_products),
    "fulfil order": ("shopify", fulfil),
    "sales report": ("shopify", sales_report),
    "import address": ("shopify", import_address),
    "pay suppliers": ("paypal", pay_out),
    "check payouts": ("paypal", check_payout),
    "capture payment": ("paypal", capture),
    "refresh token": ("paypal", paypal_token),
    "push order to ERP": ("custom:erp", push_order),
    "read stock": ("custom:erp", read_stock),
    "import TikTok orders": ("tiktok_shop", tiktok_orders),
    "update Shopee prices": ("shopee", shopee_price),
    "sync Woo products": ("woocommerce", woo_products),
    "read Amazon items": ("amazon_sp", amazon_items),
    "receive webhook": (None, forged_webhook),
}
"""Job name → (platform it calls, scenario)."""


def play(name: str, shop: Shop) -> None:
    """Play one scenario inside a span of its job; what it raises is logged and recorded there, as a worker does."""
    order = str(random.randint(1001, 1099))
    with trace.get_tracer("demo.jobs").start_as_current_span(name, attributes={"demo.order": order}) as span:
        try:
            with trace.get_tracer("demo.jobs").start_as_current_span(f"{name}: load"):
                log.debug("load %s", order)
            SCENARIOS[name][1](shop, order)
        except (requests.RequestException, LookupError, ValueError) as error:
            span.record_exception(error)
            span.set_status(trace.StatusCode.ERROR, str(error))
