"""Shopee: vectors, samples, codes with several meanings, partial failures, expiry."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import signing, testing
from openclaw_otel.adapters.shopee import ShopeeAdapter
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import Category, ErrorRecord, Exchange, WebhookRequest

PAYLOADS = Path(__file__).parents[2] / "payloads"
SAMPLES = json.loads((PAYLOADS / "shopee" / "samples.json").read_text("utf-8"))
VECTORS = {vector.name: vector for vector in testing.load_vectors(PAYLOADS / "shopee" / "vectors.json")}
SIGNED = [
    vector
    for vector in json.loads((PAYLOADS / "request_vectors.json").read_text("utf-8"))["vectors"]
    if vector["platform"] == "shopee"
]
SHOPEE = ShopeeAdapter()
API = "https://partner.shopeemobile.com/api/v2"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def call(path: str, status: int, body: Any, sent: Any = None, **headers: str) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = json.dumps(sent).encode() if sent is not None else b""
    return Exchange("POST", f"{API}/{path}", {}, request, status, headers, raw, started_at=NOW)


def failed(exchange: Exchange) -> ErrorRecord:
    record = SHOPEE.handle_error(exchange)
    assert record is not None
    return record


@pytest.mark.parametrize("vector", VECTORS.values(), ids=lambda vector: vector.name)
def test_webhook_vectors(vector: testing.Vector) -> None:
    if vector.valid and not vector.request.body:
        assert testing.verdict(SHOPEE, vector) is None
        changed = replace(vector.request, body=b" ")
        assert testing.verdict(SHOPEE, vector, changed) is not None
        return
    testing.check_vector(SHOPEE, vector)


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector["name"])
def test_the_primitive_of_request_signatures(vector: dict[str, Any]) -> None:
    text = "".join(str(vector[key]) for key in ("partner_id", "path", "timestamp", "access_token", "shop_id"))
    assert signing.digest(vector["partner_key"].encode(), text.encode(), encoding="hex").decode() == vector["sign"]


def test_the_registered_url_counts() -> None:
    good = VECTORS["order-status-push"]
    behind = replace(good, request=replace(good.request, url="http://10.0.0.1:8080/shopee/push"))
    refusal = testing.verdict(SHOPEE, behind)
    assert refusal is not None
    assert "callback_url" in refusal.hint
    told = replace(behind, parameters={"callback_url": good.request.url})
    assert testing.verdict(SHOPEE, told) is None
    wrong = testing.verdict(SHOPEE, replace(told, secrets=("api key",)))
    assert wrong is not None
    assert "callback_url" not in wrong.hint
    assert "Live Push Partner Key" in wrong.hint
    late = testing.verdict(SHOPEE, replace(told, parameters={**told.parameters, "tolerance": 300}, now=NOW))
    assert late is not None
    assert late.reason == "expired"


def test_the_empty_test_push_is_a_ping() -> None:
    vector = VECTORS["console-verify-empty-body"]
    assert SHOPEE.parse_webhook(vector.request).is_ping
    answer = SHOPEE.answer("ping", vector.request)
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("sample", SAMPLES["webhooks"], ids=lambda sample: sample["name"])
def test_sample_webhooks(sample: dict[str, Any]) -> None:
    body = json.dumps(sample["body"]).encode()
    request = WebhookRequest("POST", "https://h.example/", {"Authorization": "ab" * 32}, body)
    webhook, expected = SHOPEE.parse_webhook(request), sample["expect"]
    assert webhook.topic == expected["topic"]
    assert webhook.occurred_at == datetime.fromtimestamp(expected["timestamp"], UTC)
    assert webhook.store == ("220000001" if "shop_id" in sample["body"] else None)
    spaced = replace(request, body=json.dumps(sample["body"], indent=1).encode())
    assert webhook.event_id == SHOPEE.parse_webhook(spaced).event_id
    found = Platforms().for_delivery_request(request)
    assert found is not None
    assert found.name == "shopee"


def test_the_contract() -> None:
    testing.check_adapter(
        SHOPEE, (f"{API}/order/get_order_detail?order_sn_list=240930ABCDEF12", f"{API}/auth/token/get")
    )
    assert SHOPEE.signs == "body"
    assert "{id}" in SHOPEE.console_links["order"]


def expected_category(sample: dict[str, Any]) -> str:
    # The sample files "Product not found" inside a success envelope under validation; its text says not_found.
    finer: dict[str, str] = {"signature": "auth", "partial-failure": "not_found"}
    told = str(sample["expect"]["class"])
    return finer.get(sample["name"], finer.get(told, told))


@pytest.mark.parametrize("sample", SAMPLES["api_errors"], ids=lambda sample: sample["name"])
def test_sample_errors(sample: dict[str, Any]) -> None:
    exchange = call("order/get_order_detail", sample["http_status"], sample["body"], **sample["headers"])
    if sample["expect"]["class"] == "ok":
        assert SHOPEE.handle_error(exchange) is None
        return
    record = failed(exchange)
    assert (record.code, record.category) == (sample["expect"]["code"], expected_category(sample))
    assert record.retryable is (record.category in ("rate_limit", "platform_outage"))


@pytest.mark.parametrize(
    ("code", "message", "category"),
    [
        ("error_auth", "Your shop can not use model level dts", "permission"),
        ("error_auth", "Invalid partner_id or shopid.", "auth"),
        ("error_param", "Wrong parameters, detail: item_id must be set.", "validation"),
        ("error_param", "no timestamp", "auth"),
        ("error_param", "The information you queried is not found.", "not_found"),
        ("logistics.error_param", "The tracking number has been used by other orders", "conflict"),
        ("product.error_param", "invalid field ItemId: value must  Not Null", "validation"),
        ("logistics.ship_order_need_branch_id", "Parameter branch_id is required.", "validation"),
        ("logistics.ship_order_not_ready_to_ship", "The order is not ready to ship.", "business_rule"),
        ("logistics.error_unknown", "Unknown exception, exception details is: x.", "unknown"),
        ("logistics.RcvStoreId not found", "Receiver storeid is not found.", "not_found"),
        ("ads.rate_limit.exceed_total", "Too many requests", "rate_limit"),
        ("returns.error_inner", "", "platform_outage"),
        ("shop_banned", "", "permission"),
        ("error_price_exceed_max_limitt", "Original_price is bigger than max price limit.", "validation"),
        ("voucher.already_ended", "The voucher has already ended", "business_rule"),
    ],
)
def test_codes(code: str, message: str, category: str) -> None:
    record = failed(call("product/update_price", 200, {"error": code, "message": message}))
    assert (record.code, record.category) == (code, category)


def test_the_meanings_of_error_auth_are_told_apart() -> None:
    said = ("Invalid access_token.", "No permission to current api.", "System error, please try again later.")
    found = {failed(call("x/y", 403, {"error": "error_auth", "message": text})).meaning for text in said}
    assert len(found) == 3


def test_partial_failures() -> None:
    results = [
        {"order_sn": "1", "fail_error": "logistics.package_not_exist", "fail_message": "The package is not exist."},
        {"order_sn": "2", "fail_error": "", "fail_message": ""},
    ]
    record = failed(call("logistics/batch", 200, {"error": "", "response": {"result_list": results}}))
    assert (record.code, record.category) == ("logistics.package_not_exist", Category.NOT_FOUND)
    good: Any = {"error": "", "response": {"failure_list": [], "result_list": results[1:]}}
    assert SHOPEE.handle_error(call("logistics/batch", 200, good)) is None
    assert failed(call("x/y", 200, b'{"error":"error_rate_limit","mess')).code == "error_rate_limit"
    assert failed(call("x/y", 502, b"<html>")).category is Category.PLATFORM_OUTAGE
    assert failed(call("x/y", 403, {"error": "", "message": "no permission"})).category is Category.PERMISSION


def test_operations_hosts_and_objects() -> None:
    shipped = call(
        "logistics/ship_order?partner_id=1&shop_id=77",
        200,
        {"request_id": "r"},
        {"order_sn": "24A", "package_number": "P"},
    )
    assert SHOPEE.operation(shipped) == "logistics.ship_order"
    assert SHOPEE.objects(shipped) == {"order": "24A", "package": "P"}
    assert (SHOPEE.store(shipped), SHOPEE.request_id(shipped)) == ("77", "r")
    assert SHOPEE.operation(Exchange("POST", f"{API}/auth/access_token/get")) == "auth.access_token.get"
    for host in (
        "partner.shopeemobile.com",
        "partner.test-stable.shopeemobile.com",
        "openplatform.shopee.cn",
        "openplatform.shopee.com.br",
        "openplatform.sandbox.test-stable.shopee.sg",
    ):
        adapter = Platforms().adapter_for_url(f"https://{host}/api/v2/order/get_order_list")
        assert adapter is not None
        assert adapter.name == "shopee"
    assert not SHOPEE.owns("https://seller.shopee.cn/portal")


def test_expiry() -> None:
    token = SHOPEE.observe(call("auth/access_token/get", 200, {"access_token": "t", "expire_in": 14400, "shop_id": 5}))
    assert token is not None
    assert (token.kind, token.store, token.expires_at) == ("token_expiry", "5", NOW + timedelta(hours=4))
    shop = SHOPEE.observe(call("shop/get_shop_info?shop_id=5", 200, {"error": "", "expire_time": 1767225600}))
    assert shop is not None
    assert shop.expires_at == NOW
    assert SHOPEE.observe(call("order/get_order_list", 200, {"expire_in": 1})) is None
    assert SHOPEE.answer("bad_signature", WebhookRequest("POST", "/", {}, b"")).status == 401
    assert SHOPEE.retry_after(call("x/y", 429, {}, **{"Retry-After": "3"})) == 3.0
