"""PayPal: vectors, samples, every form of an error."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import testing
from openclaw_otel.adapters.paypal import PayPalAdapter, check_certificate_url
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Category, ErrorRecord, Evidence, Exchange, WebhookRequest

PAYLOADS = Path(__file__).parents[2] / "payloads" / "paypal"
SAMPLES = json.loads((PAYLOADS / "samples.json").read_text("utf-8"))
VECTORS = testing.load_vectors(PAYLOADS / "vectors.json")
OWN = next(vector for vector in VECTORS if vector.name == "own-key")
PAYPAL = PayPalAdapter()
API = "https://api-m.paypal.com"


def call(method: str, path: str, status: int, body: Any, sent: Any = None) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = json.dumps(sent).encode() if sent is not None else b""
    return Exchange(method, f"{API}{path}", {}, request, status, {"Paypal-Debug-Id": "d1"}, raw)


def failed(exchange: Exchange) -> ErrorRecord:
    record = PAYPAL.handle_error(exchange)
    assert record is not None
    return record


@pytest.mark.parametrize("vector", [one for one in VECTORS if not one.primitive_only], ids=lambda vector: vector.name)
def test_webhook_vectors(vector: testing.Vector) -> None:
    testing.check_vector(PAYPAL, vector)


def test_the_checksum_primitive() -> None:
    vector = next(one for one in VECTORS if one.primitive_only)
    assert zlib.crc32(vector.request.body) & 0xFFFFFFFF == vector.data["crc32"]


@pytest.mark.parametrize("header", ["paypal-transmission-id", "paypal-transmission-time", "paypal-transmission-sig"])
def test_each_signed_header_counts(header: str) -> None:
    headers = {name.lower(): value for name, value in OWN.request.headers.items()}
    changed = headers[header][:-3] + ("A" if headers[header][-3] != "A" else "B") + headers[header][-2:]
    for value, reasons in ((changed, {"mismatch"}), ("", {"missing_header"}), ("签名", {"mismatch", "malformed"})):
        refusal = testing.verdict(PAYPAL, OWN, replace(OWN.request, headers={**headers, header: value}))
        assert refusal is not None
        assert refusal.reason in reasons


def verify(**changes: Any) -> str:
    arguments: dict[str, Any] = {"now": OWN.now, "fetch": OWN.fetch, **OWN.parameters, **changes}
    secrets = arguments.pop("secrets", ())
    try:
        PAYPAL.verify_webhook_signature(OWN.request, secrets, **arguments)
    except SignatureError as error:
        return error.reason
    return "right"


def test_parameters() -> None:
    own_id = OWN.parameters["webhook_id"]
    assert verify(webhook_id=["other", own_id]) == "right"
    assert verify(webhook_id=None, secrets=[own_id]) == "right"
    assert verify(webhook_id=None) == "no_secret"
    assert verify(webhook_id="other") == "mismatch"
    assert verify(trust_roots=None) == "untrusted_certificate"
    assert verify(tolerance=10**9) == "right"
    assert verify(tolerance=1, now=datetime(2027, 1, 1, tzinfo=UTC)) == "expired"

    def offline(url: str) -> bytes:
        raise OSError("no route")

    assert verify(fetch=offline) == "key_unavailable"
    assert verify(fetch=lambda url: b"<html>") == "untrusted_certificate"


def test_a_hostile_certificate_url_is_never_fetched() -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return b""

    for vector in VECTORS:
        if vector.name.startswith("cert-url"):
            with pytest.raises(SignatureError, match="not https on"):
                PAYPAL.verify_webhook_signature(vector.request, (), fetch=fetch, **vector.parameters)
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://paypal.com.evil/",
        "https://evilpaypal.com/",
        "https://a@api.paypal.com/",
        "https://api.paypal.com:8443/x",
        "https://api.paypal.com\t/",
        "https://[::1/",
        "HTTPS//",
        "https://api.paypal.com\\.evil/",
        "https://аpi.paypal.com/",
    ],
)
def test_other_hostile_urls(url: str) -> None:
    with pytest.raises(SignatureError):
        check_certificate_url(url)


def test_good_urls() -> None:
    for url in ("https://api.paypal.com/v1/notifications/certs/CERT-1", "https://API.SANDBOX.PAYPAL.COM:443/x"):
        check_certificate_url(url)


def test_another_algorithm_is_not_taken() -> None:
    headers = {**OWN.request.headers, "PAYPAL-AUTH-ALGO": "SHA1withRSA"}
    refusal = testing.verdict(PAYPAL, OWN, replace(OWN.request, headers=headers))
    assert refusal is not None
    assert refusal.reason == "malformed"


def test_the_contract() -> None:
    paths = (
        "/v2/checkout/orders/6JJGILYKZUZMG2W5O/capture",
        "/v1/payments/payouts-item/M7LGKXNFP9IU9",
        "/v1/oauth2/token",
    )
    testing.check_adapter(
        PAYPAL, tuple(f"{API}{path}" for path in (*paths, "/v1/payments/payment/PAY-1AB23456CD789012EF34GHIJ"))
    )


@pytest.mark.parametrize("sample", SAMPLES["webhooks"], ids=lambda sample: sample["name"])
def test_sample_webhooks(sample: dict[str, Any]) -> None:
    body = json.dumps(sample["body"]).encode()
    webhook = PAYPAL.parse_webhook(WebhookRequest("POST", "https://h.example/", sample["headers"], body))
    assert (webhook.topic, webhook.event_id) == (sample["expect"]["topic"], sample["expect"]["event_id"])
    assert webhook.delivery_id == sample["headers"]["PAYPAL-TRANSMISSION-ID"]
    assert webhook.occurred_at == datetime(2026, 9, 30, 1, tzinfo=UTC)
    assert not webhook.is_ping


@pytest.mark.parametrize("sample", SAMPLES["api_errors"], ids=lambda sample: sample["name"])
def test_sample_errors(sample: dict[str, Any]) -> None:
    record = failed(call("POST", "/v2/checkout/orders", sample["http_status"], sample["body"]))
    expected = sample["expect"]
    money = ("payment_declined", "insufficient_funds")
    assert record.category == ("business_rule" if expected["class"] in money else expected["class"])
    assert record.code == expected["code"]
    busy = expected["code"] == "PREVIOUS_REQUEST_IN_PROGRESS"
    assert record.retryable is (busy or record.category in ("rate_limit", "platform_outage"))


def details(*entries: dict[str, Any], name: str = "UNPROCESSABLE_ENTITY") -> dict[str, Any]:
    return {"name": name, "message": "generic", "debug_id": "x", "details": list(entries)}


@pytest.mark.parametrize(
    ("body", "code", "category", "fields"),
    [
        (
            details({"issue": "MISSING_REQUIRED_PARAMETER", "field": "/purchase_units/0/amount"}),
            "MISSING_REQUIRED_PARAMETER",
            "validation",
            ("purchase_units.amount",),
        ),
        (details({"issue": "CAPTURE_FULLY_REFUNDED"}), "CAPTURE_FULLY_REFUNDED", "business_rule", ()),
        (
            details({"issue": "SOME_NEW_ISSUE", "description": "Payer must log in first"}),
            "SOME_NEW_ISSUE",
            "unknown",
            (),
        ),
        (
            details({"issue": "BRAND_NEW_LIMIT", "description": "Too many requests per minute"}),
            "BRAND_NEW_LIMIT",
            "rate_limit",
            (),
        ),
        (details({"issue": "PAYEE_NOT_ENABLED_FOR_TELEPATHY"}), "PAYEE_NOT_ENABLED_FOR_TELEPATHY", "permission", ()),
        (
            details({"issue": "Receiver is invalid", "field": "items[0].receiver"}, name="VALIDATION_ERROR"),
            "VALIDATION_ERROR",
            "validation",
            ("items.receiver",),
        ),
        (
            details(
                {"issue": "Batch with given sender_batch_id already exists", "field": "SENDER_BATCH_ID"},
                name="USER_BUSINESS_ERROR",
            ),
            "USER_BUSINESS_ERROR",
            "conflict",
            ("SENDER_BATCH_ID",),
        ),
        (
            details({"issue": "Sender is not active", "field": "X"}, name="USER_BUSINESS_ERROR"),
            "USER_BUSINESS_ERROR",
            "business_rule",
            ("X",),
        ),
        (
            {"error": "invalid_client", "error_description": "Client Authentication failed"},
            "invalid_client",
            "auth",
            (),
        ),
    ],
)
def test_error_bodies(body: dict[str, Any], code: str, category: str, fields: tuple[str, ...]) -> None:
    record = failed(call("POST", "/v1/payments/payouts", 422, body))
    if category != "unknown":
        assert record.category == category
    assert (record.code, record.fields, record.request_id) == (code, fields, "d1")


def test_the_two_meanings_survive_a_cut_and_another_language() -> None:
    body = details({"field": "SENDER_BATCH_ID", "issue": "批次已存在"}, name="USER_BUSINESS_ERROR")
    translated = failed(call("POST", "/v1/payments/payouts", 400, body))
    cut = failed(call("POST", "/v1/payments/payouts", 400, json.dumps(body).encode()[:130]))
    assert translated.meaning == cut.meaning == "paypal.duplicate_batch"


def test_several_issues_are_a_set() -> None:
    entries = [{"issue": "B_ISSUE", "field": "/b"}, {"issue": "A_ISSUE", "field": "/a"}]
    one, two = (failed(call("POST", "/v2/checkout/orders", 422, details(*order))) for order in (entries, entries[::-1]))
    assert (one.codes, one.fields) == (two.codes, two.fields) == (("A_ISSUE", "B_ISSUE"), ("a", "b"))
    assert (one.code, two.code) == ("B_ISSUE", "A_ISSUE")


ITEM = {
    "payout_item_id": "I1",
    "transaction_status": "UNCLAIMED",
    "errors": {"name": "RECEIVER_UNREGISTERED", "message": "m"},
}


def test_payout_items_fail_inside_200() -> None:
    record = failed(call("GET", "/v1/payments/payouts-item/M7LGKXNFP9IU9", 200, ITEM))
    assert (record.code, record.category, record.operation) == (
        "RECEIVER_UNREGISTERED",
        Category.BUSINESS_RULE,
        "payouts-item.get",
    )
    batch = {"batch_header": {"batch_status": "SUCCESS"}, "items": [ITEM, {"transaction_status": "SUCCESS"}]}
    assert failed(call("GET", "/v1/payments/payouts/5UXD2E8A7EBQJ", 200, batch)).codes == ("RECEIVER_UNREGISTERED",)
    batch = {"batch_header": {"batch_status": "DENIED"}}
    denied = failed(call("GET", "/v1/payments/payouts/5UXD2E8A7EBQJ", 200, batch))
    assert (denied.code, denied.category, denied.severity) == (None, Category.BUSINESS_RULE, "critical")
    blocked = failed(call("GET", "/v1/payments/payouts-item/M7LGKXNFP9IU9", 200, {"transaction_status": "BLOCKED"}))
    assert blocked.evidence is Evidence.ANSWER
    assert (
        PAYPAL.handle_error(
            call("GET", "/v1/payments/payouts-item/M7LGKXNFP9IU9", 200, {"transaction_status": "SUCCESS"})
        )
        is None
    )


def test_other_failures_inside_2xx() -> None:
    unsigned = failed(
        call("POST", "/v1/notifications/verify-webhook-signature", 200, {"verification_status": "FAILURE"})
    )
    assert (unsigned.category, unsigned.operation) == (Category.WEBHOOK_SIGNATURE, "verify-webhook-signature")
    unit = {"payments": {"captures": [{"status": "DECLINED", "status_details": {"reason": "BUYER_COMPLAINT"}}]}}
    path = "/v2/checkout/orders/6JJGILYKZUZMG2W5O/capture"
    declined = failed(call("POST", path, 201, {"status": "COMPLETED", "purchase_units": [unit]}))
    assert (declined.category, declined.message) == (Category.BUSINESS_RULE, "status: DECLINED (BUYER_COMPLAINT)")
    unit["payments"]["captures"][0]["status"] = "COMPLETED"
    assert PAYPAL.handle_error(call("POST", path, 201, {"status": "COMPLETED", "purchase_units": [unit]})) is None


@pytest.mark.parametrize(
    ("status", "body", "category"),
    [
        (503, b"<html>maintenance</html>", "platform_outage"),
        (429, b"", "rate_limit"),
        (404, b"", "not_found"),
        (401, b"nope", "auth"),
        (400, b"\xff", "validation"),
    ],
)
def test_answers_that_are_no_json(status: int, body: bytes, category: str) -> None:
    record = failed(call("GET", "/v2/checkout/orders/6JJGILYKZUZMG2W5O", status, body))
    assert (record.category, record.code) == (category, None)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/v2/checkout/orders", "orders.create"),
        ("POST", "/v2/checkout/orders/6JJGILYKZUZMG2W5O/capture", "orders.capture"),
        ("GET", "/v2/checkout/orders/6JJGILYKZUZMG2W5O", "orders.get"),
        ("POST", "/v2/payments/captures/2GG279541U471931P/refund", "captures.refund"),
        ("POST", "/v1/payments/payouts", "payouts.create"),
        ("GET", "/v1/payments/payouts-item/M7LGKXNFP9IU9", "payouts-item.get"),
        ("POST", "/v1/oauth2/token", "oauth2.token"),
        ("GET", "/v1/customer/disputes", "disputes.list"),
        ("PATCH", "/v1/billing/plans/P-5ML4271244454362WXNWU5NQ", "plans.patch"),
    ],
)
def test_operations(method: str, path: str, expected: str) -> None:
    assert PAYPAL.operation(Exchange(method, f"{API}{path}?x=1")) == expected


def test_objects() -> None:
    sent = {"sender_batch_header": {"sender_batch_id": "B1"}, "items": [{"sender_item_id": "i1"}]}
    assert PAYPAL.objects(
        call("POST", "/v1/payments/payouts", 201, {"batch_header": {"payout_batch_id": "P1"}}, sent)
    ) == {**{"sender_batch": "B1", "sender_item": "i1", "payout_batch": "P1"}}
    assert PAYPAL.objects(Exchange("GET", f"{API}/v2/checkout/orders/6JJGILYKZUZMG2W5O")) == {
        "order": "6JJGILYKZUZMG2W5O"
    }


def test_a_fresh_token_tells_its_expiry() -> None:
    exchange = replace(
        call("POST", "/v1/oauth2/token", 200, {"expires_in": 32400}), started_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    seen = PAYPAL.observe(exchange)
    assert seen is not None
    assert (seen.kind, seen.expires_at) == ("token_expiry", datetime(2026, 1, 1, 9, tzinfo=UTC))
    assert PAYPAL.observe(call("GET", "/v1/x", 200, {"expires_in": 1})) is None


def test_a_bad_signature_is_answered_401() -> None:
    assert PAYPAL.answer("bad_signature", WebhookRequest("POST", "/", {}, b"")).status == 401


def test_a_partly_successful_bulk_call() -> None:
    error = details(
        {"issue": "INVALID_TRACKING_NUMBER", "field": "/trackers/3/tracking_number"}, name="INVALID_REQUEST"
    )
    record = failed(
        call("POST", "/v1/shipping/trackers-batch", 200, {"tracker_identifiers": [], "errors": [error, error]})
    )
    assert (record.codes, record.fields) == (("INVALID_TRACKING_NUMBER",), ("trackers.tracking_number",))
    assert PAYPAL.handle_error(call("POST", "/v1/shipping/trackers-batch", 200, {"errors": []})) is None
