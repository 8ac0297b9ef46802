"""Deliveries: verified by the platform's adapter, kept once, answered as the platform wants; forged ones are issues."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
import zstandard

from openclaw_otel import config as library
from openclaw_otel_bridge.config import Config, SpoolSettings
from openclaw_otel_bridge.intake.forgeries import EACH, FIRST
from openclaw_otel_bridge.services import EXTENSION
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


def test_a_storm_of_forgeries_makes_few_events_that_tell_of_all(bridge: Bridge) -> None:
    storm = FIRST + 2 * EACH
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: deliver(bridge, secret="forged").status_code, range(storm)))
    assert answers == [401] * storm
    assert rows(bridge, "select count(*), sum(occurrences) from events") == [(FIRST + 2, storm)]
    text = requests.get(f"{bridge.url}/metrics", timeout=10).text
    assert f'openclaw_otel_intake_rejects_total{{protocol="webhook",reason="mismatch"}} {storm}\n' in text


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


# -- the spool: webhooks of a platform are answered while the database is gone -------------------------------


@contextmanager
def database_gone(url: str) -> Iterator[None]:
    """Throw everybody out of the database and let nobody in."""
    name = url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(url.replace(f"/{name}", "/postgres"), autocommit=True) as server:
        server.execute(f'alter database "{name}" with allow_connections false')  # type: ignore[arg-type]
        server.execute("select pg_terminate_backend(pid, 2000) from pg_stat_activity where datname = %s", (name,))
        try:
            yield
        finally:
            server.execute(f'alter database "{name}" with allow_connections true')  # type: ignore[arg-type]


@pytest.fixture
def spooling(make_bridge: Callable[[Config], Bridge], bridge_config: Config, tmp_path: Path) -> Bridge:
    return make_bridge(replace(bridge_config, spool=SpoolSettings(str(tmp_path / "spool"))))


def waiting(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "spool").glob("*.json"))


def told(bridge: Bridge, line: str) -> str:
    """Return the metrics once they hold a line: the process that empties the spool tells, when it has its lock."""
    deadline = time.monotonic() + 20
    while line not in (text := requests.get(f"{bridge.url}/metrics", timeout=20).text).splitlines():
        assert time.monotonic() < deadline, text
        time.sleep(0.1)
    return text


def emptied(tmp_path: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while waiting(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_while_the_database_is_gone_a_delivery_is_taken_and_stored_once_later(spooling: Bridge, tmp_path: Path) -> None:
    assert deliver(spooling).status_code == 200
    with database_gone(spooling.database.url):
        answers = [deliver(spooling, **{"X-Shopify-Event-Id": f"e{number}"}) for number in range(1, 6)]
        assert [answer.status_code for answer in answers] == [200] * 5
        assert all(answer.elapsed.total_seconds() < 8 for answer in answers)
        assert deliver(spooling, secret="forged").status_code == 401
        assert len(waiting(tmp_path)) == 6
        assert b"jane.doe" not in b"".join(file.read_bytes() for file in waiting(tmp_path))
        text = told(spooling, "openclaw_otel_spool_files 6")
        assert 'openclaw_otel_spool_deliveries_total{what="kept"} 6' in text
    emptied(tmp_path)
    stored = rows(spooling, "select dedup_key, copies, verified from webhook_inbox order by 1")
    assert stored == [("e1", 2, True), *[(f"e{number}", 1, True) for number in range(2, 6)]]
    assert rows(spooling, "select category, platform, store from issues") == [("webhook_signature", "shopify", SHOP)]
    text = told(spooling, "openclaw_otel_spool_files 0")
    assert 'openclaw_otel_spool_deliveries_total{what="stored"} 6' in text


def test_a_corrupt_file_stops_nobody(spooling: Bridge, tmp_path: Path) -> None:
    with database_gone(spooling.database.url):
        assert deliver(spooling).status_code == 200
        first = waiting(tmp_path)[0]
        first.with_name("0" * 20 + "-aaaa.json").write_bytes(first.read_bytes()[:-30])
    emptied(tmp_path)
    assert rows(spooling, "select dedup_key, copies from webhook_inbox") == [("e1", 1)]
    assert [file.name for file in (tmp_path / "spool").glob("*.bad")] == ["0" * 20 + "-aaaa.bad"]
    assert told(spooling, "openclaw_otel_spool_bad_files 1")


def test_a_slow_database_and_a_full_spool(
    make_bridge: Callable[[Config], Bridge], bridge_config: Config, tmp_path: Path
) -> None:
    bridge = make_bridge(replace(bridge_config, spool=SpoolSettings(str(tmp_path / "spool"), files=2)))
    assert deliver(bridge).status_code == 200
    bridge.app.extensions[EXTENSION].intake.webhooks.spool.take_lock = lambda: False
    with psycopg.connect(bridge.database.url) as blocker:
        blocker.execute("lock table webhook_inbox in access exclusive mode")
        statuses = [deliver(bridge, **{"X-Shopify-Event-Id": f"s{number}"}).status_code for number in range(3)]
        assert statuses == [200, 200, 503]
        blocker.rollback()
