"""TikTok Shop: vectors, samples, shared codes told apart, partial failures, token expiry."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import signing, testing
from openclaw_otel.adapters.tiktok_shop import TikTokShopAdapter
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import Category, ErrorRecord, Exchange, WebhookRequest

PAYLOADS = Path(__file__).parents[2] / "payloads"
SAMPLES = json.loads((PAYLOADS / "tiktok_shop" / "samples.json").read_text("utf-8"))
VECTORS = testing.load_vectors(PAYLOADS / "tiktok_shop" / "vectors.json")
SIGNED = [
    vector
    for vector in json.loads((PAYLOADS / "request_vectors.json").read_text("utf-8"))["vectors"]
    if vector["platform"] == "tiktok_shop"
]
TIKTOK = TikTokShopAdapter()
API = "https://open-api.tiktokglobalshop.com"


def call(path: str, status: int, body: Any, method: str = "GET", **headers: str) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(method, f"{API}{path}", status=status, response_headers=headers, response_body=raw)


def failed(exchange: Exchange) -> ErrorRecord:
    record = TIKTOK.handle_error(exchange)
    assert record is not None
    return record


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_webhook_vectors(vector: testing.Vector) -> None:
    testing.check_vector(TIKTOK, vector)


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector["name"])
def test_the_primitive_of_request_signatures(vector: dict[str, Any]) -> None:
    text = vector["path"] + "".join(f"{key}{vector['query'][key]}" for key in sorted(vector["query"]))
    secret = vector["secret"]
    assert (
        signing.digest(secret.encode(), f"{secret}{text}{secret}".encode(), encoding="hex").decode() == vector["sign"]
    )


def test_parameters() -> None:
    good = VECTORS[0]
    for changes, reason in (
        ({"parameters": {}}, "no_secret"),
        ({"parameters": {"app_key": "another"}}, "mismatch"),
        ({"secrets": ()}, "no_secret"),
        ({"parameters": {**good.parameters, "tolerance": 60}}, "expired"),
        ({"request": replace(good.request, headers={"Authorization": ""})}, "missing_header"),
    ):
        refusal = testing.verdict(TIKTOK, replace(good, **changes))
        assert refusal is not None
        assert refusal.reason == reason
    inside = replace(good, parameters={**good.parameters, "tolerance": 60}, now=datetime.fromtimestamp(1718305600, UTC))
    assert testing.verdict(TIKTOK, inside) is None
    assert testing.verdict(TIKTOK, replace(good, secrets=("new", *good.secrets))) is None


@pytest.mark.parametrize("sample", SAMPLES["webhooks"], ids=lambda sample: sample["name"])
def test_sample_webhooks(sample: dict[str, Any]) -> None:
    request = WebhookRequest("POST", "https://h.example/", sample["headers"], json.dumps(sample["body"]).encode())
    webhook, expected = TIKTOK.parse_webhook(request), sample["expect"]
    assert (webhook.topic, webhook.event_id) == (expected["topic"], expected["event_id"])
    assert webhook.store == "7495540735365777507"
    assert webhook.occurred_at == datetime.fromtimestamp(expected["timestamp"], UTC)
    found = Platforms().for_delivery_request(request)
    assert found is not None
    assert found.name == "tiktok_shop"
    assert not TIKTOK.is_delivery_request(replace(request, headers={"Authorization": "Bearer x"}))


def test_unknown_types_stay_few() -> None:
    for body, topic in ((b'{"type": 99}', "type_99"), (b'{"type": "x y"}', "unknown"), (b"", "unknown")):
        assert TIKTOK.parse_webhook(WebhookRequest("POST", "/", {}, body)).topic == topic


def test_the_contract() -> None:
    urls = (
        f"{API}/fulfillment/202309/packages/575623880025905057/ship",
        f"{API}/product/202309/products/1757773947308866795/inventory/update",
        "https://auth.tiktok-shops.com/api/v2/token/refresh?app_key=x",
        f"{API}/customer_service/202309/conversations/7494560/messages",
    )
    testing.check_adapter(TIKTOK, urls)
    assert (TIKTOK.deadline, TIKTOK.signs) == (3.0, "body")
    assert "{id}" in TIKTOK.console_links["order"]


@pytest.mark.parametrize("sample", SAMPLES["api_errors"], ids=lambda sample: sample["name"])
def test_sample_errors(sample: dict[str, Any]) -> None:
    exchange = call("/order/202309/orders", sample["http_status"], sample["body"], **sample["headers"])
    record, expected = failed(exchange), sample["expect"]
    assert record.code == expected["code"]
    assert record.category == {"signature": "auth"}.get(expected["class"], expected["class"])
    assert record.retryable is (record.category in ("rate_limit", "platform_outage"))
    assert TIKTOK.retry_after(exchange) == expected["retry_after_s"]


def test_one_code_with_several_meanings() -> None:
    said = (
        "The `x-tts-access-token` header is invalid",
        "Invalid `app_key`",
        "Invalid timestamp",
        "Missing signature",
        "?",
    )
    records = [failed(call("/order/202309/orders", 200, {"code": 36009004, "message": text})) for text in said]
    assert {record.category for record in records} == {Category.AUTH}
    assert len({record.meaning for record in records}) == len(said)


@pytest.mark.parametrize(
    ("code", "message", "category"),
    [
        (21011006, "Package has already been shipped", "business_rule"),
        (36009043, "", "permission"),
        (36009009, "", "not_found"),
        (98765432, "Order has already been cancelled", "business_rule"),
        (98765432, "Too many requests", "rate_limit"),
        (98765432, "sku_id is required", "validation"),
    ],
)
def test_codes(code: int, message: str, category: str) -> None:
    record = failed(call("/order/202309/orders", 200, {"code": code, "message": message, "data": None}))
    assert (record.code, record.category) == (str(code), category)


def test_partial_failures_are_a_set() -> None:
    errors = [{"code": 12052048, "message": "b"}, {"code": 12052024, "message": "a"}, None, {"code": 12052024}]
    bodies = [{"code": 0, "message": "Success", "data": {"errors": part}} for part in (errors, errors[::-1])]
    first, second = (failed(call("/product/202309/products/prices", 200, body)) for body in bodies)
    assert first.codes == second.codes == ("12052024", "12052048")
    assert first.message == second.message == "a; b"
    assert first.code == "12052048"
    assert TIKTOK.handle_error(call("/x", 200, {"code": 0, "message": "Success", "data": {"errors": []}})) is None
    assert failed(call("/x", 502, b"<html>")).category is Category.PLATFORM_OUTAGE
    assert failed(call("/x", 200, b'{"message":"Too many requests","code":36009002,"request_i')).code == "36009002"
    assert failed(call("/x", 404, {"message": "Not found"})).category is Category.NOT_FOUND


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "/order/202309/orders/search?page_size=1", "orders.search"),
        ("GET", "/order/202309/orders?ids=1,2", "orders.list"),
        ("GET", "/product/202309/products/1729000000000000001", "products.get"),
        ("POST", "/product/202309/products", "products.create"),
        ("POST", "/product/202312/products/17577/inventory/update", "products.inventory.update"),
        ("POST", "/fulfillment/202309/packages/57562/ship", "packages.ship"),
        ("GET", "/authorization/202309/shops", "authorization.shops.list"),
        ("GET", "/return_refund/202309/returns/1/records", "return_refund.returns.records.list"),
        ("GET", "/api/v2/token/refresh", "token.refresh"),
    ],
)
def test_operations(method: str, path: str, operation: str) -> None:
    assert TIKTOK.operation(Exchange(method, f"{API}{path}")) == operation


def test_hosts() -> None:
    for host in ("open-api.tiktokglobalshop.com", "auth.tiktok-shops.com", "open-api-sandbox.tiktokglobalshop.com"):
        adapter = Platforms().adapter_for_url(f"https://{host}/api/v2/token/get")
        assert adapter is not None
        assert adapter.name == "tiktok_shop"
    assert not TIKTOK.owns("https://open.tiktokapis.com/v2/post/")


def test_shops_told_by_ciphers_stay_apart_and_their_ciphers_untold() -> None:
    ciphers = ("ROW_Hj3kAAAAAB8xVq2PzqNw0cYtLm4KfSdE", "ROW_Hj3kAAAAAB8xVq2PzqNw0cYtLm4KfSdF")
    stores = [TIKTOK.store(call(f"/order/202309/orders?shop_cipher={cipher}", 200, {})) for cipher in ciphers]

    assert stores == ["ROW_a3937d21e4f9", "ROW_53a68719b092"]


def test_store_objects_and_request_id() -> None:
    ship = call("/fulfillment/202309/packages/575/ship?shop_cipher=ROW_x&app_key=k", 200, {"request_id": "r1"}, "POST")
    assert (TIKTOK.store(ship), TIKTOK.objects(ship), TIKTOK.request_id(ship)) == ("ROW_x", {"package": "575"}, "r1")
    assert TIKTOK.objects(call("/order/202309/orders?ids=11,12", 200, {})) == {"order": "11"}
    assert TIKTOK.request_id(call("/x", 502, b"<html>", **{"X-Tt-Logid": "log1"})) == "log1"


def test_token_expiry() -> None:
    data = {"access_token": "t", "access_token_expire_in": 1660556783}
    token = Exchange("GET", "https://auth.tiktok-shops.com/api/v2/token/get", status=200)
    seen = TIKTOK.observe(replace(token, response_body=json.dumps({"code": 0, "data": data}).encode()))
    assert seen is not None
    assert (seen.kind, seen.expires_at) == ("token_expiry", datetime.fromtimestamp(1660556783, UTC))
    assert TIKTOK.observe(token) is None
    assert TIKTOK.answer("bad_signature", WebhookRequest("POST", "/", {}, b"")).status == 401
