"""`openclaw-otel serve`: serves against DATABASE_URL, stops on SIGTERM, names a port in use."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import requests

from tests.bridge.views.test_webhook import database_gone
from tests.up_process import free_port, wait_for

COMMAND = [str(Path(sys.executable).with_name("openclaw-otel")), "serve"]
BODY = b'{"id": 1001}'
SECRET = "hush-shopify-secret"
TOML = """
[[stores]]
name = "main"
platform = "shopify"
identifiers = ["demo.myshopify.com"]
webhook_secrets = ["env:SHOPIFY_SECRET"]
"""


def signed(number: int) -> dict[str, str]:
    """Headers of a delivery of Shopify, each of an event of its own."""
    signature = base64.b64encode(hmac.new(SECRET.encode(), BODY, hashlib.sha256).digest()).decode()
    return {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Shop-Domain": "demo.myshopify.com",
        "X-Shopify-Webhook-Id": f"d{number}",
        "X-Shopify-Event-Id": f"e{number}",
        "X-Shopify-Hmac-Sha256": signature,
    }


def answers(bridge: str) -> bool:
    try:
        return requests.get(f"{bridge}/healthz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def environ(database_url: str, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLAW_")}
    return {**kept, "DATABASE_URL": database_url, "OPENCLAW_OTEL_PORT": str(port), "OPENCLAW_OTEL_PROCESSES": "1"}


def test_serves_until_told_to_stop_and_names_a_port_in_use(database_url: str, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = environ(database_url, port)
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(COMMAND, env=env, stdout=log, stderr=log, cwd=tmp_path)
        try:
            deadline = time.monotonic() + 40
            while time.monotonic() < deadline:
                try:
                    if requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200:
                        break
                except requests.RequestException:
                    time.sleep(0.1)
            assert "login" in requests.get(f"http://127.0.0.1:{port}/", timeout=10).url
            second = subprocess.run(COMMAND, env=env, capture_output=True, text=True, cwd=tmp_path, check=False)
            assert second.returncode == 1
            assert f"cannot listen on 127.0.0.1:{port}" in second.stderr
        finally:
            process.terminate()
            assert process.wait(30) == 0


def test_a_missing_setting_is_named(tmp_path: Path) -> None:
    env = {**environ("", 0), "DATABASE_URL": ""}
    done = subprocess.run(COMMAND, env=env, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("openclaw-otel serve: OPENCLAW_OTEL_PORT") or "DATABASE_URL" in done.stderr


def test_webhooks_taken_without_a_database_outlive_kill_9(database_url: str, tmp_path: Path) -> None:
    """Taken while the database is gone, by a process that is killed and by one that never saw it: stored once each."""
    (tmp_path / "openclaw.toml").write_text(TOML, "utf-8")
    port = free_port()
    env = environ(database_url, port) | {
        "OPENCLAW_OTEL_CONFIG": str(tmp_path / "openclaw.toml"),
        "OPENCLAW_OTEL_SPOOL_DIR": str(tmp_path / "spool"),
        "SHOPIFY_SECRET": SECRET,
    }
    bridge = f"http://127.0.0.1:{port}"
    with (tmp_path / "log").open("wb") as log, database_gone(database_url):
        for number in range(2):
            process = subprocess.Popen(COMMAND, env=env, stdout=log, stderr=log, cwd=tmp_path, start_new_session=True)
            try:
                wait_for(lambda: answers(bridge), 40)
                sent = requests.post(f"{bridge}/webhook/shopify/main", BODY, headers=signed(number), timeout=20)
                assert sent.status_code == 200, sent.text
                assert len(list((tmp_path / "spool").glob("*.json"))) == number + 1
            finally:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)
    with (tmp_path / "log").open("ab") as log:
        process = subprocess.Popen(COMMAND, env=env, stdout=log, stderr=log, cwd=tmp_path)
        try:
            wait_for(lambda: not list((tmp_path / "spool").glob("*.json")), 60)
        finally:
            process.terminate()
            process.wait(30)
    with psycopg.connect(database_url) as conn:
        assert conn.execute("select topic, copies from webhook_inbox").fetchall() == [("orders/create", 1)] * 2


def test_a_spool_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    env = environ("postgresql://u:p@127.0.0.1:9/none", free_port())
    env["OPENCLAW_OTEL_SPOOL_DIR"] = str(tmp_path / "file" / "spool")
    done = subprocess.run(COMMAND, env=env, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert "OPENCLAW_OTEL_SPOOL_DIR: " in done.stderr
    assert "cannot be written" in done.stderr
