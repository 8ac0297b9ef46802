"""Sending errors while the bridge is away, and looking for each of them afterwards."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

import psycopg
import requests
from google.protobuf.message import Message

from tests.bridge.otlp_messages import exception_event, log, logs, span, traces
from tests.collector_config.collector import Collector
from tests.up_process import Running, wait_for

FULL = bool(os.environ.get("OPENCLAW_OTEL_FULL"))
AWAY_SECONDS = 60 if FULL else 10
SENDERS = 3
RESOURCE = {"service.name": "pause-test"}


class Sender:
    """Sends errors until told to end; knows which the Collector accepted."""

    def __init__(self, url: str) -> None:
        self.accepted: list[bytes] = []
        """Trace ids; each is one error."""
        self.refused = 0
        self._url = url
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(SENDERS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        n = 0
        with requests.Session() as session:
            while not self._ended.wait(0.05):
                n += 1
                ids = [os.urandom(16) for _ in range(4)]
                path, message = _as_logs(ids, n) if (n + number) % 2 else _as_spans(ids, n)
                headers = {"Content-Type": "application/x-protobuf"}
                try:
                    answer = session.post(self._url + path, message.SerializeToString(), headers=headers, timeout=20)
                except requests.ConnectionError:
                    self.refused += 1
                    continue
                if answer.status_code == 200:
                    self.accepted += ids
                else:
                    self.refused += 1


def _as_spans(ids: list[bytes], n: int) -> tuple[str, Message]:
    failed = [span(exception_event("pause.Throttled", f"order {n} throttled"), trace=each) for each in ids]
    return "/v1/traces", traces(*failed, resource=RESOURCE)


def _as_logs(ids: list[bytes], n: int) -> tuple[str, Message]:
    said = {"exception.type": "pause.Refused", "exception.message": f"order {n} refused"}
    return "/v1/logs", logs(*(log(said, trace_id=each, span_id=os.urandom(8)) for each in ids), resource=RESOURCE)


def send_through_a_pause(up: Running, collector: Collector, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Send, stop the bridge, do `meanwhile`, start it again: each accepted error is there once, and counted once."""
    sender = Sender(f"http://{collector.http}")
    sender.start()
    try:
        time.sleep(2)
        up.stop()
        before = len(sender.accepted)
        time.sleep(AWAY_SECONDS)
        meanwhile()
        during = len(sender.accepted) - before
        up.start()
        up.ready(60)
        time.sleep(3)
    finally:
        sender.end()
    assert during > 0
    wanted = {each.hex() for each in sender.accepted}
    wait_for(lambda: not wanted - set(_stored(up)), 60 + AWAY_SECONDS)
    stored = _stored(up)
    assert {trace: n for trace, n in stored.items() if n != 1} == {}
    wait_for(lambda: _counted(up) == len(stored), 20)
    log_figures = f"accepted {len(wanted)}, {during} of them in the {AWAY_SECONDS} s; refused {sender.refused}"
    logging.getLogger(__name__).info(log_figures)


def _stored(up: Running) -> dict[str, int]:
    """Return trace id → events of the senders here."""
    with psycopg.connect(up.connection()["database_url"]) as conn:
        rows = conn.execute(
            "select encode(trace_id, 'hex'), count(*) from events where exception_type like 'pause.%' group by 1"
        ).fetchall()
    return {trace: int(n) for trace, n in rows}


def _counted(up: Running) -> int:
    """Return how many events their issues count."""
    return sum(issue["event_count"] for issue in up.get("/issues?query=service:pause-test&limit=200")["items"])
