"""Walmart: vectors, samples, JSON and XML errors, feeds, throttling."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import testing
from openclaw_otel.adapters.walmart import WalmartAdapter
from openclaw_otel.http_values import timestamp
from openclaw_otel.record import Category, ErrorRecord, Exchange, WebhookRequest

PAYLOADS = Path(__file__).parents[2] / "payloads" / "walmart"
SAMPLES = json.loads((PAYLOADS / "samples.json").read_text("utf-8"))
VECTORS = testing.load_vectors(PAYLOADS / "vectors.json")
SIGNED = VECTORS[0]
WALMART = WalmartAdapter()
API = "https://marketplace.walmartapis.com/v3"


def call(method: str, path: str, status: int, body: Any, sent: Any = None, **headers: str) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = b"" if sent is None else json.dumps(sent).encode()
    return Exchange(method, f"{API}{path}", {}, request, status, {"X-Correlation-Id": "c1", **headers}, raw)


def failed(exchange: Exchange) -> ErrorRecord:
    record = WALMART.handle_error(exchange)
    assert record is not None
    return record


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_webhook_vectors(vector: testing.Vector) -> None:
    testing.check_vector(WALMART, vector)


def reason(vector: testing.Vector, **changes: Any) -> str:
    refusal = testing.verdict(WALMART, replace(vector, **changes))
    return "right" if refusal is None else refusal.reason


def test_the_window() -> None:
    signed_at = datetime.fromtimestamp(1727658000, UTC)
    for seconds, expected in ((300, "right"), (301, "expired"), (-120, "right"), (-121, "expired")):
        assert reason(SIGNED, now=signed_at + timedelta(seconds=seconds)) == expected
    assert reason(SIGNED, now=signed_at + timedelta(hours=1), parameters={"tolerance": 7200}) == "right"


def test_every_signed_part_counts() -> None:
    request = SIGNED.request
    for changed in (
        replace(request, method="PUT"),
        replace(request, url="https://h.example.com/webhooks/walmart?tenant=b"),
        replace(request, headers={**request.headers, "WM_SEC.TIMESTAMP": "1727658001"}),
    ):
        assert reason(SIGNED, request=changed) == "mismatch"
    behind_proxy = replace(request, url="http://internal:8080/walmart?tenant=a")
    assert reason(SIGNED, request=behind_proxy) == "mismatch"
    assert reason(SIGNED, request=behind_proxy, parameters={"callback_url": request.url}) == "right"
    assert reason(SIGNED, secrets=("old", *SIGNED.secrets)) == "right"
    for header, expected in (("WM_SEC.SIGNATURE", "missing_header"), ("WM_SEC.TIMESTAMP", "missing_header")):
        assert reason(SIGNED, request=replace(request, headers={**request.headers, header: ""})) == expected
    odd = replace(request, headers={**request.headers, "WM_SEC.TIMESTAMP": "yesterday"})
    assert reason(SIGNED, request=odd) == "malformed"


def test_the_contract() -> None:
    names = ("/orders/1796277083022/acknowledge", "/items/mug-red", "/feeds/12234EGGT564YTEGFA@AQMBAQA", "/token")
    testing.check_adapter(WALMART, tuple(f"{API}{name}" for name in names))


@pytest.mark.parametrize("sample", SAMPLES["webhooks"], ids=lambda sample: sample["name"])
def test_sample_webhooks(sample: dict[str, Any]) -> None:
    body = json.dumps(sample["body"]).encode()
    webhook = WALMART.parse_webhook(WebhookRequest("POST", "https://h.example/", sample["headers"], body))
    expected = sample["expect"]
    assert (webhook.topic, webhook.event_id, webhook.store) == (expected["topic"], expected["event_id"], "10001")
    assert webhook.occurred_at == timestamp(expected["timestamp"])


@pytest.mark.parametrize("sample", SAMPLES["api_errors"], ids=lambda sample: sample["name"])
def test_sample_errors(sample: dict[str, Any]) -> None:
    record = failed(call("GET", "/items", sample["http_status"], sample["body"]))
    assert (record.category, record.code) == (sample["expect"]["class"], sample["expect"]["code"])
    assert record.retryable is (sample["expect"]["retry"] != "no")
    assert record.request_id == "c1"


def one(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "field": code.split(".", maxsplit=1)[0], "description": "d", "severity": "ERROR", **more}


@pytest.mark.parametrize(
    ("status", "body", "code", "category", "fields"),
    [
        (401, {"error": [one("UNAUTHORIZED.GMP_GATEWAY_API")]}, "UNAUTHORIZED", "auth", ()),
        (
            423,
            {"errors": {"error": [one("RESOURCE_IS_LOCKED.GMP_RECEIVER_API")]}},
            "RESOURCE_IS_LOCKED",
            "conflict",
            (),
        ),
        (
            400,
            {"errors": [one("MISSING_REQUEST_PARAM", field="items[0].sku")]},
            "MISSING_REQUEST_PARAM",
            "validation",
            ("items.sku",),
        ),
        (404, {"error": one("CONTENT_NOT_FOUND.GMP_ORDER_API")}, "CONTENT_NOT_FOUND", "not_found", ()),
        (504, {"errors": [one("DOWNSTREAM_SYSTEM_TIME_OUT")]}, "DOWNSTREAM_SYSTEM_TIME_OUT", "timeout", ()),
        (400, {"error": "invalid_grant", "error_description": "code used"}, "invalid_grant", "auth", ()),
        (400, {"errors": [one("ERR_PDI_0007", description="value is required")]}, "ERR_PDI_0007", "validation", ()),
        (409, {"errors": [one("BRAND_NEW", description="Order already shipped")]}, "BRAND_NEW", "business_rule", ()),
    ],
)
def test_errors(status: int, body: Any, code: str, category: str, fields: tuple[str, ...]) -> None:
    record = failed(call("POST", "/orders", status, body))
    assert (record.code, record.category, record.fields) == (code, category, fields)


def test_errors_in_xml() -> None:
    text = (
        '<?xml version="1.0"?><ns2:errors xmlns:ns2="http://walmart.com/"><ns2:error><ns2:code>INVALID_REQUEST_HEADER.'
        "GMP_ORDER_API</ns2:code><ns2:field>WM_QOS.CORRELATION_ID</ns2:field><ns2:description>bad &amp; null"
        "</ns2:description><ns2:severity>ERROR</ns2:severity></ns2:error></ns2:errors>"
    )
    record = failed(call("GET", "/orders", 400, text.encode()))
    assert (record.code, record.fields) == ("INVALID_REQUEST_HEADER", ("WM_QOS.CORRELATION_ID",))
    assert record.message == "bad & null"
    cut = failed(call("GET", "/orders", 400, text[:150].encode()))
    assert cut.code == "INVALID_REQUEST_HEADER"
    assert failed(call("GET", "/orders", 503, b"<html>maintenance</html>")).category is Category.PLATFORM_OUTAGE


def test_failures_inside_fine_answers() -> None:
    item: dict[str, Any] = {"sku": "S", "ingestionStatus": "DATA_ERROR"}
    item["ingestionErrors"] = {
        "ingestionError": [{"type": "DATA_ERROR", "code": "ERR_EXT_DATA_0101211", "field": "sku"}]
    }
    record = failed(
        call("GET", "/feeds/F@1", 200, {"feedStatus": "PROCESSED", "itemDetails": {"itemIngestionStatus": [item]}})
    )
    assert (record.code, record.category, record.operation) == ("ERR_EXT_DATA_0101211", "conflict", "feeds.get")
    assert failed(call("GET", "/feeds/F@1", 200, {"feedStatus": "ERROR"})).category is Category.VALIDATION
    nodes = {"sku": "S", "nodes": [{"shipNode": "1", "errors": [one("CONTENT_NOT_FOUND")]}, {"shipNode": "2"}]}
    assert failed(call("PUT", "/inventories/S", 200, nodes)).code == "CONTENT_NOT_FOUND"
    assert WALMART.handle_error(call("GET", "/items", 200, {"ItemResponse": [], "errors": []})) is None
    warned = {"errors": [one("X", severity="WARN")]}
    assert WALMART.handle_error(call("GET", "/items", 200, warned)) is None


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("PUT", "/price", "price.update"),
        ("POST", "/orders/1796277083022/acknowledge", "orders.acknowledge"),
        ("GET", "/orders/1796277083022", "orders.get"),
        ("GET", "/orders", "orders.list"),
        ("GET", "/ca/orders/released", "orders.released"),
        ("GET", "/items/mug", "items.get"),
        ("PUT", "/inventories/mug", "inventories.update"),
        ("GET", "/items/onhold/search", "items.onhold.search"),
        ("POST", "/token", "token"),
        ("DELETE", "/webhooks/subscriptions/abc", "webhooks.subscriptions.delete"),
    ],
)
def test_operations(method: str, path: str, expected: str) -> None:
    assert WALMART.operation(Exchange(method, f"{API}{path}?sku=1")) == expected


def test_throttling() -> None:
    headers = {"x-next-replenishment-time": "1727658060000", "Date": "Mon, 30 Sep 2024 01:00:00 GMT"}
    exchange = call("GET", "/orders", 429, {}, **headers, **{"x-current-token-count": "0"})
    assert WALMART.retry_after(exchange) == 60.0
    seen = WALMART.observe(exchange)
    assert seen is not None
    assert (seen.kind, seen.remaining, seen.operation) == ("rate_budget", 0.0, "orders.list")
    assert WALMART.retry_after(call("GET", "/orders", 429, {}, **{"Retry-After": "7"})) == 7.0
    assert WALMART.retry_after(call("GET", "/orders", 429, {}, **{"x-next-replenishment-time": "soon"})) is None
    assert WALMART.observe(call("GET", "/orders", 200, {}, **{"x-current-token-count": "9"})) is None


def test_a_fresh_token_tells_its_expiry() -> None:
    exchange = replace(call("POST", "/token", 200, {"expires_in": 900}), started_at=datetime(2026, 1, 1, tzinfo=UTC))
    seen = WALMART.observe(exchange)
    assert seen is not None
    assert (seen.kind, seen.expires_at) == ("token_expiry", datetime(2026, 1, 1, 0, 15, tzinfo=UTC))


def test_objects() -> None:
    assert WALMART.objects(call("PUT", "/price", 200, {}, {"sku": "S-1"})) == {"item": "S-1"}
    assert WALMART.objects(Exchange("GET", f"{API}/orders/179?x=1")) == {"order": "179"}
    assert WALMART.objects(Exchange("GET", f"{API}/inventory?sku=S%202")) == {"item": "S 2"}
