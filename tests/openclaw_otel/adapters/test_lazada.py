"""Lazada: vectors, samples, whose fault `type` says it is, bans told in messages, token expiry."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import signing, testing
from openclaw_otel.adapters.lazada import LazadaAdapter
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import Category, ErrorRecord, Exchange, WebhookRequest

PAYLOADS = Path(__file__).parents[2] / "payloads"
SAMPLES = json.loads((PAYLOADS / "lazada" / "samples.json").read_text("utf-8"))
VECTORS = testing.load_vectors(PAYLOADS / "lazada" / "vectors.json")
SIGNED = [
    vector
    for vector in json.loads((PAYLOADS / "request_vectors.json").read_text("utf-8"))["vectors"]
    if vector["platform"] == "lazada"
]
LAZADA = LazadaAdapter()
API = "https://api.lazada.com.my/rest"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def call(path: str, status: int, body: Any, **headers: str) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange("GET", f"{API}{path}", {}, b"", status, headers, raw, started_at=NOW)


def failed(exchange: Exchange) -> ErrorRecord:
    record = LAZADA.handle_error(exchange)
    assert record is not None
    return record


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_webhook_vectors(vector: testing.Vector) -> None:
    testing.check_vector(LAZADA, vector)


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector["name"])
def test_the_primitive_of_request_signatures(vector: dict[str, Any]) -> None:
    text = vector["path"] + "".join(f"{key}{vector['params'][key]}" for key in sorted(vector["params"]))
    assert signing.digest(vector["secret"].encode(), text.encode(), encoding="hex").decode().upper() == vector["sign"]


def test_parameters() -> None:
    good = VECTORS[0]
    for changes, reason in (
        ({"parameters": {}}, "no_secret"),
        ({"parameters": {"app_key": "another"}}, "mismatch"),
        ({"parameters": {**good.parameters, "tolerance": 60}, "now": NOW}, "expired"),
        ({"request": replace(good.request, headers={})}, "missing_header"),
    ):
        refusal = testing.verdict(LAZADA, replace(good, **changes))
        assert refusal is not None
        assert refusal.reason == reason


@pytest.mark.parametrize("sample", SAMPLES["webhooks"], ids=lambda sample: sample["name"])
def test_sample_webhooks(sample: dict[str, Any]) -> None:
    body = json.dumps(sample["body"]).encode()
    request = WebhookRequest("POST", "https://h.example/", {"Authorization": "ab" * 32}, body)
    webhook, expected = LAZADA.parse_webhook(request), sample["expect"]
    assert webhook.topic == expected["topic"]
    assert webhook.occurred_at == datetime.fromtimestamp(expected["timestamp"], UTC)
    assert webhook.store in ("9999", "1000165972")
    again = replace(request, body=json.dumps(sample["body"], indent=1).encode())
    assert webhook.event_id == LAZADA.parse_webhook(again).event_id
    found = Platforms().for_delivery_request(request)
    assert found is not None
    assert found.name == "lazada"


def test_milliseconds_and_other_events() -> None:
    sample: dict[str, Any] = SAMPLES["webhooks"][0]["body"]
    slow = json.dumps({**sample, "timestamp": 1603766859000}).encode()
    webhook = LAZADA.parse_webhook(WebhookRequest("POST", "/", {}, slow))
    assert webhook.occurred_at == datetime.fromtimestamp(1603766859, UTC)
    assert (
        webhook.event_id != LAZADA.parse_webhook(WebhookRequest("POST", "/", {}, json.dumps(sample).encode())).event_id
    )
    assert LAZADA.parse_webhook(WebhookRequest("POST", "/", {}, b'{"message_type": "x"}')).topic == "unknown"


def test_the_contract() -> None:
    testing.check_adapter(
        LAZADA, (f"{API}/order/get?order_id=260422900198363", "https://auth.lazada.com/rest/auth/token/create")
    )
    assert (LAZADA.deadline, LAZADA.signs) == (0.5, "body")
    assert "{id}" in LAZADA.console_links["order"]


@pytest.mark.parametrize("sample", SAMPLES["api_errors"], ids=lambda sample: sample["name"])
def test_sample_errors(sample: dict[str, Any]) -> None:
    exchange = call("/orders/get", sample["http_status"], sample["body"], **sample["headers"])
    expected = sample["expect"]
    if expected["class"] == "ok":
        assert LAZADA.handle_error(exchange) is None
        return
    record = failed(exchange)
    assert (record.code, record.category) == (
        expected["code"],
        {"signature": "auth"}.get(expected["class"], expected["class"]),
    )
    assert record.retryable is (record.category in ("rate_limit", "platform_outage"))
    assert LAZADA.retry_after(exchange) == expected["retry_after_s"]


@pytest.mark.parametrize(
    ("code", "kind", "message", "category"),
    [
        ("16", "ISV", "E016: Invalid Order ID", "not_found"),
        ("4147", "ISV", "concurrent modification", "conflict"),
        ("ApiCallLimit", "SYSTEM", "App calls per day exceed the limit", "quota"),
        ("500", "ISV", "SKU not found", "not_found"),
        ("500", "ISV", "refused", "business_rule"),
        ("BrandNew", "ISP", "oops", "platform_outage"),
        ("BrandNew", "ISP", "The access token is invalid", "auth"),
        ("BrandNew", "ISV", "price must be positive", "validation"),
    ],
)
def test_codes(code: str, kind: str, message: str, category: str) -> None:
    record = failed(call("/product/update", 200, {"type": kind, "code": code, "message": message, "request_id": "r"}))
    assert (record.code, record.category, record.request_id) == (code, category, "r")
    assert record.retryable is (category == "platform_outage" or code == "4147")


def test_details_name_fields() -> None:
    detail = [{"field": "Skus.Sku[0].price", "message": "must be a number"}, {"message": "b"}, None]
    record = failed(call("/product/create", 200, {"code": "501", "type": "ISV", "message": "failed", "detail": detail}))
    assert record.fields == ("Skus.Sku.price",)
    assert record.message == "failed b must be a number"
    assert failed(call("/x", 503, b"<html>")).category is Category.PLATFORM_OUTAGE
    assert failed(call("/x", 200, b'{"type":"ISV","code":"IllegalAccessToken","mess')).category is Category.AUTH
    assert failed(call("/x", 404, {"message": "no such api"})).category is Category.NOT_FOUND


def test_operations_and_hosts() -> None:
    for path, operation in (
        ("/orders/get", "orders.get"),
        ("/order/items/get", "order.items.get"),
        ("/product/price_quantity/update", "product.price_quantity.update"),
        ("/auth/token/refresh", "auth.token.refresh"),
    ):
        assert LAZADA.operation(Exchange("GET", f"{API}{path}?timestamp=1760672041435")) == operation
    for domain in ("com.my", "vn", "com.ph", "sg", "co.th", "co.id", "com"):
        adapter = Platforms().adapter_for_url(f"https://api.lazada.{domain}/rest/orders/get")
        assert adapter is not None
        assert adapter.name == "lazada"
    assert LAZADA.owns("https://auth.lazada.com/rest/auth/token/create")
    assert LAZADA.objects(call("/order/get?order_id=12", 200, {})) == {"order": "12"}


def test_token_expiry() -> None:
    body = {"access_token": "t", "expires_in": 604800, "account": "a@example.com", "code": "0"}
    seen = LAZADA.observe(call("/auth/token/refresh", 200, body))
    assert seen is not None
    assert (seen.kind, seen.expires_at) == ("token_expiry", NOW + timedelta(days=7))
    assert LAZADA.observe(call("/orders/get", 200, body)) is None
    assert LAZADA.answer("bad_signature", WebhookRequest("POST", "/", {}, b"")).status == 401
    assert LAZADA.retry_after(call("/x", 429, {}, **{"Retry-After": "7"})) == 7.0
