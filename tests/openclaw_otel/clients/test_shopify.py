"""ShopifyAPI (urllib): what its own exceptions say is one record each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pyactiveresource.connection as active_resource
import pytest
import shopify

TIMEOUT = 0.3
ORDER = "/admin/api/2025-01/orders/1001.json"
GRAPHQL = "/admin/api/2025-01/graphql.json"
THROTTLED = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
BAD_TOKEN = {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}


@pytest.fixture
def shopify_at() -> Iterator[Callable[[str], None]]:
    def activate(host: str) -> None:
        shopify.ShopifyResource.site = f"http://{host}/admin/api/2025-01"
        shopify.ShopifyResource.timeout = TIMEOUT
        shopify.ShopifyResource.headers["X-Shopify-Access-Token"] = "shpat_0123456789abcdef0123456789abcdef"

    yield activate
    shopify.ShopifyResource.clear_session()
    shopify.ShopifyResource.timeout = None


def test_timeout(shop: Any, answer: Any, watched: Any, shopify_at: Any) -> None:
    shop.on(ORDER, answer(delay=TIMEOUT * 2))
    shopify_at(shop.host)
    watch = watched(shop.host, "shopify")
    assert isinstance(watch.fails(lambda: shopify.Order.find(1001)), TimeoutError)
    watch.one("shopify", "orders.get", "timeout", None, ERROR_RETRYABLE=True)


def test_refused_connection(nobody: str, watched: Any, shopify_at: Any) -> None:
    shopify_at(nobody)
    watch = watched(nobody, "shopify")
    assert type(watch.fails(lambda: shopify.Order.find(1001))) is active_resource.Error
    watch.one("shopify", "orders.get", "network", None, ERROR_RETRYABLE=True)


def test_invalid_token(shop: Any, answer: Any, watched: Any, shopify_at: Any) -> None:
    shop.on(ORDER, answer(401, json.dumps(BAD_TOKEN).encode()))
    shopify_at(shop.host)
    watch = watched(shop.host, "shopify")
    error = watch.fails(lambda: shopify.Order.find(1001))
    assert isinstance(error, active_resource.UnauthorizedAccess)
    assert json.loads(error.response.body) == BAD_TOKEN
    watch.one("shopify", "orders.get", "auth", None, ERROR_RETRYABLE=False, HTTP_RESPONSE_STATUS_CODE=401)


def test_too_many_calls(shop: Any, answer: Any, watched: Any, shopify_at: Any) -> None:
    said = {"errors": "Exceeded 2 calls per second for api client. Reduce request rates now."}
    shop.on(ORDER, answer(429, json.dumps(said).encode(), {"Retry-After": "2.0"}))
    shopify_at(shop.host)
    watch = watched(shop.host, "shopify")
    assert isinstance(watch.fails(lambda: shopify.Order.find(1001)), active_resource.ClientError)
    watch.one("shopify", "orders.get", "rate_limit", None, ERROR_RETRYABLE=True, HTTP_RESPONSE_STATUS_CODE=429)


def test_server_error(shop: Any, answer: Any, watched: Any, shopify_at: Any) -> None:
    shop.on(ORDER, answer(503, b"<html><h1>503 Service Unavailable</h1></html>", {"Content-Type": "text/html"}))
    shopify_at(shop.host)
    watch = watched(shop.host, "shopify")
    assert isinstance(watch.fails(lambda: shopify.Order.find(1001)), active_resource.ServerError)
    watch.one("shopify", "orders.get", "platform_outage", None, ERROR_RETRYABLE=True)


def test_error_inside_a_fine_answer(shop: Any, answer: Any, watched: Any, shopify_at: Any) -> None:
    shop.on(GRAPHQL, answer(200, json.dumps(THROTTLED).encode()))
    shopify_at(shop.host)
    watch = watched(shop.host, "shopify")
    answered = shopify.GraphQL().execute("query Orders { orders(first: 1) { edges { node { id } } } }")
    assert json.loads(answered) == THROTTLED
    watch.one("shopify", "graphql orders", "rate_limit", "THROTTLED", copies=0, ERROR_RETRYABLE=True)
