"""stripe (requests): its own retries (`max_network_retries`) are one failure with a resend count."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from openclaw_otel import attributes as names

TIMEOUT = 0.3
CHARGES = "/v1/charges"
KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
BAD_KEY = {"error": {"message": "Invalid API Key provided: sk_test_****dp7dc", "type": "invalid_request_error"}}
LIMITED = {
    "error": {
        "code": "rate_limit",
        "message": "Testmode request rate limit exceeded, the rate limits in test mode are lower than live mode.",
        "type": "invalid_request_error",
    }
}
DOWN = {"error": {"message": "An unknown error occurred", "type": "api_error"}}
DECLINED = {
    "error": {
        "code": "card_declined",
        "decline_code": "insufficient_funds",
        "message": "Your card has insufficient funds.",
        "type": "card_error",
    }
}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.02)


def client(host: str, retries: int = 0) -> stripe.StripeClient:
    return stripe.StripeClient(
        KEY,
        base_addresses={"api": f"http://{host}"},
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        max_network_retries=retries,
    )


def charge(host: str, retries: int = 0) -> Callable[[], object]:
    made = client(host, retries)
    return lambda: made.v1.charges.create({"amount": 500, "currency": "usd", "source": "tok_visa"})


@pytest.mark.parametrize("retries", [0, 2])
def test_timeout(shop: Any, answer: Any, watched: Any, *, retries: int) -> None:
    shop.on(CHARGES, answer(delay=TIMEOUT * 2))
    watch = watched(shop.host, "stripe")
    assert isinstance(watch.fails(charge(shop.host, retries)), stripe.APIConnectionError)
    assert len(shop.requests) == 1 + retries
    watch.one("stripe", "charges.create", "timeout", None, ERROR_RETRYABLE=True, **resent(retries))


@pytest.mark.parametrize("retries", [0, 2])
def test_refused_connection(nobody: str, watched: Any, *, retries: int) -> None:
    watch = watched(nobody, "stripe")
    assert isinstance(watch.fails(charge(nobody, retries)), stripe.APIConnectionError)
    watch.one("stripe", "charges.create", "network", None, ERROR_RETRYABLE=True, **resent(retries))


def test_invalid_key(shop: Any, answer: Any, watched: Any) -> None:
    shop.on(CHARGES, answer(401, json.dumps(BAD_KEY).encode(), {"Request-Id": "req_DxlBqCzIrdqVXf"}))
    watch = watched(shop.host, "stripe")
    assert isinstance(watch.fails(charge(shop.host, 2)), stripe.AuthenticationError)
    assert len(shop.requests) == 1
    watch.one("stripe", "charges.create", "auth", "invalid_request_error", ERROR_RETRYABLE=False)


def test_rate_limit(shop: Any, answer: Any, watched: Any) -> None:
    shop.on(CHARGES, answer(429, json.dumps(LIMITED).encode(), {"Request-Id": "req_DxlBqCzIrdqVXf"}))
    watch = watched(shop.host, "stripe")
    assert isinstance(watch.fails(charge(shop.host)), stripe.RateLimitError)
    watch.one("stripe", "charges.create", "rate_limit", "rate_limit", ERROR_RETRYABLE=True)


@pytest.mark.parametrize("retries", [0, 2])
def test_server_error(shop: Any, answer: Any, watched: Any, *, retries: int) -> None:
    shop.on(CHARGES, answer(500, json.dumps(DOWN).encode(), {"Request-Id": "req_DxlBqCzIrdqVXf"}))
    watch = watched(shop.host, "stripe")
    assert isinstance(watch.fails(charge(shop.host, retries)), stripe.APIError)
    keys = {{name.lower(): value for name, value in sent[2].items()}["idempotency-key"] for sent in shop.requests}
    assert (len(shop.requests), len(keys)) == (1 + retries, 1)
    watch.one("stripe", "charges.create", "platform_outage", "api_error", ERROR_RETRYABLE=True, **resent(retries))


def test_declined_card(shop: Any, answer: Any, watched: Any) -> None:
    shop.on(CHARGES, answer(402, json.dumps(DECLINED).encode()))
    watch = watched(shop.host, "stripe")
    assert isinstance(watch.fails(charge(shop.host)), stripe.CardError)
    watch.one("stripe", "charges.create", "business_rule", "card_declined", ERROR_RETRYABLE=False)


def test_different_troubles_of_one_call(shop: Any, answer: Any, watched: Any) -> None:
    """What stands at the end is what failed."""
    shop.on(
        CHARGES,
        answer(500, json.dumps(DOWN).encode()),
        answer(trouble="reset"),
        answer(429, json.dumps(LIMITED).encode()),
    )
    watch = watched(shop.host, "stripe")
    assert isinstance(watch.fails(charge(shop.host, 3)), stripe.RateLimitError)
    watch.one("stripe", "charges.create", "rate_limit", "rate_limit", HTTP_REQUEST_RESEND_COUNT=2)


def test_a_retry_that_helps_leaves_no_failure(shop: Any, answer: Any, watched: Any, telemetry: Any) -> None:
    shop.on(CHARGES, answer(500, json.dumps(DOWN).encode()), answer(200, b'{"id": "ch_1", "object": "charge"}'))
    watched(shop.host, "stripe")
    assert charge(shop.host, 2)().id == "ch_1"  # type: ignore[attr-defined]
    (span,) = telemetry.clients
    assert telemetry.records == []
    assert span.status.is_ok
    assert span.attributes[names.HTTP_REQUEST_RESEND_COUNT] == 1


def test_two_calls_are_two_failures(shop: Any, answer: Any, watched: Any, telemetry: Any) -> None:
    shop.on(CHARGES, answer(500, json.dumps(DOWN).encode()))
    watch = watched(shop.host, "stripe")
    work = charge(shop.host, 1)
    watch.fails(work)
    watch.fails(work)
    ids = [record.attributes[names.RECORD_ID] for record in telemetry.records]
    assert len(set(ids)) == len(telemetry.clients) == 2
    assert watch.copies() == ids


@pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload raw bytes/text content:DeprecationWarning")
@pytest.mark.parametrize("kind", [stripe.HTTPXClient, stripe.AIOHTTPClient])
def test_asynchronous_clients(shop: Any, answer: Any, watched: Any, *, kind: Any) -> None:
    shop.on(CHARGES, answer(500, json.dumps(DOWN).encode()))

    async def work() -> None:
        http = kind(timeout=TIMEOUT)
        made = stripe.StripeClient(
            KEY, base_addresses={"api": f"http://{shop.host}"}, http_client=http, max_network_retries=2
        )
        try:
            await made.v1.charges.create_async({"amount": 500, "currency": "usd"})
        finally:
            await http.close_async()

    watch = watched(shop.host, "stripe")
    assert isinstance(watch.fails(lambda: asyncio.run(work())), stripe.APIError)
    watch.one("stripe", "charges.create", "platform_outage", "api_error", HTTP_REQUEST_RESEND_COUNT=2)


def resent(count: int) -> dict[str, int]:
    return {"HTTP_REQUEST_RESEND_COUNT": count} if count else {}
