"""Platforms made by data: an ERP as the module's docstring describes it."""

from __future__ import annotations

import hashlib
import hmac
import json
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from openclaw_otel import testing
from openclaw_otel.adapters.custom import CustomAdapter
from openclaw_otel.errors import ConfigError, SignatureError
from openclaw_otel.record import Category, Evidence, Exchange, WebhookRequest

TOML = """
hosts = ["erp.example.com"]
store = "header:X-Tenant"
operations = [{ method = "POST", path = "/api/orders/{id}/release", name = "orders.release" }]
request_id_headers = ["X-Request-Id"]
[error]
when = [{ pointer = "/success", equals = false }, { pointer = "/code", not_in = [0, "0"] }]
code = ["/error/code", "/code"]
message = ["/error/message", "/message"]
fields = ["/error/details/*/field"]
[objects]
order = ["/orderNo", "/data/orderNo"]
[webhook]
signature = { header = "X-Signature", encoding = "hex", prefix = "sha256=", text = "{timestamp}.{body}" }
timestamp_header = "X-Timestamp"
tolerance = 300
topic = "/event"
delivery_id = "header:X-Delivery"
event_id = "/id"
store = "/tenant"
occurred_at = "/at"
[[catalog]]
id = "erp.credit"
code = "E-4711"
category = "business_rule"
owner = "support"
explanation = { en = "The customer is over the credit limit.", zh = "客户超出信用额度。" }
next_step = { en = "Ask finance.", zh = "联系财务。" }
"""
ERP = CustomAdapter("erp", tomllib.loads(TOML))
NOW = datetime(2026, 1, 1, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))


def call(body: Any, status: int = 200, path: str = "/api/orders/77/release", **more: Any) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange("POST", f"https://erp.example.com{path}", status=status, response_body=raw, **more)


def test_a_failure_inside_200() -> None:
    body = {
        "success": False,
        "error": {"code": "E-4711", "message": "credit", "details": [{"field": "lines[0].qty"}]},
        "data": {"orderNo": "A9"},
    }
    headers = {"X-Tenant": "de"}
    record = ERP.handle_error(call(body, request_headers=headers, response_headers={"X-Request-Id": "q"}))
    assert record is not None
    assert (record.platform, record.operation, record.code, record.fields) == (
        "custom:erp",
        "orders.release",
        "E-4711",
        ("lines.qty",),
    )
    assert (record.category, record.store, record.request_id) == (Category.BUSINESS_RULE, "de", "q")
    assert (record.objects, record.next_step["zh"]) == ({"order": "A9"}, "联系财务。")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"code": 12, "message": "m"}, 200, "12"),
        ({"code": "13"}, 200, "13"),
        ({"message": "m"}, 500, None),
        (b"<html>", 502, None),
        (b'{"code": 14, "mess', 200, "14"),
    ],
)
def test_when_an_answer_is_an_error(body: Any, status: int, code: str | None) -> None:
    record = ERP.handle_error(call(body, status))
    assert record is not None
    assert record.code == code
    assert record.evidence is (Evidence.CODE if code else Evidence.ANSWER)


@pytest.mark.parametrize("body", [{"success": True}, {"code": 0}, {"code": "0"}, {}, b"", b"ok"])
def test_when_it_is_fine(body: Any) -> None:
    assert ERP.handle_error(call(body)) is None


@pytest.mark.parametrize(
    ("condition", "body", "holds"),
    [
        ({"pointer": "/a", "equals": 1}, {"a": 1}, True),
        ({"pointer": "/a", "equals": 1}, {"a": True}, False),
        ({"pointer": "/a", "not_equals": "ok"}, {"a": "bad"}, True),
        ({"pointer": "/a", "not_equals": "ok"}, {}, False),
        ({"pointer": "/a", "in": ["E", "W"]}, {"a": "W"}, True),
        ({"pointer": "/a", "not_in": ["E"]}, {}, False),
        ({"pointer": "/a", "exists": True}, {"a": []}, False),
        ({"pointer": "/a", "exists": True}, {"a": [1]}, True),
        ({"pointer": "/a", "exists": False}, {}, True),
        ({"pointer": "/l/*/s", "equals": "E"}, {"l": [{"s": "S"}, {"s": "E"}]}, True),
    ],
)
def test_conditions(condition: dict[str, Any], body: Any, holds: bool) -> None:
    adapter = CustomAdapter("x", {"error": {"when": [condition]}})
    assert (adapter.read_answer(call(body)) is not None) is holds


