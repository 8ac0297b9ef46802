"""Fake platforms on local ports: they answer, and fail, like the real ones do."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HTML_502 = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a fake platform answers; `delay` in seconds before it does."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0

    def payload(self) -> bytes:
        """Return the body as bytes: JSON of anything that is not bytes already."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()


Route = Callable[[str, str, bytes], Answer | None]
"""(method, path with query, body) → answer; None = 404."""


class FakePlatform:
    """One platform on its own port of 127.0.0.1."""

    def __init__(self, name: str, route: Route) -> None:
        self.name = name
        self._server = _Server(("127.0.0.1", 0), _handler(route))
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.host}"

    def start(self) -> None:
        """Serve in a daemon thread."""
        threading.Thread(target=self._server.serve_forever, name=f"demo-{self.name}", daemon=True).start()

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up waiting is part of the play."""


def _handler(route: Route) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = route(self.command, self.path, body) or Answer(404, {"error": "not found"})
            time.sleep(answer.delay)
            payload = answer.payload()
            self.send_response(answer.status)
            kind = "text/html" if payload.startswith(b"<") else "application/json"
            for name, value in {"Content-Type": kind, **answer.headers, "Content-Length": str(len(payload))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the demo shares the terminal of `up`."""

    return Handler


def shopify(method: str, path: str, body: bytes) -> Answer | None:
    """Shopify Admin API: REST leaky bucket, GraphQL errors inside HTTP 200, an expired token, a slow report."""
    head = {"X-Request-Id": str(uuid.uuid4()), "X-Shopify-Shop-Api-Call-Limit": "39/40"}
    if path.endswith("/graphql.json"):
        return _shopify_graphql(body, head)
    if "/orders.json" in path:
        text = "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."
        return Answer(429, {"errors": text}, {**head, "Retry-After": "2.0"})
    if "/products.json" in path:
        text = "[API] Invalid API key or access token (unrecognized login or wrong password)"
        return Answer(401, {"errors": text}, head)
    if "/fulfillments.json" in path:
        fields: dict[str, Any] = {"line_items_by_fulfillment_order": ["can't be blank"]}
        return Answer(422, {"errors": fields}, head)
    if "/reports.json" in path:
        return Answer(200, {"reports": []}, head, delay=3)
    if "/orders/" in path:
        return Answer(200, {"order": {"id": 5678901234567, "name": "#1001", "email": "wei.chen@example.com"}}, head)
    return None


def _shopify_graphql(body: bytes, head: Mapping[str, str]) -> Answer:
    if b"productVariantsBulkUpdate" in body:
        error: dict[str, Any] = {
            "code": "NEGATIVE_PRICE_VALUE",
            "field": ["variants", "0", "price"],
            "message": "Price can't be negative",
        }
        return Answer(200, {"data": {"productVariantsBulkUpdate": {"product": None, "userErrors": [error]}}}, head)
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": 12.0, "restoreRate": 100.0}
    cost = {"requestedQueryCost": 512, "actualQueryCost": None, "throttleStatus": status}
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
    return Answer(200, {"errors": [error], "extensions": {"cost": cost}}, head)


def paypal(method: str, path: str, body: bytes) -> Answer | None:
    """PayPal: payouts without funds, a declined card, a wrong client secret, an unregistered receiver."""
    head = {"Paypal-Debug-Id": uuid.uuid4().hex[:13]}
    if path.startswith("/v1/oauth2/token"):
        return Answer(401, {"error": "invalid_client", "error_description": "Client Authentication failed"}, head)
    if path.startswith("/v1/payments/payouts-item/"):
        error = {"name": "RECEIVER_UNREGISTERED", "message": "Receiver is unregistered"}
        item = {"receiver": "li.na@example.com", "amount": {"currency": "USD", "value": "25.00"}}
        found = {
            "payout_item_id": "8AELMXH8UB2P8",
            "transaction_status": "UNCLAIMED",
            "errors": error,
            "payout_item": item,
        }
        return Answer(200, found, head)
    if path.startswith("/v1/payments/payouts"):
        error = {"name": "INSUFFICIENT_FUNDS", "message": "Sender does not have sufficient funds. Please add funds."}
        return Answer(422, {**error, "debug_id": head["Paypal-Debug-Id"]}, head)
    if "/capture" in path:
        detail = {"issue": "INSTRUMENT_DECLINED", "description": "The instrument presented was declined by the bank."}
        text = "The requested action could not be performed."
        return Answer(422, {"name": "UNPROCESSABLE_ENTITY", "message": text, "details": [detail]}, head)
    return None


def erp(method: str, path: str, body: bytes) -> Answer | None:
    """An ERP of the house: it refuses orders inside HTTP 200, and hides behind a proxy that is sometimes broken."""
    if path.startswith("/api/orders"):
        error = {"code": "ORDER_REFUSED", "message": "warehouse WH-7 does not stock SKU-1", "field": "lines.sku"}
        return Answer(200, {"ok": False, "error": error, "trace": uuid.uuid4().hex})
    if path.startswith("/api/stock"):
        return Answer(502, HTML_502)
    return None


def tiktok_shop(method: str, path: str, body: bytes) -> Answer | None:
    """TikTok Shop: everything is HTTP 200 with an envelope."""
    text = "Expired credentials. The `x-tts-access-token` header has expired."
    return Answer(200, {"code": 105002, "message": text, "request_id": uuid.uuid4().hex, "data": None})


def shopee(method: str, path: str, body: bytes) -> Answer | None:
    """Shopee: a price that may not change while a promotion runs."""
    text = "Cannot update the price, the item is under promotion."
    return Answer(
        200, {"error": "error_cannot_update_price_in_promotion", "message": text, "request_id": uuid.uuid4().hex}
    )


def woocommerce(method: str, path: str, body: bytes) -> Answer | None:
    """WooCommerce: a key without the right, on a host that strips the Authorization header."""
    text = "Sorry, you cannot list resources."
    return Answer(401, {"code": "woocommerce_rest_cannot_view", "message": text, "data": {"status": 401}})


def amazon_sp(method: str, path: str, body: bytes) -> Answer | None:
    """Amazon SP-API: the token bucket is empty."""
    error = {"code": "QuotaExceeded", "message": "You exceeded your quota for the requested resource.", "details": ""}
    return Answer(429, {"errors": [error]}, {"x-amzn-RequestId": str(uuid.uuid4())})


ACCOUNTS: Mapping[str, str] = {
    "shopify": "demo.myshopify.com",
    "paypal": "paypal-main",
    "custom:erp": "erp-main",
    "tiktok_shop": "7495551234567890123",
    "shopee": "221844013",
    "woocommerce": "shop.demo.example",
    "amazon_sp": "A2DEMO7SELLER",
}
"""Platform name → the account whose calls its fake answers."""
PLATFORMS: Mapping[str, Route] = {
    "shopify": shopify,
    "paypal": paypal,
    "custom:erp": erp,
    "tiktok_shop": tiktok_shop,
    "shopee": shopee,
    "woocommerce": woocommerce,
    "amazon_sp": amazon_sp,
}
"""Platform name → how its fake answers."""
