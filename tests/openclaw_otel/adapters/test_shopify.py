"""Shopify: vectors, samples, every form of an error, observations."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import testing
from openclaw_otel.adapters.shopify import ShopifyAdapter
from openclaw_otel.errors import SignatureError
from openclaw_otel.http_values import timestamp
from openclaw_otel.record import Category, ErrorRecord, Evidence, Exchange, WebhookRequest

PAYLOADS = Path(__file__).parents[2] / "payloads" / "shopify"
SAMPLES = json.loads((PAYLOADS / "samples.json").read_text("utf-8"))
SHOPIFY = ShopifyAdapter()
API = "https://demo.myshopify.com/admin/api/2025-01"
CATEGORY_OF_CLASS = {"account_state": "quota", "deprecated": "not_found"}


def rest(path: str, status: int, body: Any, method: str = "GET", **headers: str) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(method, f"{API}/{path}", status=status, response_headers=headers, response_body=raw)


def gql(body: Any, query: str = "mutation { productVariantsBulkUpdate { userErrors { code } } }") -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = json.dumps({"query": query}).encode()
    return Exchange("POST", f"{API}/graphql.json", {}, sent, 200, {}, raw)


def failed(exchange: Exchange) -> ErrorRecord:
    record = SHOPIFY.handle_error(exchange)
    assert record is not None
    return record


@pytest.mark.parametrize("vector", testing.load_vectors(PAYLOADS / "vectors.json"), ids=lambda vector: vector.name)
def test_webhook_vectors(vector: testing.Vector) -> None:
    testing.check_vector(SHOPIFY, vector)


@pytest.mark.parametrize(
    "vector", testing.load_vectors(PAYLOADS / "query_vectors.json"), ids=lambda vector: vector.name
)
def test_query_vectors(vector: testing.Vector) -> None:
    def refusal(url: str) -> SignatureError | None:
        try:
            SHOPIFY.verify_query(url, vector.secrets, now=vector.now)
        except SignatureError as error:
            return error
        return None

    assert (refusal(vector.request.url) is None) is vector.valid
    if vector.valid:
        assert refusal(vector.request.url.replace("shop=some", "shop=sume")) is not None
        assert vector.now is not None
        with pytest.raises(SignatureError, match="expired"):
            SHOPIFY.verify_query(vector.request.url, vector.secrets)


def test_queries_without_a_signature() -> None:
    for query, reason in (("", "missing_header"), ("?hmac=", "missing_header"), ("?hmac=ab&shop=x", "mismatch")):
        with pytest.raises(SignatureError) as error:
            SHOPIFY.verify_query(f"https://app.example/cb{query}", ["s"])
        assert error.value.reason == reason


def test_the_contract() -> None:
    urls = (
        f"{API}/orders/5678901234567.json",
        f"{API}/orders/1/fulfillments/2/cancel.json",
        "https://demo.myshopify.com/admin/oauth/access_token",
        f"{API}/graphql.json",
        f"{API}/products.json?page_info=abc",
    )
    testing.check_adapter(SHOPIFY, urls)


@pytest.mark.parametrize("sample", SAMPLES["webhooks"], ids=lambda sample: sample["name"])
def test_sample_webhooks(sample: dict[str, Any]) -> None:
    body = json.dumps(sample["body"]).encode()
    webhook = SHOPIFY.parse_webhook(WebhookRequest("POST", "https://h.example/", sample["headers"], body))
    assert (webhook.topic, webhook.delivery_id, webhook.event_id) == (sample["expect"]["topic"], "wh-1", "ev-1")
    assert webhook.store == "demo-shop.myshopify.com"
    assert webhook.occurred_at == timestamp("2026-09-30T01:00:01.123456Z")


def test_the_events_header_family() -> None:
    headers = {
        "shopify-topic": "products",
        "shopify-action": "update",
        "shopify-event-id": "e1",
        "shopify-shop-domain": "d",
    }
    webhook = SHOPIFY.parse_webhook(WebhookRequest("POST", "https://h.example/", headers, b"{}"))
    assert (webhook.topic, webhook.event_id, webhook.store) == ("products/update", "e1", "d")


def test_age_is_checked_only_when_asked() -> None:
    vector = next(one for one in testing.load_vectors(PAYLOADS / "vectors.json") if one.name == "utf8-order")
    now = datetime(2027, 1, 1, tzinfo=UTC)
    SHOPIFY.verify_webhook_signature(vector.request, vector.secrets, now=now)
    with pytest.raises(SignatureError, match="expired"):
        SHOPIFY.verify_webhook_signature(vector.request, vector.secrets, now=now, tolerance=300)


@pytest.mark.parametrize("sample", SAMPLES["api_errors"], ids=lambda sample: sample["name"])
def test_sample_errors(sample: dict[str, Any]) -> None:
    raw = sample["body_text"].encode() if "body_text" in sample else json.dumps(sample["body"]).encode()
    path = "graphql.json" if sample["name"].startswith("gql") else "orders.json"
    exchange = Exchange("POST", f"{API}/{path}", {}, b"", sample["http_status"], sample["headers"], raw)
    record = SHOPIFY.handle_error(exchange)
    expected = sample["expect"]
    if expected["class"] == "ok":
        assert record is None
        return
    assert record is not None
    category = (
        "permission" if sample["http_status"] == 423 else CATEGORY_OF_CLASS.get(expected["class"], expected["class"])
    )
    assert record.category == category
    assert record.code == (None if expected["code"].isdigit() else expected["code"])
    assert record.retryable is (category in ("rate_limit", "platform_outage"))
    if expected["retry_after_s"] is not None:
        assert SHOPIFY.retry_after(exchange) == expected["retry_after_s"]


USER_ERRORS = [
    {"field": ["variants", "16", "compareAtPrice"], "message": "must be >= 0", "code": "NEGATIVE_PRICE_VALUE"},
    {"field": ["variants", "3", "price"], "message": "must be >= 0", "code": "NEGATIVE_PRICE_VALUE"},
    {"field": None, "message": "no such variant", "code": "PRODUCT_VARIANT_DOES_NOT_EXIST"},
]


def test_user_errors_are_a_set_in_any_order() -> None:
    bodies = [{"data": {"mine": {"userErrors": errors}}} for errors in (USER_ERRORS, USER_ERRORS[::-1])]
    first, second = (failed(gql(body)) for body in bodies)
    assert (first.codes, first.fields) == (second.codes, second.fields)
    assert first.fields == ("variants.compareAtPrice", "variants.price")
    assert first.message == second.message
    assert first.operation == "graphql productVariantsBulkUpdate"


def test_user_errors_of_other_names_and_without_code() -> None:
    body = {
        "data": {
            "customerCreate": {
                "customerUserErrors": [{"field": ["email"], "message": "has been taken", "code": "TAKEN"}]
            }
        }
    }
    assert failed(gql(body)).category is Category.CONFLICT
    plain = failed(gql({"data": {"tagsAdd": {"userErrors": [{"field": ["id"], "message": "Order does not exist"}]}}}))
    assert (plain.evidence, plain.fields, plain.category) == (Evidence.ANSWER, ("id",), Category.NOT_FOUND)
    assert SHOPIFY.handle_error(gql({"data": {"tagsAdd": {"userErrors": []}}})) is None


@pytest.mark.parametrize("keep", range(150, 330, 15))
def test_cut_bodies_still_tell_code_and_field(keep: int) -> None:
    whole = json.dumps({"data": {"productVariantsBulkUpdate": {"productVariants": None, "userErrors": USER_ERRORS}}})
    record = failed(gql(whole[:keep].encode()))
    assert record.code == "NEGATIVE_PRICE_VALUE" if keep > 200 else record.code in (None, "NEGATIVE_PRICE_VALUE")
    assert "variants.compareAtPrice" in record.fields
    assert set(record.codes) <= {"NEGATIVE_PRICE_VALUE", "PRODUCT_VARIANT_DOES_NOT_EXIST"}
    assert set(record.fields) <= {"variants.compareAtPrice", "variants.price"}


def test_top_level_errors_name_fields() -> None:
    body = {
        "errors": [
            {"message": "x", "path": ["orders", "edges", 0, "node", "email"], "extensions": {"code": "ACCESS_DENIED"}}
        ]
    }
    assert failed(gql(body)).fields == ("orders.edges.node.email",)
    body = {"errors": [{"message": "x", "extensions": {"code": "undefinedField", "fieldName": "foo"}}]}
    assert failed(gql(body)).fields == ("foo",)
    body = {
        "errors": [
            {"message": "x", "extensions": {"code": "INVALID_VARIABLE", "problems": [{"path": ["input", 0, "sku"]}]}}
        ]
    }
    assert failed(gql(body)).fields == ("input.sku",)


@pytest.mark.parametrize(
    ("status", "body", "category", "fields", "message"),
    [
        (
            422,
            {"errors": {"price": ["is bad"], "sku": ["is too long"]}},
            "validation",
            ("price", "sku"),
            "price is bad; sku is too long",
        ),
        (
            422,
            {"errors": {"line_items": [{"quantity": ["is odd"]}]}},
            "validation",
            ("line_items.quantity",),
            "quantity is odd",
        ),
        (422, {"errors": {"base": ["Order is invalid"]}}, "validation", ("base",), "Order is invalid"),
        (
            422,
            {"errors": {"handle": "has already been taken"}},
            "conflict",
            ("handle",),
            "handle has already been taken",
        ),
        (422, {"errors": ["Fulfillment order 1 has an unfulfillable status= closed."]}, "business_rule", (), None),
        (429, {"errors": "Daily variant creation limit reached."}, "quota", (), None),
        (
            403,
            {"errors": "[API] This action requires merchant approval for read_orders scope."},
            "permission",
            (),
            None,
        ),
        (402, {"errors": "Unavailable Shop"}, "quota", (), "Unavailable Shop"),
        (
            400,
            {"error": "Required parameter missing or invalid"},
            "validation",
            (),
            "Required parameter missing or invalid",
        ),
        (404, b"<!DOCTYPE html><html></html>", "not_found", (), ""),
        (502, b"<html><title>502</title></html>", "platform_outage", (), ""),
        (783, b"", "validation", (), ""),
    ],
)
def test_rest_errors(status: int, body: Any, category: str, fields: tuple[str, ...], message: str | None) -> None:
    record = failed(rest("orders/1.json", status, body))
    assert (record.category, record.code, record.fields) == (category, None, fields)
    assert message is None or record.message == message


def test_oauth_errors_have_a_code() -> None:
    body = {"error": "application_cannot_be_found", "error_description": "no such app"}
    exchange = Exchange(
        "POST",
        "https://demo.myshopify.com/admin/oauth/access_token",
        status=400,
        response_body=json.dumps(body).encode(),
    )
    record = failed(exchange)
    assert (record.operation, record.code, record.category) == (
        "oauth.access_token.create",
        "application_cannot_be_found",
        Category.AUTH,
    )


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/admin/api/2024-07/orders/123.json", "orders.get"),
        ("GET", "/admin/orders.json", "orders.list"),
        ("POST", "/admin/api/unstable/orders/1/cancel.json", "orders.cancel"),
        ("PUT", "/admin/api/2025-01/variants/1.json", "variants.update"),
        ("GET", "/admin/api/2025-01/products/1/metafields.json", "products.metafields.list"),
        ("GET", "/admin/api/2025-01/products/count.json", "products.count"),
        ("POST", "/admin/api/2025-01/inventory_levels/set.json", "inventory_levels.set"),
    ],
)
def test_rest_operations(method: str, path: str, expected: str) -> None:
    assert SHOPIFY.operation(Exchange(method, f"https://demo.myshopify.com{path}?x=1")) == expected


def test_objects() -> None:
    assert SHOPIFY.objects(rest("orders/12/fulfillments/34.json", 200, {})) == {"order": "12", "fulfillment": "34"}
    body = json.dumps(
        {"query": "{ x }", "variables": {"id": "gid://shopify/Order/99", "p": "gid://shopify/Shop/1"}}
    ).encode()
    assert SHOPIFY.objects(Exchange("POST", f"{API}/graphql.json", request_body=body)) == {"order": "99"}


def cost(wanted: float, there: float, rate: float = 100.0) -> dict[str, Any]:
    throttle = {"maximumAvailable": 2000.0, "currentlyAvailable": there, "restoreRate": rate}
    return {"extensions": {"cost": {"requestedQueryCost": wanted, "throttleStatus": throttle}}}


def test_retry_after() -> None:
    assert SHOPIFY.retry_after(rest("orders.json", 429, {}, **{"Retry-After": "2.0"})) == 2.0
    assert SHOPIFY.retry_after(gql(cost(202, 118))) == 0.84
    assert SHOPIFY.retry_after(gql(cost(10, 118))) is None
    assert SHOPIFY.retry_after(gql(cost(202, 118, 0.0))) is None
    assert SHOPIFY.retry_after(rest("orders.json", 429, {})) is None


def test_observations() -> None:
    low = SHOPIFY.observe(rest("orders.json", 200, {}, **{"X-Shopify-Shop-Api-Call-Limit": "39/40"}))
    assert low is not None
    assert (low.kind, low.operation, low.store) == ("rate_budget", "orders.list", "demo.myshopify.com")
    assert low.remaining == pytest.approx(0.025)
    headers = {"X-Shopify-Shop-Api-Call-Limit": "1/40", "X-Shopify-API-Deprecated-Reason": "use graphql"}
    old = SHOPIFY.observe(rest("orders.json", 200, {}, **headers))
    assert old is not None
    assert (old.kind, old.detail) == ("deprecation", "use graphql")
    bucket = SHOPIFY.observe(gql(cost(1, 500)))
    assert bucket is not None
    assert bucket.remaining == 0.25
    assert SHOPIFY.observe(rest("orders.json", 200, {}, **{"X-Shopify-Shop-Api-Call-Limit": "²/40"})) is None
    token = Exchange(
        "POST",
        "https://demo.myshopify.com/admin/oauth/access_token",
        status=200,
        response_body=b'{"access_token": "x", "expires_in": 3600}',
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    expiry = SHOPIFY.observe(token)
    assert expiry is not None
    assert (expiry.kind, expiry.expires_at) == ("token_expiry", datetime(2026, 1, 1, 1, tzinfo=UTC))


def test_a_bad_signature_is_answered_401() -> None:
    assert SHOPIFY.answer("bad_signature", WebhookRequest("POST", "/", {}, b"")).status == 401


def test_a_vague_code_is_read_with_its_message() -> None:
    def refused(message: str) -> ErrorRecord:
        return failed(
            gql({"data": {"orderCancel": {"userErrors": [{"field": ["id"], "message": message, "code": "INVALID"}]}}})
        )

    done, wrong = refused("Order has already been cancelled"), refused("Reason is invalid")
    assert (done.category, wrong.category) == (Category.BUSINESS_RULE, Category.VALIDATION)
    assert (done.meaning, wrong.meaning) == ("shopify.INVALID/business_rule", None)