def test_operations_without_a_template_lose_their_ids() -> None:
    assert ERP.operation(call({}, path="/api/stock/123.json")) == "api.stock.post"
    testing.check_adapter(
        ERP, ("https://erp.example.com/api/orders/77/release", "https://erp.example.com/api/x/A1B2C3D4")
    )


def signed(body: bytes, stamp: str = STAMP, key: bytes = b"k") -> WebhookRequest:
    value = hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Signature": f"sha256={value}", "X-Timestamp": stamp, "X-Delivery": "d1"}
    return WebhookRequest("POST", "https://h.example/in", headers, body)


def test_a_signed_delivery() -> None:
    request = signed(b'{"event": "order.held", "id": 9, "tenant": "de", "at": "2026-01-01T00:00:00Z"}')
    ERP.verify_webhook_signature(request, ["k"], now=NOW)
    webhook = ERP.parse_webhook(request)
    assert (webhook.topic, webhook.delivery_id, webhook.event_id, webhook.store) == ("order.held", "d1", "9", "de")
    assert webhook.occurred_at == NOW
    assert ERP.is_delivery(request.headers)
    assert ERP.signs == "body"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda r: signed(b"{}", key=b"other"), "mismatch"),
        (lambda r: signed(b"{}", "1"), "expired"),
        (lambda r: signed(b"{}", "soon"), "malformed"),
        (lambda r: WebhookRequest("POST", "/", {"X-Signature": "md5=1"}, b"{}"), "malformed"),
        (lambda r: WebhookRequest("POST", "/", {}, b"{}"), "missing_header"),
    ],
)
def test_what_is_refused(change: Callable[[Any], WebhookRequest], reason: str) -> None:
    with pytest.raises(SignatureError) as error:
        ERP.verify_webhook_signature(change(None), ["k"], now=NOW)
    assert error.value.reason == reason


@pytest.mark.parametrize(
    ("text", "url", "expected"),
    [
        ("{url}|{body}", "https://h.example/in", b"https://h.example/in|B"),
        ("{app_key}{body}", "https://h.example/in", b"AKB"),
        ("{method}\n{path}\n{body}", "https://h.example/a/b?x=1", b"POST\n/a/b\nB"),
    ],
)
def test_the_common_signed_texts(text: str, url: str, expected: bytes) -> None:
    table = {"webhook": {"signature": {"header": "S", "encoding": "hex", "algorithm": "sha1", "text": text}}}
    value = hmac.new(b"k", expected, hashlib.sha1).hexdigest()
    CustomAdapter("x", table).verify_webhook_signature(
        WebhookRequest("POST", url, {"S": value}, b"B"), ["k"], app_key="AK"
    )


def test_without_a_scheme_nothing_can_be_verified() -> None:
    plain = CustomAdapter("x", {})
    assert plain.signs == "nothing"
    with pytest.raises(SignatureError, match="unsigned_scheme"):
        plain.verify_webhook_signature(signed(b"{}"), ["k"])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"host": []}, "unknown key 'host'"),
        ({"hosts": "x"}, "hosts is not a list"),
        ({"error": []}, "error is not a table"),
        ({"error": {"codes": []}}, "unknown key 'error.codes'"),
        ({"webhook": {"signature": {"headers": "x"}}}, "unknown key 'webhook.signature.headers'"),
        ({"webhook": {"signature": {"text": "{body}"}}}, "header is missing"),
        ({"webhook": {"signature": {"header": "S", "algorithm": "rot13"}}}, "algorithm must be one of"),
        ({"webhook": {"signature": {"header": "S", "text": "{ts}"}}}, "knows no {ts}"),
        ({"operations": [{"path": "/x"}]}, "needs path and name"),
        ({"catalog": [{"id": "x"}]}, "catalog"),
        ({"catalog": ["x"]}, "catalog"),
    ],
)
def test_a_bad_table_is_refused_with_its_key(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        CustomAdapter("erp", table)
    assert "[platforms.erp]" in str(error.value)
    assert said in str(error.value)
