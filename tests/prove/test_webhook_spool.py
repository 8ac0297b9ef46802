"""Whatever happens to PostgreSQL or to the bridge: a delivery that was answered is stored, once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import requests

from openclaw_otel_bridge.intake.projects import REMEMBERED_SECONDS
from tests.prove.test_faults import kill_all_of_up, kill_postgres, postgres, stop_postgres
from tests.up_process import Running, free_port, running, wait_for

SECRET = "hush-shopify-secret"
BODY = b'{"id": 1001, "email": "jane.doe@example.com"}'
SIGNATURE = base64.b64encode(hmac.new(SECRET.encode(), BODY, hashlib.sha256).digest()).decode()
TOML = """
[[stores]]
name = "main"
platform = "shopify"
identifiers = ["demo.myshopify.com"]
webhook_secrets = ["env:SHOPIFY_SECRET"]
"""


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "openclaw.toml").write_text(TOML, "utf-8")
    settings = {"OPENCLAW_OTEL_CONFIG": str(tmp_path / "openclaw.toml"), "SHOPIFY_SECRET": SECRET}
    with running(tmp_path / "data", free_port(), environ=settings) as up:
        up.ready(60)
        yield up


@dataclass
class Platform:
    """Sends deliveries one after the other, each once, and remembers how each was answered; 0: not at all."""

    up: Running
    answers: dict[str, int] = field(default_factory=dict)
    slowest: float = 0.0
    _ended: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Platform:
        self._url = f"{self.up.connection()['url']}/webhook/shopify/main"
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(3)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def progress(self, count: int = 10) -> None:
        """Wait until so many more are answered 200."""
        goal = self.taken() + count
        wait_for(lambda: self.taken() >= goal, 90)

    def taken(self) -> int:
        return Counter(self.answers.copy().values())[200]

    def _run(self, number: int) -> None:
        n = 0
        while not self._ended.is_set():
            n += 1
            key = f"{number}-{n}"
            headers = {
                "X-Shopify-Topic": "orders/create",
                "X-Shopify-Shop-Domain": "demo.myshopify.com",
                "X-Shopify-Webhook-Id": key,
                "X-Shopify-Event-Id": key,
                "X-Shopify-Hmac-Sha256": SIGNATURE,
            }
            started = time.monotonic()
            try:
                self.answers[key] = requests.post(self._url, BODY, headers=headers, timeout=30).status_code
                self.slowest = max(self.slowest, time.monotonic() - started)
            except requests.RequestException:
                self.answers[key] = 0
            time.sleep(0.05)


def stored(up: Running) -> dict[str, int]:
    with psycopg.connect(up.connection()["database_url"]) as conn:
        return dict(conn.execute("select dedup_key, copies from webhook_inbox").fetchall())


def test_what_was_answered_is_stored_once(up: Running) -> None:
    spool = up.data / "spool"
    with Platform(up) as platform:
        platform.progress()
        with stop_postgres(postgres(up)):  # it answers nobody: neither gone nor there
            platform.progress()
            assert list(spool.glob("*.json"))
            time.sleep(REMEMBERED_SECONDS + 2)  # what the bridge remembers is over
            platform.progress()
        kill_postgres(up)
        platform.progress()
        with stop_postgres(postgres(up)):
            platform.progress()
            assert platform.slowest < 8  # what comes while `up` starts waits for that
            kill_all_of_up(up)  # with deliveries that only the spool has
        up.ready(90)
        platform.progress()
    wait_for(lambda: not list(spool.glob("*.json")), 60)
    assert not list(spool.glob("*.bad"))
    found = stored(up)
    taken = {key for key, status in platform.answers.items() if status == 200}
    assert taken - set(found) == set()
    assert {key: copies for key, copies in found.items() if copies != 1} == {}
    assert set(platform.answers.values()) <= {0, 200}
    assert b"jane.doe" not in b"".join(file.read_bytes() for file in spool.iterdir())
