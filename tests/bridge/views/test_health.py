"""Alive is one thing, ready another."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import requests

from openclaw_otel_bridge.config import Config, SpoolSettings
from openclaw_otel_bridge.services import EXTENSION
from tests.bridge.running import Bridge


def test_a_fresh_bridge_is_ready(bridge: Bridge) -> None:
    assert requests.get(f"{bridge.url}/healthz", timeout=10).json() == {"status": "ok"}
    answer = requests.get(f"{bridge.url}/readyz", timeout=10)
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "problems": {}, "warnings": {}})


def test_missing_migrations_are_named(bridge: Bridge) -> None:
    with psycopg.connect(bridge.database.url) as conn:
        conn.execute("delete from schema_migrations where name like '0001%'")
    answer = requests.get(f"{bridge.url}/readyz", timeout=10)
    assert answer.status_code == 503
    assert "0001_initial.sql" in answer.json()["problems"]["database"]


def test_a_newer_database_is_named(bridge: Bridge) -> None:
    with psycopg.connect(bridge.database.url) as conn:
        conn.execute("insert into schema_migrations (name, checksum) values ('9999_later.sql', 'x')")
    answer = requests.get(f"{bridge.url}/readyz", timeout=10)
    assert "9999_later.sql" in answer.json()["problems"]["database"]


def test_a_closed_database_turns_it_red(bridge: Bridge) -> None:
    name = bridge.database.url.rpartition("/")[2].partition("?")[0]
    server = bridge.database.url.replace(f"/{name}", "/postgres")
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f'alter database "{name}" with allow_connections false')
        conn.execute("select pg_terminate_backend(pid, 2000) from pg_stat_activity where datname = %s", (name,))
        answer = requests.get(f"{bridge.url}/readyz", timeout=20)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        assert "database" in answer.json()["problems"]
        assert requests.get(f"{bridge.url}/healthz", timeout=10).status_code == 200
        conn.execute(f'alter database "{name}" with allow_connections true')
    deadline = time.monotonic() + 40
    while requests.get(f"{bridge.url}/readyz", timeout=20).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert not bridge.app.extensions[EXTENSION].intake.is_full


def test_webhooks_that_wait_long_are_a_warning_and_a_full_spool_is_a_problem(
    make_bridge: Callable[[Config], Bridge], bridge_config: Config, tmp_path: Path
) -> None:
    bridge = make_bridge(replace(bridge_config, spool=SpoolSettings(str(tmp_path), files=2)))
    spool = bridge.app.extensions[EXTENSION].intake.webhooks.spool
    spool.take_lock = lambda: False  # nobody empties it
    (tmp_path / f"{time.time_ns() - 90 * 10**9:020d}-aaaa.json").write_text("{}")
    (tmp_path / f"{time.time_ns():020d}-bbbb.bad").write_text("{")
    answer = requests.get(f"{bridge.url}/readyz", timeout=10)
    assert (answer.status_code, answer.json()["problems"]) == (200, {})
    text = answer.json()["warnings"]["spool"]
    assert text.startswith("1 webhooks wait, the oldest for 9")
    assert f"1 webhooks are set aside as .bad in {tmp_path}" in text
    (tmp_path / f"{time.time_ns():020d}-cccc.json").write_text("{}")
    answer = requests.get(f"{bridge.url}/readyz", timeout=10)
    assert (answer.status_code, answer.json()["problems"]) == (503, {"spool": "full"})
