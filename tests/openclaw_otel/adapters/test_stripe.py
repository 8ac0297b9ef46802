"""Stripe: vectors, samples, every form of an error, operations without ids."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import signing, testing
from openclaw_otel.adapters.stripe import StripeAdapter
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Category, ErrorRecord, Exchange, WebhookRequest

PAYLOADS = Path(__file__).parents[2] / "payloads" / "stripe"
SAMPLES = json.loads((PAYLOADS / "samples.json").read_text("utf-8"))
VECTORS = testing.load_vectors(PAYLOADS / "vectors.json")
SIGNED = next(vector for vector in VECTORS if vector.name == "v1")
STRIPE = StripeAdapter()
API = "https://api.stripe.com/v1"


def call(method: str, path: str, status: int, body: Any, sent: bytes = b"", **headers: str) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(method, f"{API}{path}", headers, sent, status, {"Request-Id": "req_1"}, raw)


def failed(exchange: Exchange) -> ErrorRecord:
    record = STRIPE.handle_error(exchange)
    assert record is not None
    return record


@pytest.mark.parametrize("vector", [one for one in VECTORS if not one.primitive_only], ids=lambda vector: vector.name)
def test_webhook_vectors(vector: testing.Vector) -> None:
    testing.check_vector(STRIPE, vector)


@pytest.mark.parametrize("vector", [one for one in VECTORS if one.primitive_only], ids=lambda vector: vector.name)
def test_the_primitive(vector: testing.Vector) -> None:
    made = signing.digest(vector.secrets[0].encode(), vector.request.body, encoding="hex")
    assert made.decode() == vector.data["expected_hmac_hex"]


def reason(header: str | None = None, **changes: Any) -> str:
    request = SIGNED.request
    if header is not None:
        request = replace(request, headers={"stripe-signature": header})
    arguments: dict[str, Any] = {"now": SIGNED.now, "secrets": SIGNED.secrets, **changes}
    secrets = arguments.pop("secrets")
    try:
        STRIPE.verify_webhook_signature(request, secrets, **arguments)
    except SignatureError as error:
        return error.reason
    return "right"


def test_the_window_of_300_seconds() -> None:
    assert SIGNED.now is not None
    signed_at = datetime.fromtimestamp(1727658000, UTC)
    assert reason(now=signed_at + timedelta(seconds=301)) == "expired"
    assert reason(now=signed_at + timedelta(seconds=301), tolerance=600) == "right"
    assert reason(now=signed_at + timedelta(seconds=2), tolerance=1) == "expired"
    assert reason(now=signed_at - timedelta(days=1)) == "right"


def test_a_secret_and_its_successor() -> None:
    good = SIGNED.request.headers["stripe-signature"].partition("v1=")[2]
    assert reason(f"t=1727658000,v1={'0' * 64},v1={good}") == "right"
    assert reason(secrets=["whsec_old", *SIGNED.secrets]) == "right"
    assert reason(secrets=["whsec_old"]) == "mismatch"
    assert reason(secrets=[]) == "no_secret"
    assert reason(f"t=1727658001,v1={good}") == "mismatch"


@pytest.mark.parametrize("header", ["", "t=,v1=a", "v1=a", "t=1", "t=99999999999999,v1=a", "t=x,v1=y", "t=²,v1=a"])
def test_malformed_headers(header: str) -> None:
    assert reason(header) in ("malformed", "missing_header")
    assert reason("t=1727658000,v1=签名") == "mismatch"


def test_the_contract() -> None:
    names = (
        "/payment_intents/pi_3QabcdefGHIJ/confirm",
        "/customers/cus_abcdefghij/sources/card_1Qabcd",
        "/coupons/gold",
    )
    testing.check_adapter(STRIPE, tuple(f"{API}{name}" for name in (*names, "/events/evt_1QaZ09", "/charges/search")))


@pytest.mark.parametrize("sample", SAMPLES["webhooks"], ids=lambda sample: sample["name"])
def test_sample_webhooks(sample: dict[str, Any]) -> None:
    body = json.dumps(sample["body"]).encode()
    webhook = STRIPE.parse_webhook(WebhookRequest("POST", "https://h.example/", sample["headers"], body))
    expected = sample["expect"]
    assert (webhook.topic, webhook.event_id, webhook.store) == (expected["topic"], expected["event_id"], "acct_1")
    assert webhook.occurred_at == datetime.fromtimestamp(expected["timestamp"], UTC)


def test_thin_events_and_pings() -> None:
    event = {"id": "evt_1", "object": "v2.core.event", "type": "v2.core.event_destination.ping", "context": "acct_2"}
    event["created"] = "2026-09-17T06:20:52.246Z"
    webhook = STRIPE.parse_webhook(WebhookRequest("POST", "https://h.example/", {}, json.dumps(event).encode()))
    assert (webhook.is_ping, webhook.store, webhook.event_id) == (True, "acct_2", "evt_1")
    assert webhook.occurred_at is not None


@pytest.mark.parametrize("sample", SAMPLES["api_errors"], ids=lambda sample: sample["name"])
def test_sample_errors(sample: dict[str, Any]) -> None:
    record = failed(call("POST", "/payment_intents", sample["http_status"], sample["body"]))
    expected = sample["expect"]
    assert record.category == {"payment_declined": "business_rule"}.get(expected["class"], expected["class"])
    # The code is Stripe's word; where it gives none, the type is.
    assert record.code == (sample["body"]["error"].get("code") or sample["body"]["error"]["type"])
    assert record.retryable is (expected["retry"] == "backoff")


@pytest.mark.parametrize(
    ("status", "error", "category", "fields", "retryable"),
    [
        (
            400,
            {"code": "parameter_unknown", "param": "line_items[0][prize]"},
            "validation",
            ("line_items.prize",),
            False,
        ),
        (400, {"code": "balance_insufficient", "type": "invalid_request_error"}, "business_rule", (), False),
        (400, {"code": "payouts_not_allowed"}, "permission", (), False),
        (429, {"code": "lock_timeout"}, "conflict", (), True),
        (400, {"code": "charge_already_refunded"}, "business_rule", (), False),
        (402, {"code": "card_declined", "decline_code": "lost_card"}, "business_rule", (), False),
        (
            404,
            {"type": "invalid_request_error", "message": "Unrecognized request URL (GET: /v1/x)"},
            "not_found",
            (),
            False,
        ),
        (403, {"type": "invalid_request_error", "message": "no such right"}, "permission", (), False),
        (400, {"type": "invalid_request_error", "message": "Something odd about it"}, "validation", (), False),
        (400, {"type": "idempotency_error", "message": "Keys can only be used with the same…"}, "conflict", (), False),
        (400, {"code": "a_code_of_tomorrow", "message": "Too many requests, slow down"}, "rate_limit", (), True),
    ],
)
def test_errors(status: int, error: dict[str, str], category: str, fields: tuple[str, ...], retryable: bool) -> None:
    record = failed(call("POST", "/payment_intents", status, {"error": {"message": "m", **error}}))
    assert (record.category, record.fields, record.retryable) == (category, fields, retryable)
    assert record.code == error.get("code", error.get("type"))
    assert record.request_id == "req_1"


def test_the_reason_of_a_decline_is_told() -> None:
    body = {"error": {"type": "card_error", "code": "card_declined", "decline_code": "lost_card", "message": "No."}}
    record = failed(call("POST", "/payment_intents", 402, body))
    assert (record.code, record.message) == ("card_declined", "No. (decline_code: lost_card)")


def test_oauth_errors() -> None:
    body = {"error": "invalid_grant", "error_description": "Authorization code expired"}
    exchange = Exchange("POST", "https://connect.stripe.com/oauth/token", {}, b"", 400, {}, json.dumps(body).encode())
    record = failed(exchange)
    assert (record.code, record.category, record.operation) == ("invalid_grant", Category.AUTH, "oauth.token.create")


def test_a_cut_body_keeps_its_code() -> None:
    body = json.dumps({"error": {"code": "resource_missing", "param": "customer", "message": "x" * 200}}).encode()
    record = failed(call("GET", "/customers/cus_abcdef", 404, body[:80]))
    assert (record.code, record.fields) == ("resource_missing", ("customer",))


@pytest.mark.parametrize(("status", "category"), [(500, "platform_outage"), (429, "rate_limit"), (402, "quota")])
def test_answers_without_json(status: int, category: str) -> None:
    assert failed(call("GET", "/charges", status, b"<html>gone wrong</html>")).category == category
    assert STRIPE.handle_error(call("GET", "/charges", 200, {"data": []})) is None


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/payment_intents", "payment_intents.create"),
        ("POST", "/payment_intents/pi_3abcdEFGH/confirm", "payment_intents.confirm"),
        ("GET", "/customers/cus_lowercaseonly", "customers.get"),
        ("POST", "/customers/cus_1/sources", "customers.sources.create"),
        ("GET", "/coupons/gold", "coupons.get"),
        ("POST", "/checkout/sessions/cs_test_a1/expire", "checkout.sessions.expire"),
        ("GET", "/charges/search", "charges.search"),
        ("DELETE", "/billing_portal/configurations/bpc_1", "billing_portal.configurations.delete"),
        ("GET", "/account", "account.list"),
    ],
)
def test_operations(method: str, path: str, expected: str) -> None:
    assert STRIPE.operation(Exchange(method, f"{API}{path}?expand[]=x")) == expected


def test_store_objects_and_budget() -> None:
    exchange = call("POST", "/refunds", 429, {"error": {"code": "rate_limit"}}, b"charge=ch_3abcdEF&amount=1")
    exchange = replace(
        exchange,
        request_headers={"Stripe-Account": "acct_9"},
        response_headers={"Stripe-Rate-Limited-Reason": "global-rate", "Retry-After": "2"},
    )
    assert STRIPE.objects(exchange) == {"charge": "ch_3abcdEF"}
    assert (STRIPE.store(exchange), STRIPE.retry_after(exchange)) == ("acct_9", 2.0)
    seen = STRIPE.observe(exchange)
    assert seen is not None
    assert (seen.kind, seen.remaining, seen.detail) == ("rate_budget", 0.0, "global-rate")
    assert STRIPE.observe(call("GET", "/charges", 200, {})) is None
    assert STRIPE.objects(call("POST", "/payment_intents/pi_1abcdef/capture", 400, {})) == {"payment": "pi_1abcdef"}


def test_answers() -> None:
    request = WebhookRequest("POST", "https://h.example/", {}, b"")
    assert (STRIPE.answer("ok", request).status, STRIPE.answer("bad_signature", request).status) == (200, 401)
