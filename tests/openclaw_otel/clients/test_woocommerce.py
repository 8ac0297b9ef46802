"""woocommerce (requests): it hands back the answer; what the application makes of it is a copy of our record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import woocommerce

TIMEOUT = 0.3
ORDERS = "/wp-json/wc/v3/orders"
BAD_KEY = {
    "code": "woocommerce_rest_authentication_error",
    "message": "Consumer secret is invalid.",
    "data": {"status": 401},
}
LIMITED = {"code": "too_many_requests", "message": "Too many requests. Try again later.", "data": {"status": 429}}
FATAL = {
    "code": "internal_server_error",
    "message": "<p>There has been a critical error on this website.</p>",
    "data": {"status": 500},
}


def client(host: str) -> woocommerce.API:
    return woocommerce.API(
        f"http://{host}", "ck_0123456789abcdef", "cs_0123456789abcdef", timeout=TIMEOUT, query_string_auth=True
    )


def list_orders(host: str) -> Callable[[], object]:
    def work() -> object:
        response = client(host).get("orders", params={"per_page": 5})
        response.raise_for_status()
        return response.json()

    return work


def test_timeout(shop: Any, answer: Any, watched: Any) -> None:
    shop.on(ORDERS, answer(delay=TIMEOUT * 2))
    watch = watched(shop.host, "woocommerce")
    assert isinstance(watch.fails(list_orders(shop.host)), requests.ReadTimeout)
    watch.one("woocommerce", "orders.list", "timeout", None, ERROR_RETRYABLE=True)


def test_refused_connection(nobody: str, watched: Any) -> None:
    watch = watched(nobody, "woocommerce")
    assert isinstance(watch.fails(list_orders(nobody)), requests.ConnectionError)
    watch.one("woocommerce", "orders.list", "network", None, ERROR_RETRYABLE=True)


@pytest.mark.parametrize(
    ("said", "category", "retryable"),
    [(BAD_KEY, "auth", False), (LIMITED, "rate_limit", True), (FATAL, "platform_outage", True)],
    ids=["401", "429", "500"],
)
def test_error_answers(
    shop: Any, answer: Any, watched: Any, *, said: dict[str, Any], category: str, retryable: bool
) -> None:
    status = said["data"]["status"]
    shop.on(ORDERS, answer(status, json.dumps(said).encode()))
    watch = watched(shop.host, "woocommerce")
    error = watch.fails(list_orders(shop.host))
    assert isinstance(error, requests.HTTPError)
    assert error.response.json() == said
    more = {"ERROR_RETRYABLE": retryable, "HTTP_RESPONSE_STATUS_CODE": status}
    watch.one("woocommerce", "orders.list", category, said["code"], **more)


def test_an_answer_that_is_looked_at_and_not_raised(shop: Any, answer: Any, watched: Any) -> None:
    shop.on(ORDERS, answer(401, json.dumps(BAD_KEY).encode()))
    watch = watched(shop.host, "woocommerce")
    assert client(shop.host).get("orders").status_code == 401
    watch.one("woocommerce", "orders.list", "auth", BAD_KEY["code"], copies=0, ERROR_RETRYABLE=False)
