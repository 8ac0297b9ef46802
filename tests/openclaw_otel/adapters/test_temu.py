"""Temu: encrypted events, both base strings, errors under HTTP 200."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import testing
from openclaw_otel.adapters.temu import TemuAdapter
from openclaw_otel.http_values import timestamp
from openclaw_otel.record import Category, ErrorRecord, Exchange, WebhookRequest

PAYLOADS = Path(__file__).parents[2] / "payloads" / "temu"
SAMPLES = json.loads((PAYLOADS / "samples.json").read_text("utf-8"))
VECTORS = testing.load_vectors(PAYLOADS / "vectors.json")
SIGNED = next(vector for vector in VECTORS if vector.name == "published-worked-example")
TEMU = TemuAdapter()
ROUTER = "https://openapi-b-us.temu.com/openapi/router"


def call(body: Any, kind: str = "bg.order.list.v2.get", status: int = 200, **sent: Any) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = json.dumps({"type": kind, "app_key": "k", "access_token": "t", **sent}).encode()
    return Exchange("POST", ROUTER, {}, request, status, {}, raw)


def failed(exchange: Exchange) -> ErrorRecord:
    record = TEMU.handle_error(exchange)
    assert record is not None
    return record


def refused(code: int, message: str = "m") -> dict[str, Any]:
    return {"success": False, "errorCode": code, "errorMsg": message, "requestId": "us-1", "result": None}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_webhook_vectors(vector: testing.Vector) -> None:
    testing.check_vector(TEMU, vector)
    if vector.valid:
        assert TEMU.open_event(vector.request, vector.secrets) == json.loads(vector.data["decrypted"])


def reason(vector: testing.Vector = SIGNED, **changes: Any) -> str:
    refusal = testing.verdict(TEMU, replace(vector, **changes))
    return "right" if refusal is None else refusal.reason


@pytest.mark.parametrize("header", ["x-tm-app-key", "x-tm-event-code", "x-tm-timestamp", "x-tm-signature"])
def test_each_signed_header_counts(header: str) -> None:
    headers = dict(SIGNED.request.headers)
    for value in (headers[header][:-1] + "z", "签名"):
        assert reason(request=replace(SIGNED.request, headers={**headers, header: value})) == "mismatch"


def test_one_signed_byte_changed_inside_the_ciphertext() -> None:
    sealed = bytearray(base64.b64decode(json.loads(SIGNED.request.body)["eventData"]))
    for position in range(len(sealed)):
        changed = bytes([*sealed[:position], sealed[position] ^ 1, *sealed[position + 1 :]])
        body = json.dumps({"eventData": base64.b64encode(changed).decode()}).encode()
        assert reason(request=replace(SIGNED.request, body=body)) == "mismatch"


def test_secrets_and_window() -> None:
    assert reason(secrets=("fedcba9876543210", *SIGNED.secrets)) == "right"
    assert reason(secrets=("short",)) == "mismatch"
    assert reason(secrets=()) == "no_secret"
    signed_at = timestamp("1726127013525")
    assert signed_at is not None
    late = signed_at + timedelta(seconds=61)
    assert reason(now=late) == "right"
    assert reason(now=late, parameters={"tolerance": 60}) == "expired"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"eventData": 5}', b'{"eventData": "%%%"}', b'{"eventData": ""}', b"\xff"]
)
def test_odd_bodies(body: bytes) -> None:
    assert reason(request=replace(SIGNED.request, body=body)) in ("malformed", "mismatch")
    assert TEMU.open_event(replace(SIGNED.request, body=body), SIGNED.secrets) is None


def test_the_contract() -> None:
    testing.check_adapter(TEMU, (ROUTER,))


@pytest.mark.parametrize("sample", SAMPLES["webhooks"], ids=lambda sample: sample["name"])
def test_sample_webhooks(sample: dict[str, Any]) -> None:
    request = WebhookRequest("POST", "https://h.example/", sample["headers"], json.dumps(sample["body"]).encode())
    webhook = TEMU.parse_webhook(request)
    assert webhook.topic == sample["expect"]["topic"]
    assert webhook.occurred_at == timestamp(sample["expect"]["timestamp"])
    # Temu gives no id: equal deliveries have equal hashes, others not.
    assert webhook.event_id == TEMU.parse_webhook(request).event_id
    assert webhook.event_id != TEMU.parse_webhook(replace(request, body=b"{}")).event_id
    assert not webhook.is_ping


def test_the_test_event_is_a_ping() -> None:
    request = WebhookRequest("POST", "https://h.example/", {"x-tm-event-code": "bg_open_event_test"}, b"{}")
    assert TEMU.parse_webhook(request).is_ping
    answer = TEMU.answer("ping", request)
    assert (answer.status, answer.body, TEMU.answer("bad_signature", request).status) == (200, b'{"result":{}}', 401)


@pytest.mark.parametrize("sample", SAMPLES["api_errors"], ids=lambda sample: sample["name"])
def test_sample_errors(sample: dict[str, Any]) -> None:
    record = TEMU.handle_error(call(sample["body"]))
    expected = sample["expect"]
    if expected["class"] == "ok":
        assert record is None
        return
    assert record is not None
    assert record.category == {"signature": "auth"}.get(expected["class"], expected["class"])
    assert (record.code, record.request_id) == (expected["code"], sample["body"]["requestId"])
    assert record.retryable is (expected["retry"] == "backoff")


@pytest.mark.parametrize(
    ("code", "message", "category"),
    [
        (3000003, "type not exists", "not_found"),
        (3000012, "timestamp is expired.", "auth"),
        (3000021, "client_id don't have this api permission.", "permission"),
        (3000022, "client_id have been suspended", "permission"),
        (5000003, "NOT_IN_IP_WHITE_LIST", "permission"),
        (7000000, "BUSINESS_SERVICE_ERROR", "platform_outage"),
        (2000000, "order can not be shipped", "business_rule"),
        (3000000, "goodsId is required", "validation"),
        (123456789, "The order has already been shipped", "business_rule"),
        (123456788, "parameter orderSn is invalid", "validation"),
    ],
)
def test_codes(code: int, message: str, category: str) -> None:
    record = failed(call(refused(code, message)))
    assert (record.code, record.category, record.operation) == (str(code), category, "bg.order.list.v2.get")


def test_other_forms() -> None:
    cut = failed(call(json.dumps(refused(3000034, "x" * 300)).encode()[:120]))
    assert (cut.code, cut.category) == ("3000034", Category.AUTH)
    assert failed(call(b"<html>bad gateway</html>", status=502)).category is Category.PLATFORM_OUTAGE
    assert failed(call({"success": False})).message == "success: false"
    assert failed(call(refused(4000000), status=500)).code == "4000000"
    assert TEMU.handle_error(call({"success": True, "errorCode": 1000000, "result": {"x": 1}})) is None


def test_operations_take_no_odd_type() -> None:
    assert TEMU.operation(call({}, "bg.logistics.shipment.confirm")) == "bg.logistics.shipment.confirm"
    for odd in ("", "PO-211-0001", "a b", "x" * 200):
        assert TEMU.operation(call({}, odd)) == "router"


def test_objects_and_store() -> None:
    exchange = call({"success": True, "result": {"mallId": 634418}}, parentOrderSn="PO-1", request={"goodsId": 7})
    assert TEMU.objects(exchange) == {"parent_order": "PO-1", "goods": "7"}
    assert (TEMU.store(exchange), TEMU.store(call({}))) == ("634418", "openapi-b-us.temu.com")


def test_a_token_tells_its_expiry() -> None:
    answer = {"success": True, "result": {"mallId": 1, "expiredTime": 1792490190}}
    seen = TEMU.observe(call(answer, "bg.open.accesstoken.info.get"))
    assert seen is not None
    assert (seen.kind, seen.expires_at) == ("token_expiry", datetime.fromtimestamp(1792490190, UTC))
    assert TEMU.observe(call(answer)) is None
    assert TEMU.deadline == 0.5
