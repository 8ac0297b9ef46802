"""Deliveries: verified by the platform's adapter, kept once, answered as the platform wants; forged ones are issues."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import requests
import zstandard

from openclaw_otel import config as library
from openclaw_otel_bridge.config import Config
from tests.bridge.running import Bridge

SECRET = "hush-shopify-secret"
BODY = json.dumps({"id": 1001, "email": "jane.doe@example.com"}).encode()
SHOP = "demo.myshopify.com"
STORES = (
    library.StoreConfig("main", "shopify", identifiers=(SHOP,), webhook_secrets=("old", SECRET)),
    library.StoreConfig("lost", "shopify", webhook_secrets=(SECRET,), project="nowhere"),
    library.StoreConfig("payouts", "paypal", parameters={"webhook_id": "WH-1"}),
)


@pytest.fixture
def bridge_config(bridge_config: Config) -> Config:
    return replace(bridge_config, library=library.Config(stores=STORES))


def deliver(
    bridge: Bridge, path: str = "/webhook/shopify/main", body: bytes = BODY, secret: str = SECRET, **headers: str
) -> requests.Response:
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    given = {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-Webhook-Id": "d1",
        "X-Shopify-Event-Id": "e1",
        "X-Shopify-Hmac-Sha256": signature,
        "Content-Type": "application/json",
        **headers,
    }
    return requests.post(f"{bridge.url}{path}", data=body, headers=given, timeout=20)


def rows(bridge: Bridge, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(bridge.database.url) as conn:
        return conn.execute(query).fetchall()  # type: ignore[call-overload,no-any-return]


def test_a_used_up_quota_stops_no_platform(bridge: Bridge) -> None:
    with bridge.database.connection() as conn:
        conn.execute("""update projects set settings = '{"quota_per_day": 1, "quota_per_minute": 1}'""")
    for n in range(3):
        headers = {"X-Shopify-Event-Id": f"e{n}", "X-Shopify-Webhook-Id": f"d{n}"}
        assert deliver(bridge, **headers).status_code == 200
        assert deliver(bridge, secret="wrong", **headers).status_code == 401
    assert rows(bridge, "select count(*) from webhook_inbox where verified") == [(3,)]
    assert rows(bridge, "select count(*) > 1 from events") == [(True,)]
    assert rows(bridge, "select count(*) from quota_usage") == [(0,)]


def test_a_good_delivery_is_kept(bridge: Bridge) -> None:
    assert deliver(bridge).status_code == 200
    ((topic, store, verified, copies, data),) = rows(
        bridge, "select topic, store, verified, copies, data from webhook_inbox"
    )
    assert (topic, store, verified, copies) == ("orders/create", "main", True, 1)
    kept = json.loads(zstandard.decompress(data))
    assert "1001" in kept["body"]
    assert "jane.doe@" not in str(kept)
    assert rows(bridge, "select count(*) from issues") == [(0,)]


def test_copies_are_answered_and_counted(bridge: Bridge) -> None:
    assert [deliver(bridge).status_code for _ in range(3)] == [200] * 3
    assert deliver(bridge, **{"X-Shopify-Event-Id": "e2"}).status_code == 200
    assert sorted(rows(bridge, "select dedup_key, copies from webhook_inbox")) == [("e1", 3), ("e2", 1)]


def test_a_store_named_by_the_delivery(bridge: Bridge) -> None:
    assert deliver(bridge, "/webhook/shopify").status_code == 200
    assert deliver(bridge, f"/webhook/shopify/{SHOP}").status_code == 200
    assert rows(bridge, "select store, copies from webhook_inbox") == [("main", 2)]


def test_a_forged_delivery_is_refused_and_becomes_an_issue(bridge: Bridge) -> None:
    assert deliver(bridge, secret="forged").status_code == 401
    assert deliver(bridge, body=BODY + b" ", **{"X-Shopify-Hmac-Sha256": "AAAA"}).status_code == 401
    assert rows(bridge, "select count(*) from webhook_inbox") == [(0,)]
    assert rows(bridge, "select category, platform, store, status from issues") == [
        ("webhook_signature", "shopify", SHOP, "new")
    ]
    events = rows(bridge, "select sources, operation, order_id from events")
    assert [(source, operation) for source, operation, _ in events] == [(8, "orders/create")] * 2


def test_unknown_targets(bridge: Bridge) -> None:
    for path, code in (
        ("/webhook/nobody/main", "unknown_platform"),
        ("/webhook/shopify/other", "unknown_store"),
        ("/webhook/shopify/lost", "not_found"),
        ("/webhook/paypal", "not_found"),
    ):
        answer = deliver(bridge, path)
        assert answer.status_code == 404, path
        assert answer.json()["error"]["code"] == code


def test_a_body_over_the_limit(bridge: Bridge) -> None:
    assert deliver(bridge, body=b"x" * (8 * 1024 * 1024 + 1)).status_code == 413


def test_what_cannot_be_kept_in_time_is_sent_back(bridge: Bridge) -> None:
    with psycopg.connect(bridge.database.url) as blocker:
        blocker.execute("lock table webhook_inbox in access exclusive mode")
        answer = deliver(bridge)
        assert answer.status_code == 503
        assert answer.elapsed.total_seconds() < 6
        blocker.rollback()
    assert deliver(bridge).status_code == 200


def test_signed_pings_and_get_are_answered(make_bridge: Callable[[Config], Bridge], bridge_config: Config) -> None:
    bridge = make_bridge(bridge_config)
    answer = requests.get(f"{bridge.url}/webhook/shopify/main", timeout=10)
    assert answer.status_code in (200, 401)
    assert rows(bridge, "select count(*) from webhook_inbox") == [(0,)]
