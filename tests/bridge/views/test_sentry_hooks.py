"""Webhooks over HTTP: refused, kept, deduplicated, answered at once, worked off by the worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import requests

from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.worker import Worker
from tests.bridge.fake_sentry import FakeSentry, hook, running_sentry
from tests.bridge.running import Bridge


@pytest.fixture
def sentry() -> Iterator[FakeSentry]:
    with running_sentry() as found:
        yield found


@pytest.fixture
def bridge_config(bridge_config: Config, sentry: FakeSentry) -> Config:
    return replace(bridge_config, sentry={"main": sentry.settings()})


def post(bridge: Bridge, body: bytes, headers: dict[str, str], name: str = "main") -> requests.Response:
    return requests.post(f"{bridge.url}/hooks/sentry/{name}", data=body, headers=headers, timeout=10)


def rows(bridge: Bridge, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(bridge.database.url) as conn:
        return conn.execute(query).fetchall()


def alert() -> dict[str, Any]:
    frames = [{"filename": "a.py", "function": "f", "lineno": 1}]
    raised = {"type": "SyncError", "value": "mail to jane@example.com", "stacktrace": {"frames": frames}}
    event = {"event_id": "e" * 32, "issue_id": "12", "timestamp": time.time(), "platform": "python", "level": "error"}
    return {"event": {**event, "exception": {"values": [raised]}, "web_url": "https://acme.example/12"}}


def test_a_repeat_is_the_same_webhook(bridge: Bridge, sentry: FakeSentry) -> None:
    body, headers = hook("issue", "created", {"issue": sentry.issue("12")})
    started = time.monotonic()
    assert [post(bridge, body, headers).status_code for _ in range(3)] == [202] * 3
    assert (time.monotonic() - started) / 3 < 1
    assert rows(bridge, "select count(*) from sentry_hooks") == [(1,)]


def test_refusals(bridge: Bridge, sentry: FakeSentry) -> None:
    body, headers = hook("issue", "created", {"issue": sentry.issue("12")})
    assert post(bridge, body, headers, "other").status_code == 404
    assert post(bridge, body + b" ", headers).status_code == 401
    assert post(bridge, body, headers | {"Sentry-Hook-Signature": ""}).status_code == 401
    assert post(bridge, body, headers | {"Request-ID": ""}).status_code == 400
    assert post(bridge, *hook("issue", "created", {})).status_code == 400
    assert post(bridge, *hook("installation", "created", {})).status_code == 202
    assert rows(bridge, "select count(*) from sentry_hooks") == [(0,)]


def test_an_alert_brings_its_event_and_the_worker_links_it(
    bridge: Bridge, bridge_config: Config, sentry: FakeSentry
) -> None:
    for _ in range(2):
        assert post(bridge, *hook("event_alert", "triggered", alert())).status_code == 202
    assert rows(bridge, "select exception_type, message, sources from events") == [("SyncError", "mail to [email]", 4)]
    assert "jane@" not in str(rows(bridge, "select facts from sentry_hooks"))

    def deliver(body: bytes, headers: dict[str, str]) -> None:
        post(bridge, body, headers)

    sentry.send = deliver
    worker = Worker(replace(bridge_config, database_url=bridge.database.url))
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while rows(bridge, "select sentry_id, url from sentry_links") != [("12", "https://acme.example/12")]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        issue = rows(bridge, "select issue_id from sentry_links")[0][0]
        api = f"{bridge.url}/api/v1/issues/{issue}/mute"
        requests.post(
            api, json={"count": 5}, headers={"Authorization": f"Bearer {bridge.token}"}, timeout=10
        ).raise_for_status()
        while sentry.puts != [("12", {"status": "ignored"})]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        while rows(bridge, "select count(*) from sentry_hooks where done_at is null") != [(0,)]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        worker.stop()
        thread.join()
    assert sentry.puts == [("12", {"status": "ignored"})]


def test_a_stuck_database_is_answered_in_time(bridge: Bridge, sentry: FakeSentry) -> None:
    body, headers = hook("issue", "created", {"issue": sentry.issue("12")})
    with psycopg.connect(bridge.database.url) as blocker:
        blocker.execute("lock table sentry_hooks in access exclusive mode")
        started = time.monotonic()
        assert post(bridge, body, headers).status_code == 503
        assert time.monotonic() - started < 1
