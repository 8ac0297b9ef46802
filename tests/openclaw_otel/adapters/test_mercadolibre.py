"""Mercado Libre and Mercado Pago: vectors, unsigned notifications, causes, multigets, rejected payments."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import testing
from openclaw_otel.adapters.mercadolibre import PAGO_DEADLINE, MercadoLibreAdapter
from openclaw_otel.http_values import timestamp
from openclaw_otel.record import Category, ErrorRecord, Exchange, WebhookRequest

PAYLOADS = Path(__file__).parents[2] / "payloads" / "mercadolibre"
SAMPLES = json.loads((PAYLOADS / "samples.json").read_text("utf-8"))
VECTORS = testing.load_vectors(PAYLOADS / "vectors.json")
SIGNED = next(vector for vector in VECTORS if vector.name == "case-preserved-id")
LIBRE, PAGO = (json.dumps(sample["body"]).encode() for sample in SAMPLES["webhooks"])
MERCADO = MercadoLibreAdapter()
API = "https://api.mercadolibre.com"
POLICY, SELLER = "PA_UNAUTHORIZED_RESULT_FROM_POLICIES", "moderations.seller.not_authorized"
MONEY = "https://api.mercadopago.com/v1"


def call(method: str, url: str, status: int, body: Any, sent: Any = None) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = b"" if sent is None else json.dumps(sent).encode()
    return Exchange(method, url, {}, request, status, {"X-Request-Id": "x1"}, raw)


def failed(exchange: Exchange) -> ErrorRecord:
    record = MERCADO.handle_error(exchange)
    assert record is not None
    return record


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_webhook_vectors(vector: testing.Vector) -> None:
    testing.check_vector(MERCADO, vector)


def reason(**changes: Any) -> str:
    refusal = testing.verdict(MERCADO, replace(SIGNED, **changes))
    return "right" if refusal is None else refusal.reason


def test_every_signed_part_counts() -> None:
    request = SIGNED.request
    headers = dict(request.headers)
    for changed in (
        replace(request, url=request.url.replace("ORD01JQ", "ORD01JR")),
        replace(request, url="https://h.example.com/mp?type=payment"),
        replace(request, headers={**headers, "x-request-id": "2066ca19-c6f1-498a-be75-1923005edd07"}),
        replace(
            request, headers={**headers, "x-signature": headers["x-signature"].replace("ts=1742505638683", "ts=1")}
        ),
        replace(request, headers={**headers, "x-signature": "ts=1,v1=签名"}),
    ):
        assert reason(request=changed) == "mismatch"
    assert reason(request=replace(request, body=b'{"changed": 1}')) == "right"  # the body is not signed
    assert MERCADO.signs == "headers"
    assert reason(secrets=("old", *SIGNED.secrets)) == "right"
    assert reason(secrets=()) == "no_secret"


def test_age_is_checked_only_when_asked() -> None:
    signed_at = timestamp(1742505638683)
    assert signed_at is not None
    late = signed_at + timedelta(minutes=10)
    assert reason(now=late) == "right"
    assert reason(now=late, parameters={"tolerance": 300}) == "expired"
    assert reason(now=late, parameters={"tolerance": 900}) == "right"


def test_unsigned_notifications_say_so() -> None:
    ipn = WebhookRequest("POST", "https://h.example/?topic=merchant_order&id=9", {}, b"")
    for request in (WebhookRequest("POST", "https://h.example/", {}, LIBRE), ipn):
        refusal = testing.verdict(MERCADO, SIGNED, request)
        assert refusal is not None
        assert (refusal.reason, "read the resource again" in refusal.hint) == ("unsigned_scheme", True)
    refusal = testing.verdict(MERCADO, SIGNED, WebhookRequest("POST", "https://h.example/", {}, PAGO))
    assert refusal is not None
    assert refusal.reason == "missing_header"  # Mercado Pago signs: a payment without is forged


def test_whose_delivery_it_is() -> None:
    assert MERCADO.is_delivery_request(WebhookRequest("POST", "https://h.example/", {}, LIBRE))
    assert MERCADO.is_delivery_request(SIGNED.request)
    assert not MERCADO.is_delivery_request(WebhookRequest("POST", "https://h.example/", {"x-signature": "abc"}, b"{}"))
    assert not MERCADO.is_delivery_request(WebhookRequest("POST", f"{API}/items", {}, LIBRE))


def test_the_contract() -> None:
    paths = ("/items/MLA123456789", "/orders/2195160686", "/users/468424240/items/search", "/sites/MLA/categories")
    testing.check_adapter(MERCADO, (*(f"{API}{path}" for path in paths), f"{MONEY}/payments/123/refunds"))


@pytest.mark.parametrize("sample", SAMPLES["webhooks"], ids=lambda sample: sample["name"])
def test_sample_webhooks(sample: dict[str, Any]) -> None:
    body = json.dumps(sample["body"]).encode()
    request = WebhookRequest("POST", "https://h.example/", sample["headers"], body)
    webhook, expected = MERCADO.parse_webhook(request), sample["expect"]
    assert (webhook.topic, webhook.store) == (expected["topic"], str(sample["body"]["user_id"]))
    assert webhook.occurred_at == timestamp(expected["timestamp"])
    if expected["event_id"] is not None:
        assert (webhook.event_id, webhook.delivery_id) == (expected["event_id"], sample["headers"]["x-request-id"])
    else:
        again = {**sample["body"], "attempts": 2, "received": "2026-09-30T02:00:00Z"}
        repeated = MERCADO.parse_webhook(replace(request, body=json.dumps(again).encode()))
        assert (webhook.event_id, webhook.attempt, repeated.attempt) == (repeated.event_id, 1, 2)
    exchange = Exchange("POST", request.url, request.headers, body)
    assert expected["entity_id"] in MERCADO.objects(exchange).values()


def test_the_simulators_event_is_a_ping() -> None:
    body = {"action": "payment.updated", "data": {"id": "123456"}, "live_mode": False, "id": "1", "type": "payment"}
    request = WebhookRequest("POST", "https://h.example/", {}, json.dumps(body).encode())
    assert MERCADO.parse_webhook(request).is_ping
    assert not MERCADO.parse_webhook(replace(request, body=PAGO)).is_ping


@pytest.mark.parametrize("sample", SAMPLES["api_errors"], ids=lambda sample: sample["name"])
def test_sample_errors(sample: dict[str, Any]) -> None:
    record = failed(call("GET", f"{API}/orders/1", sample["http_status"], sample["body"]))
    assert (record.category, record.code) == (sample["expect"]["class"], sample["expect"]["code"])
    assert record.retryable is False


CAUSES: list[dict[str, Any]] = [
    {"code": "item.price.invalid", "type": "error", "message": "too low", "references": ["item.price"]},
    {"code": "shipping.me2_adoption_mandatory", "type": "warning", "message": "w", "references": ["shipping.modes"]},
    {"code": "item.attributes.missing_required", "type": "error", "references": ["item.attributes"]},
]
CAUSES[2]["message"] = "The attributes [BRAND, MODEL] are required for category MLA123456."


def test_causes_are_a_set_without_warnings() -> None:
    records = [
        failed(call("POST", f"{API}/items", 400, {"error": "validation_error", "status": 400, "cause": causes}))
        for causes in (CAUSES, CAUSES[::-1])
    ]
    assert records[0].codes == records[1].codes == ("item.attributes.missing_required", "item.price.invalid")
    assert records[0].fields == records[1].fields == ("BRAND", "MODEL", "item.price")
    assert records[0].category is Category.VALIDATION


@pytest.mark.parametrize(
    ("status", "body", "code", "category", "retryable"),
    [
        (400, {"error": "e", "cause": [{"code": 2034, "description": "Invalid"}]}, "2034", "business_rule", False),
        (400, {"error": "bad_request", "message": "Invalid order id", "cause": []}, "bad_request", "validation", False),
        (401, {"code": "unauthorized", "message": "authorization value not present"}, "unauthorized", "auth", False),
        (400, {"error": "invalid_grant", "message": "Error validating grant"}, "invalid_grant", "auth", False),
        (429, {"message": "Too many requests", "error": "too_many_requests"}, "too_many_requests", "rate_limit", True),
        (409, {"error": "conflict", "message": "Optimistic locking, try again"}, "conflict", "conflict", True),
        (409, {"error": "conflict", "message": "Item exists"}, "conflict", "conflict", False),
        (403, {"code": POLICY, "blocked_by": "PolicyAgent", "message": "At least one…"}, POLICY, "permission", False),
        (403, {"cause": [{"code": SELLER, "type": "error"}]}, SELLER, "permission", False),
        (400, {"errors": [{"code": "required_properties"}]}, "required_properties", "validation", False),
        (404, {"message": "Item with id MLA1 not found", "error": "not_found"}, "not_found", "not_found", False),
    ],
)
def test_errors(status: int, body: Any, code: str, category: str, retryable: bool) -> None:
    record = failed(call("POST", f"{API}/items", status, body))
    assert (record.code, record.category, record.retryable) == (code, category, retryable)


def test_two_meanings_of_forbidden() -> None:
    records = [failed(call("GET", f"{API}/orders/1", 403, sample["body"])) for sample in SAMPLES["api_errors"]]
    assert [record.meaning for record in records] == ["mercadolibre.invalid_scopes", "mercadolibre.forbidden"]


def test_a_cut_body_keeps_code_and_field() -> None:
    body = json.dumps({"cause": CAUSES[::-1], "error": "validation_error"}).encode()
    cut = failed(call("POST", f"{API}/items", 400, body[: body.index(b"are required") + 10]))
    assert (cut.code, cut.fields) == ("item.attributes.missing_required", ("BRAND", "MODEL"))


def test_failures_inside_2xx() -> None:
    entries = [{"code": 200, "body": {}}, {"code": 404, "body": {"error": "not_found", "message": "no item"}}]
    assert failed(call("GET", f"{API}/items?ids=MLA1,MLA2", 200, entries)).code == "not_found"
    assert MERCADO.handle_error(call("GET", f"{API}/items?ids=MLA1", 200, entries[:1])) is None
    rejected = {"id": 1, "status": "rejected", "status_detail": "cc_rejected_insufficient_amount"}
    record = failed(call("POST", f"{MONEY}/payments", 201, rejected))
    assert (record.category, record.code, record.operation) == (Category.BUSINESS_RULE, None, "payments.create")
    assert "insufficient_amount" in record.message
    assert MERCADO.handle_error(call("GET", f"{MONEY}/payments/1", 200, rejected)) is None
    assert MERCADO.handle_error(call("POST", f"{MONEY}/payments", 201, {"status": "approved"})) is None


@pytest.mark.parametrize(("status", "category"), [(503, "platform_outage"), (429, "rate_limit"), (401, "auth")])
def test_answers_without_json(status: int, category: str) -> None:
    record = failed(call("GET", f"{API}/items/MLA1", status, b"<html>x</html>"))
    assert (record.category, record.code, record.request_id) == (category, None, "x1")


@pytest.mark.parametrize(
    ("method", "url", "expected"),
    [
        ("POST", f"{API}/items", "items.create"),
        ("GET", f"{API}/items/MLA123456789", "items.get"),
        ("PUT", f"{API}/items/MLB1/description", "items.description.update"),
        ("GET", f"{API}/orders/search?seller=1", "orders.search"),
        ("GET", f"{API}/users/me", "users.get"),
        ("GET", f"{API}/sites/MLA/categories", "sites.categories.list"),
        ("POST", f"{API}/oauth/token", "oauth.token"),
        ("GET", f"{API}/post-purchase/v1/claims/5001", "post-purchase.claims.get"),
        ("POST", f"{MONEY}/payments/123/refunds", "payments.refunds.create"),
    ],
)
def test_operations(method: str, url: str, expected: str) -> None:
    assert MERCADO.operation(Exchange(method, url)) == expected


def test_store_and_token_expiry() -> None:
    exchange = call("POST", f"{API}/oauth/token", 200, {"expires_in": 21600, "user_id": 77})
    seen = MERCADO.observe(replace(exchange, started_at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert seen is not None
    assert (seen.kind, seen.store, seen.expires_at) == ("token_expiry", "77", datetime(2026, 1, 1, 6, tzinfo=UTC))
    headers = {"Authorization": "Bearer APP_USR-5503910054141466-093001-abcdef-468424240"}
    assert MERCADO.store(Exchange("GET", f"{API}/orders/1", headers)) == "468424240"
    assert MERCADO.store(Exchange("GET", f"{API}/orders/1")) == "api.mercadolibre.com"
    assert (MERCADO.deadline, PAGO_DEADLINE) == (0.5, 22.0)
