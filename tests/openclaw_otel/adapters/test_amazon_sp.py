"""Amazon: notifications in every envelope, samples, meanings of Unauthorized, rates, expiry."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import testing
from openclaw_otel.adapters.amazon_sp import AmazonSpAdapter
from openclaw_otel.errors import SignatureError
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import Category, ErrorRecord, Exchange, WebhookRequest

PAYLOADS = Path(__file__).parents[2] / "payloads" / "amazon_sp"
SAMPLES = json.loads((PAYLOADS / "samples.json").read_text("utf-8"))
ENVELOPES = json.loads((PAYLOADS / "envelopes.json").read_text("utf-8"))
VECTORS = {vector.name: vector for vector in testing.load_vectors(PAYLOADS / "vectors.json")}
GOOD = VECTORS["v2-sha256"]
AMAZON = AmazonSpAdapter()
API = "https://sellingpartnerapi-na.amazon.com"
LWA = "https://api.amazon.com/auth/o2/token"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def call(url: str, status: int, body: Any, method: str = "GET", **headers: str) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = url if url.startswith("http") else f"{API}{url}"
    return Exchange(method, url, {}, b"", status, headers, raw, started_at=NOW)


def failed(exchange: Exchange) -> ErrorRecord:
    record = AMAZON.handle_error(exchange)
    assert record is not None
    return record


@pytest.mark.parametrize("vector", VECTORS.values(), ids=lambda vector: vector.name)
def test_sns_vectors(vector: testing.Vector) -> None:
    testing.check_vector(AMAZON, vector)


def verdict(request: WebhookRequest, *secrets: str, **parameters: Any) -> str:
    try:
        AMAZON.verify_webhook_signature(request, secrets, fetch=GOOD.fetch, **parameters)
    except SignatureError as error:
        return error.reason
    return "right"


def plain(body: Any = None, **headers: str) -> WebhookRequest:
    raw = json.dumps(ENVELOPES["sqs_message_body"] if body is None else body).encode()
    return WebhookRequest("POST", "https://h.example/", headers, raw)


def test_our_topics_let_nothing_else_pass() -> None:
    ours = json.loads(GOOD.request.body)["TopicArn"]
    assert verdict(GOOD.request, topic_arn=ours) == "right"
    assert verdict(GOOD.request, topic_arn=["arn:x", ours]) == "right"
    assert verdict(GOOD.request, topic_arn="arn:x") == "mismatch"
    assert verdict(plain(), topic_arn=ours) == "malformed"
    assert verdict(plain(**{"x-amz-sns-message-type": "Notification"}), queue=True) == "malformed"


def test_envelopes_without_signature() -> None:
    assert verdict(plain()) == "unsigned_scheme"
    assert verdict(plain(), queue=True) == "right"
    assert verdict(plain(**{"X-Api-Key": "k2"}), "k1", "k2") == "right"
    assert verdict(plain(**{"X-Api-Key": "k"}), "k1") == "mismatch"
    assert verdict(plain(), "k1", queue=True) == "missing_header"
    assert verdict(plain(Authorization="k1"), "k1", api_key_header="Authorization") == "right"


def test_notifications_read_the_same_in_every_envelope() -> None:
    inner = ENVELOPES["sqs_message_body"]
    relayed = {"Type": "Notification", "MessageId": "m1", "Message": json.dumps(inner)}
    deliveries = {"00000000-0000-0000-0000-0000000000aa": inner, "m1": relayed}
    deliveries["11111111-2222-3333-4444-555555555555"] = ENVELOPES["eventbridge_event"]
    for delivery, body in deliveries.items():
        webhook = AMAZON.parse_webhook(plain(body))
        assert (webhook.topic, webhook.delivery_id) == ("ORDER_CHANGE", delivery)
        assert webhook.event_id == "00000000-0000-0000-0000-0000000000aa"
        assert (webhook.store, webhook.is_ping) == ("A1EXAMPLESELLER", False)
        assert webhook.occurred_at == datetime(2026, 9, 30, 1, tzinfo=UTC)


def test_camel_case_notifications_and_odd_ones() -> None:
    body = {
        "notificationVersion": "1.0",
        "notificationType": "PRODUCT_TYPE_DEFINITIONS_CHANGE",
        "eventTime": "2026-01-01T00:00:00Z",
        "payload": {"sellerId": "A2"},
        "notificationMetadata": {"notificationId": "n1"},
    }
    webhook = AMAZON.parse_webhook(plain(body))
    assert (webhook.topic, webhook.event_id, webhook.store, webhook.occurred_at) == (
        "PRODUCT_TYPE_DEFINITIONS_CHANGE",
        "n1",
        "A2",
        NOW,
    )
    assert AMAZON.is_delivery_request(plain(body))
    assert (
        AMAZON.parse_webhook(plain({"Type": "Notification", "Message": "not json", "MessageId": "m"})).topic
        == "unknown"
    )


def test_messages_about_the_subscription_are_pings() -> None:
    for kind in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
        webhook = AMAZON.parse_webhook(plain({"Type": kind, "MessageId": "m1", "Token": "t"}))
        assert (webhook.topic, webhook.delivery_id, webhook.is_ping) == (kind, "m1", True)
    assert AMAZON.answer("ping", plain()).status == 200
    assert AMAZON.answer("bad_signature", plain()).status == 403


def test_deliveries_are_recognised() -> None:
    found = [
        Platforms().for_delivery_request(one) for one in (GOOD.request, plain(), plain(ENVELOPES["eventbridge_event"]))
    ]
    assert [adapter.name if adapter else None for adapter in found] == ["amazon_sp"] * 3
    assert not AMAZON.is_delivery_request(plain({"NotificationMetadata": 1}))
    refused = Exchange("POST", "https://h.example/", GOOD.request.headers, GOOD.request.body, 403)
    assert failed(refused).category is Category.WEBHOOK_SIGNATURE
    assert failed(refused).operation == "ORDER_CHANGE"


def test_the_contract() -> None:
    urls = (
        f"{API}/orders/v0/orders/111-0000000-0000000/address",
        f"{API}/listings/2021-08-01/items/A1EXAMPLESELLER/kids_bottle_500ml_08",
        f"{API}/feeds/2021-06-30/documents/amzn1.tortuga.4.na.ABCDEF123",
        "https://mws.amazonservices.com/Orders/2013-09-01?Action=ListOrders",
        LWA,
    )
    testing.check_adapter(AMAZON, urls)
    assert AMAZON.signs == "body"
    assert "{id}" in AMAZON.console_links["order"]


@pytest.mark.parametrize("sample", SAMPLES["api_errors"], ids=lambda sample: sample["name"])
def test_sample_errors(sample: dict[str, Any]) -> None:
    name = sample["name"]
    url = LWA if name.startswith("lwa") else "https://mws.amazonservices.com/x" if name.startswith("mws") else "/x/v1/x"
    raw = sample["body_text"].encode() if "body_text" in sample else sample["body"]
    exchange = call(url, sample["http_status"], raw, "PUT" if name == "listing-issue" else "GET", **sample["headers"])
    expected = sample["expect"]
    if expected["class"] == "ok":
        assert AMAZON.handle_error(exchange) is None
        seen = AMAZON.observe(exchange)
        assert seen is not None
        assert seen.detail == f"{expected['rate_per_s']} requests per second"
        return
    record = failed(exchange)
    assert (record.code, record.category) == (
        expected["code"],
        {"signature": "auth"}.get(expected["class"], expected["class"]),
    )
    assert record.retryable is (record.category in ("rate_limit", "platform_outage"))


@pytest.mark.parametrize(
    ("status", "code", "message", "category"),
    [
        (401, "Unauthorized", "Access denied", "auth"),
        (403, "Unauthorized", "Access token is missing in the request header.", "auth"),
        (
            503,
            "QuotaExceeded",
            "You exceeded your quota of 200.0 requests per 1 hour. Your quota will reset on X",
            "quota",
        ),
        (429, "QuotaExceeded", "You exceeded your quota for the requested resource.", "rate_limit"),
        (409, "ConcurrentModification", "", "conflict"),
        (400, "8541", "The SKU data provided is different", "conflict"),
        (400, "InsufficientInventoryAtNode", "not enough inventory", "business_rule"),
        (404, "ShipmentNotFound", "", "not_found"),
    ],
)
def test_codes(status: int, code: str, message: str, category: str) -> None:
    record = failed(call("/x/v1/x", status, {"errors": [{"code": code, "message": message}]}))
    assert (record.code, record.category) == (code, category)


def test_meanings_of_unauthorized_are_told_apart() -> None:
    said = ("The access token you provided has expired.", "… is revoked, malformed or invalid.", "")
    error = {"code": "Unauthorized", "message": "Access to requested resource is denied."}
    found = [failed(call("/x/v1/x", 403, {"errors": [{**error, "details": text}]})) for text in said]
    assert len({record.meaning for record in found}) == 3
    assert [record.category for record in found] == ["auth", "auth", "permission"]


def test_answers_without_code() -> None:
    assert failed(call("/x/v1/x", 403, {"message": "Missing Authentication Token"})).category is Category.AUTH
    assert failed(call("/x/v1/x", 502, b"<html>")).category is Category.PLATFORM_OUTAGE
    refused = failed(call("/listings/2021-08-01/items/A1/x", 200, {"status": "INVALID", "issues": []}, "PUT"))
    assert refused.category is Category.VALIDATION


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://sellingpartnerapi-eu.amazon.com/x", True),
        ("https://sellingpartnerapi-fe.amazon.com/x", True),
        ("https://sandbox.sellingpartnerapi-na.amazon.com/x", True),
        ("https://mws-eu.amazonservices.com/x", True),
        ("https://mws.amazonservices.in/x", True),
        ("https://api.amazon.co.uk/auth/o2/token", True),
        (LWA, True),
        ("https://api.amazon.com/user/profile", False),
        ("https://sellercentral.amazon.com/x", False),
        ("http://[::1", False),
    ],
)
def test_hosts(url: str, ours: bool) -> None:
    assert AMAZON.owns(url) is ours


def test_store_and_objects() -> None:
    listing = call("/listings/2021-08-01/items/A1/red", 200, {}, "PUT", **{"x-amzn-RequestId": "r"})
    assert (AMAZON.store(listing), AMAZON.objects(listing), AMAZON.request_id(listing)) == (
        "A1",
        {"seller_sku": "red"},
        "r",
    )
    order = call("/orders/v0/orders/111-0000000-0000000", 200, {})
    assert AMAZON.store(order) == "sellingpartnerapi-na.amazon.com"
    assert AMAZON.objects(order) == {"order": "111-0000000-0000000"}
    mws = Exchange("POST", "https://mws.amazonservices.com/x", request_body=b"SellerId=A9&AmazonOrderId=1")
    assert (AMAZON.store(mws), AMAZON.objects(mws)) == ("A9", {"order": "1"})


def test_retry_after() -> None:
    orders = call("/orders/v0/orders", 429, {})
    assert AMAZON.retry_after(orders) == pytest.approx(59.9)
    assert AMAZON.retry_after(replace(orders, response_headers={"Retry-After": "2"})) == 2.0
    assert AMAZON.retry_after(call("/unknown/v1/things", 429, {})) is None
    assert AMAZON.retry_after(call("/orders/v0/orders", 503, {})) is None
    resets = {"x-mws-quota-resetsOn": (NOW + timedelta(minutes=5)).isoformat()}
    assert AMAZON.retry_after(call("https://mws.amazonservices.com/x", 503, b"", **resets)) == 300.0


def test_observations() -> None:
    quota = {"x-mws-quota-max": "200.0", "x-mws-quota-remaining": "50.0"}
    budget = AMAZON.observe(call("https://mws.amazonservices.com/x?Action=ListOrders", 200, b"", **quota))
    assert budget is not None
    assert (budget.kind, budget.remaining, budget.operation) == ("rate_budget", 0.25, "mws.ListOrders")
    token = AMAZON.observe(call(LWA, 200, {"access_token": "x", "expires_in": 3600}, "POST"))
    assert token is not None
    assert (token.kind, token.expires_at) == ("token_expiry", NOW + timedelta(hours=1))
    assert AMAZON.observe(call("/x/v1/x", 200, {}, **{"x-amzn-RateLimit-Limit": "none"})) is None
