"""WooCommerce: vectors, samples, routes in every form, errors, batches, pings."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import signing, testing
from openclaw_otel.adapters.woocommerce import WooCommerceAdapter
from openclaw_otel.errors import SignatureError
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import Category, ErrorRecord, Exchange, WebhookRequest

PAYLOADS = Path(__file__).parents[2] / "payloads" / "woocommerce"
SAMPLES = json.loads((PAYLOADS / "samples.json").read_text("utf-8"))
VECTORS = {vector.name: vector for vector in testing.load_vectors(PAYLOADS / "vectors.json")}
WOO = WooCommerceAdapter()
API = "https://shop.example.com/wp-json/wc/v3"
FINER = {"signature": "auth", "woocommerce_rest_product_sku_already_exists": "conflict"}
"""Finer class names of the samples, and a code whose text ("The SKU already exists") says conflict."""


def call(path: str, status: int, body: Any, method: str = "GET", **headers: str) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = path if path.startswith("http") else f"{API}/{path}"
    return Exchange(method, url, status=status, response_headers=headers, response_body=raw)


def failed(exchange: Exchange) -> ErrorRecord:
    record = WOO.handle_error(exchange)
    assert record is not None
    return record


@pytest.mark.parametrize("vector", VECTORS.values(), ids=lambda vector: vector.name)
def test_webhook_vectors(vector: testing.Vector) -> None:
    testing.check_vector(WOO, vector)


def test_a_secret_counts_as_typed_and_decoded() -> None:
    body, typed = b'{"id":1}', "p&ss'w\"d"
    stored = html.escape(typed)
    headers = {"X-WC-Webhook-Signature": signing.digest(typed.encode(), body).decode()}
    for secret in (typed, stored):
        WOO.verify_webhook_signature(WebhookRequest("POST", "https://h.example/", headers, body), ["other", secret])
    with pytest.raises(SignatureError, match="no_secret"):
        WOO.verify_webhook_signature(WebhookRequest("POST", "https://h.example/", headers, body), [])


def test_the_ping_is_no_event() -> None:
    ping = VECTORS["ping-unsigned"].request
    refusal = testing.verdict(WOO, VECTORS["ping-unsigned"])
    assert refusal is not None
    assert refusal.reason == "unsigned_scheme"
    webhook = WOO.parse_webhook(ping)
    assert (webhook.is_ping, webhook.topic) == (True, "ping")
    assert WOO.is_delivery_request(ping)
    assert WOO.answer("ping", ping).status == 200
    assert not WOO.is_delivery_request(replace(ping, headers={"User-Agent": "curl"}))
    forged = replace(ping, headers={**ping.headers, "X-WC-Webhook-Topic": "order.created"})
    assert not WOO.parse_webhook(forged).is_ping
    other = testing.verdict(WOO, VECTORS["ping-unsigned"], replace(ping, body=b"webhook_id=7&x=1"))
    assert other is not None
    assert other.reason == "missing_header"


@pytest.mark.parametrize("sample", SAMPLES["webhooks"], ids=lambda sample: sample["name"])
def test_sample_webhooks(sample: dict[str, Any]) -> None:
    body = json.dumps(sample["body"]).encode()
    request = WebhookRequest("POST", "https://h.example/", sample["headers"], body)
    webhook = WOO.parse_webhook(request)
    assert (webhook.topic, webhook.delivery_id) == (sample["expect"]["topic"], sample["expect"]["event_id"])
    assert (webhook.store, webhook.occurred_at, webhook.is_ping) == ("shop.example.com", None, False)
    assert WOO.is_delivery_request(request)


def test_deliveries_of_one_second_are_told_apart() -> None:
    headers = SAMPLES["webhooks"][0]["headers"]
    first, second = (
        WOO.parse_webhook(WebhookRequest("POST", "https://h.example/", headers, body)) for body in (b"1", b"2")
    )
    assert first.delivery_id == second.delivery_id
    assert first.event_id != second.event_id
    assert first == WOO.parse_webhook(WebhookRequest("POST", "https://h.example/", headers, b"1"))


def test_the_contract() -> None:
    urls = (
        f"{API}/orders/727",
        f"{API}/products/12/variations/batch",
        "https://x.example/tienda/?rest_route=%2Fwc%2Fv3%2Forders%2F139955",
        f"{API}/settings/general/woocommerce_currency_2",
    )
    testing.check_adapter(WOO, urls)
    assert set(WOO.console_links) == {"order", "product", "coupon", "customer"}
    assert (WOO.deadline, WOO.signs) == (60.0, "body")


@pytest.mark.parametrize("sample", SAMPLES["api_errors"], ids=lambda sample: sample["name"])
def test_sample_errors(sample: dict[str, Any]) -> None:
    raw = sample["body_text"].encode() if "body_text" in sample else sample["body"]
    exchange = call("products/batch", sample["http_status"], raw, "POST", **sample["headers"])
    record, expected = failed(exchange), sample["expect"]
    assert record.code == (None if expected["code"].isdigit() else expected["code"])
    assert record.category == (FINER.get(expected["code"]) or FINER.get(expected["class"], expected["class"]))
    assert record.retryable is (record.category == "platform_outage")
    if "retry_after_note" in expected:
        assert WOO.retry_after(exchange) == 600.0


A = "woocommerce_rest_authentication_error"


@pytest.mark.parametrize(
    ("status", "code", "message", "category"),
    [
        (401, A, "Consumer secret is invalid.", "auth"),
        (401, A, "Invalid nonce - nonce has already been used.", "auth"),
        (401, A, "The API key provided does not have read permissions.", "permission"),
        (400, "woocommerce_rest_shop_coupon_invalid_id", "ID is invalid.", "not_found"),
        (400, "woocommerce_rest_invalid_customer_id", "Customer ID is invalid.", "validation"),
        (500, "woocommerce_rest_cannot_delete", "The product cannot be deleted.", "platform_outage"),
        (401, "woocommerce_rest_cannot_delete", "Sorry, you are not allowed to delete.", "permission"),
        (400, "registration-error-email-exists", "An account is already registered.", "conflict"),
        (500, "internal_server_error", "There has been a critical error on this website.", "platform_outage"),
        (403, "rest_cannot_create", "Lo siento.", "permission"),
        (400, "acme_subscription_gone_missing", "No such subscription", "not_found"),
        (400, "acme_quirk", "", "validation"),
    ],
)
def test_codes(status: int, code: str, message: str, category: str) -> None:
    record = failed(call("orders/1", status, {"code": code, "message": message, "data": {"status": status}}))
    assert (record.code, record.category) == (code, category)


def test_named_parameters() -> None:
    body: dict[str, Any] = {
        "code": "rest_invalid_param",
        "message": "Parámetro(s) no válido(s): b[0][price], a",
        "data": {"status": 400, "params": {"b[0].price": "x", "a": "y"}},
    }
    assert failed(call("orders", 400, body, "POST")).fields == ("a", "b.price")
    missing = {"code": "rest_missing_callback_param", "message": "x", "data": {"status": 400, "params": ["a", "b"]}}
    assert failed(call("orders", 400, missing, "POST")).fields == ("a", "b")
    body["message"] = "Invalid parameter(s): regular_price, stock"
    del body["data"]
    assert failed(call("orders", 400, body, "POST")).fields == ("regular_price", "stock")
    cut = json.dumps(body).encode()[:-8]
    assert failed(call("orders", 400, cut, "POST")).fields == ("regular_price",)


def test_errors_in_other_clothes() -> None:
    warned = b'<br />\n<b>Warning</b>: x in <b>/y.php</b><br />\n{"code":"rest_no_route","message":"No route"}'
    assert failed(call("orders", 404, warned)).code == "rest_no_route"
    hidden = {"code": "woocommerce_rest_cannot_view", "message": "no", "data": {"status": 401}}
    assert failed(call("orders", 200, hidden)).category is Category.PERMISSION
    assert WOO.handle_error(call("orders", 200, [{"id": 1, "code": "SUMMER"}])) is None
    assert WOO.handle_error(call("coupons/1", 200, {"id": 1, "code": "summer"})) is None
    assert failed(call("orders", 508, b"")).category is Category.PLATFORM_OUTAGE
    assert failed(call("orders", 403, b"<html>Forbidden</html>")).category is Category.PERMISSION


def test_a_batch_reports_its_items_as_a_set() -> None:
    def item(code: str) -> dict[str, Any]:
        return {"id": 0, "error": {"code": code, "message": f"m {code}", "data": {"status": 400}}}

    body = {"create": [{"id": 5}, item("product_invalid_sku")], "update": [item("woocommerce_rest_invalid_id")] * 2}
    record = failed(call("products/batch", 200, body, "POST"))
    assert record.codes == ("product_invalid_sku", "woocommerce_rest_invalid_id")
    assert (record.code, record.operation) == ("product_invalid_sku", "products.batch")
    assert WOO.handle_error(call("products/batch", 200, {"create": [{"id": 5}]}, "POST")) is None


@pytest.mark.parametrize(
    ("method", "url", "operation", "store"),
    [
        ("GET", f"{API}/orders/727?x=1", "orders.get", "shop.example.com"),
        ("GET", "https://a.example/shop/wp-json/wc/v3/orders", "orders.list", "a.example/shop"),
        ("PUT", "https://a.example/?rest_route=/wc/v3/products/5", "products.update", "a.example"),
        ("POST", "http://a.example:8080/s/index.php/wp-json/wc/v2/orders/batch", "orders.batch", "a.example:8080/s"),
        (
            "GET",
            "https://a.example/s/?rest_route=%2Fwc%2Fv3%2Fproducts%2F5%2Fvariations",
            "products.variations.list",
            None,
        ),
        ("GET", f"{API}/payment_gateways/bacs", "payment_gateways.get", None),
        ("PUT", f"{API}/settings/general/woocommerce_currency", "settings.general.update", None),
        ("GET", f"{API}/data/countries/br", "data.countries.get", None),
        ("GET", "https://a.example/wc-api/v3/orders/1", "orders.get", None),
        ("GET", "https://a.example/wp-json/wc-analytics/reports/orders/stats", "reports.orders.stats.list", None),
    ],
)
def test_operations_and_shops(method: str, url: str, operation: str, store: str | None) -> None:
    exchange = Exchange(method, url)
    assert WOO.operation(exchange) == operation
    assert store is None or WOO.store(exchange) == store
    adapter = Platforms().adapter_for_url(url)
    assert adapter is not None
    assert adapter.name == "woocommerce"


def test_other_paths_are_left_alone() -> None:
    for url in (
        "https://a.example/wp-json/wp/v2/posts",
        "https://a.example/?rest_route=/wp/v2/x",
        "https://a.example/wc/v3",
    ):
        assert not WOO.owns_path(url)


def test_objects_and_deprecations() -> None:
    assert WOO.objects(call("orders/1/refunds/2", 200, {})) == {"order": "1", "refund": "2"}
    old = WOO.observe(call("orders", 200, [], **{"X-WP-DeprecatedParam": "rest: x (since 9.0)"}))
    assert old is not None
    assert (old.kind, old.operation) == ("deprecation", "orders.list")
    assert WOO.observe(call("orders", 200, [])) is None
    assert WOO.answer("bad_signature", WebhookRequest("POST", "/", {}, b"")).status == 401
