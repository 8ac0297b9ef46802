"""python-amazon-sp-api (httpx): calls, the token before them, and its retry decorators."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sp_api.api import Orders
from sp_api.auth import access_token_client
from sp_api.auth.exceptions import AuthorizationError
from sp_api.base import Marketplaces, SellingApiException, exceptions
from sp_api.util import sp_retry, throttle_retry

from openclaw_otel import attributes as names

TIMEOUT = 0.3
TOKEN = "/auth/o2/token"
ORDER = "/orders/v0/orders/902-1845936-5435065"
ITEMS = f"{ORDER}/orderItems"
GRANTED = {"access_token": "Atza|granted", "refresh_token": "Atzr|r", "token_type": "bearer", "expires_in": 3600}
DENIED = {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""}]}
THROTTLED = {"errors": [{"code": "QuotaExceeded", "message": "You exceeded your quota for the requested resource."}]}
DOWN = {"errors": [{"code": "InternalFailure", "message": "We encountered an internal error. Please try again."}]}
BAD_CLIENT = {"error": "invalid_client", "error_description": "Client authentication failed"}


def body(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Orders]]:
    """Make a client of a local platform: it has no setting for addresses, so the constants are replaced."""
    made: list[Orders] = []
    monkeypatch.setattr(access_token_client, "cache", {})
    monkeypatch.setattr(access_token_client.AccessTokenClient, "scheme", "http://")

    def make(host: str) -> Orders:
        monkeypatch.setattr(access_token_client.AccessTokenClient, "host", host)
        credentials = {"lwa_app_id": "amzn1.app", "lwa_client_secret": "secret"}
        client = Orders(Marketplaces.US, refresh_token="Atzr|r", credentials=credentials, timeout=TIMEOUT)
        client.endpoint = f"http://{host}"
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()
        client._auth._transport.close()  # the client leaves this one to the garbage collector


@pytest.fixture
def granting(shop: Any, answer: Any) -> Any:
    shop.on(TOKEN, answer(200, body(GRANTED)))
    return shop


def get(client: Orders) -> Callable[[], object]:
    return lambda: client.get_order("902-1845936-5435065")


def test_timeout(granting: Any, answer: Any, watched: Any, orders: Any) -> None:
    granting.on(ORDER, answer(delay=TIMEOUT * 2))
    watch = watched(granting.host, "amazon_sp")
    assert isinstance(watch.fails(get(orders(granting.host))), httpx.ReadTimeout)
    watch.one("amazon_sp", "orders.get", "timeout", None, ERROR_RETRYABLE=True, others=1)


def test_refused_connection(nobody: str, watched: Any, orders: Any) -> None:
    watch = watched(nobody, "amazon_sp")
    assert isinstance(watch.fails(get(orders(nobody))), httpx.ConnectError)
    watch.one("amazon_sp", "lwa.token", "network", None, ERROR_RETRYABLE=True)


@pytest.mark.parametrize(
    ("status", "said", "category", "retryable"),
    [
        (401, DENIED, "auth", False),
        (403, DENIED, "permission", False),
        (429, THROTTLED, "rate_limit", True),
        (500, DOWN, "platform_outage", True),
    ],
    ids=["401", "403", "429", "500"],
)
def test_error_answers(
    granting: Any, answer: Any, watched: Any, orders: Any, *, status: int, said: Any, category: str, retryable: bool
) -> None:
    granting.on(ORDER, answer(status, body(said), {"x-amzn-RequestId": "9b8f5c1e-6a3f-4e56-8f39-4c2f7f1f2f11"}))
    watch = watched(granting.host, "amazon_sp")
    error = watch.fails(get(orders(granting.host)))
    assert isinstance(error, SellingApiException)
    code = said["errors"][0]["code"]
    assert error.amzn_code == code
    more = {"ERROR_RETRYABLE": retryable, "HTTP_RESPONSE_STATUS_CODE": status}
    watch.one("amazon_sp", "orders.get", category, code, others=1, **more)


def test_refused_credentials(shop: Any, answer: Any, watched: Any, orders: Any) -> None:
    shop.on(TOKEN, answer(401, body(BAD_CLIENT)))
    watch = watched(shop.host, "amazon_sp")
    assert isinstance(watch.fails(get(orders(shop.host))), AuthorizationError)
    watch.one("amazon_sp", "lwa.token", "auth", "invalid_client", ERROR_RETRYABLE=False)


def test_retries_until_it_gives_up(granting: Any, answer: Any, watched: Any, orders: Any) -> None:
    granting.on(ORDER, answer(429, body(THROTTLED)))
    client = orders(granting.host)
    watch = watched(granting.host, "amazon_sp")

    @throttle_retry(tries=3, delay=0.01)
    def load(number: str) -> object:
        return client.get_order(number)

    assert load.__name__ == "wrapper"  # as the library leaves it
    error = watch.fails(lambda: load("902-1845936-5435065"))
    assert isinstance(error, exceptions.SellingApiRequestThrottledException)
    assert len(granting.requests) == 1 + 3
    watch.one(
        "amazon_sp",
        "orders.get",
        "rate_limit",
        "QuotaExceeded",
        ERROR_RETRYABLE=True,
        HTTP_REQUEST_RESEND_COUNT=2,
        others=1,
    )


def test_a_retry_that_helps_leaves_no_failure(
    granting: Any, answer: Any, watched: Any, orders: Any, telemetry: Any
) -> None:
    granting.on(ORDER, answer(429, body(THROTTLED)), answer(200, body({"payload": {"AmazonOrderId": "1"}})))
    client = orders(granting.host)
    watched(granting.host, "amazon_sp")
    sp_retry(tries=3, delay=0.01)(get(client))()
    assert telemetry.records == []
    assert [span.status.is_ok for span in telemetry.clients] == [True, True]


def test_other_failures_inside_a_retried_function_keep_their_own_record(
    granting: Any, answer: Any, watched: Any, orders: Any, telemetry: Any
) -> None:
    granting.on(ITEMS, answer(500, body(DOWN)))
    granting.on(ORDER, answer(429, body(THROTTLED)))
    client = orders(granting.host)
    watch = watched(granting.host, "amazon_sp")

    @throttle_retry(tries=2, delay=0.01)
    def load() -> None:
        for _ in range(2):
            with pytest.raises(SellingApiException):
                client.get_order_items("902-1845936-5435065")
        client.get_order("902-1845936-5435065")

    watch.fails(load)
    found = sorted(
        (each.attributes[names.OPERATION_NAME], each.attributes[names.HTTP_REQUEST_RESEND_COUNT])
        for each in telemetry.records
    )
    assert found == [("orders.get", 1), ("orders.orderItems.list", 1), ("orders.orderItems.list", 1)]
