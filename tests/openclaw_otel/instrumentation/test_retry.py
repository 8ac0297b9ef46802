"""retry: waits that grow, ends that are kept, and settings that are refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel.config import Config, StoreConfig
from openclaw_otel.errors import ConfigError
from openclaw_otel.instrumentation.retry import Retries, RetryPolicy, parse_policy
from openclaw_otel.platforms import Platforms


def store(**retry: Any) -> StoreConfig:
    return StoreConfig("demo", "shopify", retry=retry)


def test_waits_double_up_to_the_longest() -> None:
    policy = RetryPolicy(attempts=9, backoff=1, max_wait=5, jitter=False)
    assert [policy.wait(tries, None) for tries in range(1, 5)] == [1, 2, 4, 5]


def test_the_platform_is_heard() -> None:
    policy = RetryPolicy(attempts=3, backoff=1, max_wait=5, jitter=False)
    assert policy.wait(1, 3.5) == 3.5
    assert policy.wait(1, 0) == 1
    assert policy.wait(1, 5.1) is None  # it asks for longer than a call may take
    assert policy.wait(3, 1) is None


@given(st.integers(1, 8), st.none() | st.floats(0, 100))
def test_waits_stay_in_bounds(tries: int, asked: float | None) -> None:
    wait = RetryPolicy(attempts=5, backoff=0.5, max_wait=10).wait(tries, asked)
    if wait is not None:
        assert 0.25 <= wait <= 10
        assert wait >= (asked or 0)


@pytest.mark.parametrize(
    ("method", "headers", "allowed"),
    [
        ("GET", {}, True),
        ("DELETE", {}, True),
        ("POST", {}, False),
        ("PATCH", {}, False),
        ("POST", {"PayPal-Request-Id": "x"}, True),
    ],
)
def test_what_may_be_sent_again(method: str, headers: dict[str, str], allowed: bool) -> None:
    assert RetryPolicy().allows(method, headers) is allowed
    assert RetryPolicy(non_idempotent=True).allows(method, headers)


@pytest.mark.parametrize(
    ("retry", "problem"),
    [
        ({"tries": 3}, "unknown key 'tries'"),
        ({"attempts": "3"}, "is not a number"),
        ({"attempts": 0}, "out of range"),
        ({"attempts": 1.5}, "out of range"),
        ({"backoff": -1}, "out of range"),
        ({"jitter": 1}, "is not true or false"),
        ({"attempts": True}, "is not a number"),
    ],
)
def test_bad_settings_are_named(retry: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=f"store demo: retry: .*{problem}"):
        parse_policy(store(**retry))


def test_the_store_is_found_by_base_url_identifier_or_alone() -> None:
    by_url = StoreConfig("a", "shopify", base_url="http://a.example/x", retry={"attempts": 2})
    by_name = StoreConfig("b", "shopify", identifiers=("b.myshopify.com",), retry={"attempts": 3})
    other = StoreConfig("c", "shopify", base_url="http://c.example")
    alone = StoreConfig("d", "paypal", retry={"attempts": 4})
    config = Config(stores=(by_url, by_name, other, alone))
    retries = Retries(config, Platforms(config))

    def attempts(platform: str, url: str) -> int | None:
        policy = retries.policy(platform, url)
        return policy.attempts if policy else None

    assert attempts("shopify", "http://a.example/x/orders") == 2
    assert attempts("shopify", "https://b.myshopify.com/admin") == 3
    assert attempts("shopify", "http://c.example/admin") is None
    assert attempts("shopify", "https://d.myshopify.com/admin") is None
    assert attempts("paypal", "https://api-m.paypal.com/v1") == 4
