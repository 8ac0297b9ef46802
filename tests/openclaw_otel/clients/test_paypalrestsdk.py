"""paypalrestsdk (requests): after a 401 it fetches a token and tries once more; that is one failure, not two."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import paypalrestsdk
import pytest
import requests
from paypalrestsdk import exceptions

from openclaw_otel import attributes as names

TIMEOUT = 0.3
TOKEN = "/v1/oauth2/token"
PAYOUT = "/v1/payments/payouts/"
PAYMENT = "/v1/payments/payment/PAY-1B56960729604235TKQQIYVY"
GRANTED = {"access_token": "A21AAF-granted", "token_type": "Bearer", "expires_in": 32400}
BAD_TOKEN = {"error": "invalid_token", "error_description": "Token signature verification failed"}
BAD_CLIENT = {"error": "invalid_client", "error_description": "Client Authentication failed"}
LIMITED = {
    "name": "RATE_LIMIT_REACHED",
    "message": "Too many requests. Blocked due to rate limiting.",
    "debug_id": "90957fca61718",
}
DOWN = {
    "name": "INTERNAL_SERVER_ERROR",
    "message": "An internal server error occurred",
    "debug_id": "4ecd432983fac",
}
NO_FUNDS = {
    "name": "INSUFFICIENT_FUNDS",
    "message": "Sender does not have sufficient funds. Please add funds and retry.",
    "debug_id": "7d97cfdcb1d5d",
}


class Api(paypalrestsdk.Api):  # type: ignore[misc]
    """The SDK has no timeout of its own; `http_call` hands keywords on to requests."""

    def http_call(self, url: str, method: str, **kwargs: Any) -> Any:
        return super().http_call(url, method, timeout=TIMEOUT, **kwargs)


def find_payment(host: str) -> Callable[[], object]:
    api = Api(endpoint=f"http://{host}", client_id="client", client_secret="secret", mode="sandbox")
    return lambda: paypalrestsdk.Payment.find("PAY-1B56960729604235TKQQIYVY", api=api)


@pytest.fixture
def granting(shop: Any, answer: Any) -> Any:
    shop.on(TOKEN, answer(200, json.dumps(GRANTED).encode()))
    return shop


def test_timeout(granting: Any, answer: Any, watched: Any) -> None:
    granting.on(PAYMENT, answer(delay=TIMEOUT * 2))
    work = find_payment(granting.host)
    watch = watched(granting.host, "paypal")
    assert isinstance(watch.fails(work), requests.ReadTimeout)
    watch.one("paypal", "payment.get", "timeout", None, ERROR_RETRYABLE=True, others=1)


def test_refused_connection(nobody: str, watched: Any) -> None:
    work = find_payment(nobody)
    watch = watched(nobody, "paypal")
    assert isinstance(watch.fails(work), requests.ConnectionError)
    watch.one("paypal", "oauth2.token", "network", None, ERROR_RETRYABLE=True)


def test_a_new_token_that_helps_leaves_no_failure(granting: Any, answer: Any, watched: Any, telemetry: Any) -> None:
    granting.on(
        PAYMENT, answer(401, json.dumps(BAD_TOKEN).encode()), answer(200, b'{"id": "PAY-1", "state": "approved"}')
    )
    watched(granting.host, "paypal")
    payment = find_payment(granting.host)()
    assert payment["state"] == "approved"
    assert telemetry.records == []
    assert [span.status.is_ok for span in telemetry.clients] == [True] * 3


def test_refused_credentials(shop: Any, answer: Any, watched: Any) -> None:
    shop.on(TOKEN, answer(401, json.dumps(BAD_CLIENT).encode()))
    watch = watched(shop.host, "paypal")
    assert isinstance(watch.fails(find_payment(shop.host)), exceptions.UnauthorizedAccess)
    watch.one("paypal", "oauth2.token", "auth", "invalid_client", ERROR_RETRYABLE=False)


def test_token_and_then_credentials_refused_under_way(shop: Any, answer: Any, watched: Any) -> None:
    """The SDK asks for a new token after every 401, without end: what ends it is what failed."""
    granted = answer(200, json.dumps(GRANTED).encode())
    shop.on(TOKEN, granted, granted, answer(401, json.dumps(BAD_CLIENT).encode()))
    shop.on(PAYMENT, answer(401, json.dumps(BAD_TOKEN).encode()))
    watch = watched(shop.host, "paypal")
    assert isinstance(watch.fails(find_payment(shop.host)), exceptions.UnauthorizedAccess)
    record = watch.one("paypal", "oauth2.token", "auth", "invalid_client", ERROR_RETRYABLE=False, others=3)
    failed = [span for span in watch.telemetry.clients if names.RECORD_ID in span.attributes]
    assert {span.attributes[names.RECORD_ID] for span in failed} == {record.attributes[names.RECORD_ID]}
    payment = next(span for span in failed if span.name == "paypal payment.get")
    assert payment.attributes[names.HTTP_REQUEST_RESEND_COUNT] == 1


@pytest.mark.parametrize(
    ("status", "said", "category", "raised"),
    [
        (429, LIMITED, "rate_limit", exceptions.ClientError),
        (500, DOWN, "platform_outage", exceptions.ServerError),
    ],
)
def test_error_answers(
    granting: Any, answer: Any, watched: Any, *, status: int, said: Any, category: str, raised: Any
) -> None:
    granting.on(PAYMENT, answer(status, json.dumps(said).encode(), {"Paypal-Debug-Id": said["debug_id"]}))
    watch = watched(granting.host, "paypal")
    assert isinstance(watch.fails(find_payment(granting.host)), raised)
    watch.one("paypal", "payment.get", category, said["name"], ERROR_RETRYABLE=True, others=1)


def test_a_refused_payout_is_a_value_not_an_exception(granting: Any, answer: Any, watched: Any) -> None:
    granting.on(PAYOUT, answer(400, json.dumps(NO_FUNDS).encode()))
    api = Api(endpoint=f"http://{granting.host}", client_id="client", client_secret="secret", mode="sandbox")
    watch = watched(granting.host, "paypal")
    payout = paypalrestsdk.Payout({"sender_batch_header": {"sender_batch_id": "b1"}, "items": []}, api=api)
    assert not payout.create()
    assert payout.error["name"] == "INSUFFICIENT_FUNDS"
    watch.one("paypal", "payouts.create", "business_rule", "INSUFFICIENT_FUNDS", copies=0, others=1)
