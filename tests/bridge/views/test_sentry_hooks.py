"""Webhooks over HTTP: refused, kept, deduplicated, answered at once, worked off by the worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from openclaw_otel_bridge.config import Config, SpoolSettings
from openclaw_otel_bridge.worker import Worker
from tests.bridge.fake_sentry import FakeSentry, hook, running_sentry
from tests.bridge.running import Bridge
from tests.bridge.views.test_webhook import database_gone, emptied, waiting


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


@pytest.fixture
def spooling(make_bridge: Callable[[Config], Bridge], bridge_config: Config, tmp_path: Path) -> Bridge:
    return make_bridge(replace(bridge_config, spool=SpoolSettings(str(tmp_path / "spool"))))


def test_while_the_database_is_gone_a_webhook_waits_and_is_kept_once(
    spooling: Bridge, sentry: FakeSentry, tmp_path: Path
) -> None:
    repeated = hook("issue", "resolved", {"issue": {**sentry.issue("12"), "status": "resolved"}})
    assert post(spooling, *repeated).status_code == 202
    with database_gone(spooling.database.url):
        sent = [repeated, hook("event_alert", "triggered", alert()), hook("issue", "created", {"issue": {"id": 7}})]
        answers = [post(spooling, *one) for one in sent]
        assert [answer.status_code for answer in answers] == [202] * 3
        assert all(answer.elapsed.total_seconds() < 1 for answer in answers)
        assert post(spooling, b"{}", sent[0][1]).status_code == 401, "nobody else fills the spool"
        assert len(waiting(tmp_path)) == 3
        assert b"jane@" not in b"".join(file.read_bytes() for file in waiting(tmp_path))
    emptied(tmp_path)
    kept = rows(spooling, "select facts ->> 'sentry_id', facts ->> 'action' from sentry_hooks order by received_at")
    assert kept == [("12", "resolved"), ("12", "triggered"), ("7", "created")]
    assert rows(spooling, "select exception_type, message, project_id from events") == [
        ("SyncError", "mail to [email]", 1)
    ]


def test_a_stuck_table_is_waited_for_in_the_spool(spooling: Bridge, sentry: FakeSentry, tmp_path: Path) -> None:
    with psycopg.connect(spooling.database.url) as blocker:
        blocker.execute("lock table sentry_hooks in access exclusive mode")
        for number in range(3):
            answer = post(spooling, *hook("issue", "created", {"issue": sentry.issue(str(number))}))
            assert (answer.status_code, answer.elapsed.total_seconds() < 1) == (202, True)
        blocker.rollback()
    emptied(tmp_path)
    assert rows(spooling, "select facts ->> 'sentry_id' from sentry_hooks order by received_at") == [
        ("0",),
        ("1",),
        ("2",),
    ]


def test_odd_characters_cost_no_webhook(bridge: Bridge, sentry: FakeSentry) -> None:
    actor = {"type": "user", "id": 7, "name": "Mi\0a \ud800"}
    body, headers = hook("issue", "created", {"issue": sentry.issue("12")}, actor)
    assert post(bridge, body, headers).status_code == 202
    assert rows(bridge, "select facts ->> 'actor_name' from sentry_hooks") == [("Mi␀a ?",)]
