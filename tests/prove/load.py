"""Clients that send failures to a bridge, each again until it is acknowledged, and know what they sent."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
import requests
from google.protobuf.message import Message
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.bridge.otlp_messages import exception_event, log, logs, span, traces
from tests.up_process import Running, wait_for

SERVICE = {"service.name": "fault-test"}
DAY = 86_400 * 10**9


@dataclass(frozen=True)
class Request:
    """One export of a client: `traces` are the ids of its failures, one each."""

    path: str
    body: bytes
    traces: tuple[str, ...]


@dataclass
class Load:
    """Client threads at a running bridge. Failures are told apart by their trace id."""

    up: Running
    threads: int = 4
    acknowledged: list[Request] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    """HTTP status → how often; 0: no answer."""
    _ended: threading.Event = field(default_factory=threading.Event)
    _workers: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Load:
        connection = self.up.connection()
        self._url = connection["url"]
        self._headers = {
            "Content-Type": "application/x-protobuf",
            "Authorization": f"Bearer {connection['ingest_key']}",
        }
        self._workers = [threading.Thread(target=self._run, args=(number,)) for number in range(self.threads)]
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for worker in self._workers:
            worker.join()

    def progress(self, seconds: float = 90) -> None:
        """Wait until every thread has had something acknowledged that it began from now on."""
        goal = len(self.acknowledged) + 3 * self.threads
        wait_for(lambda: len(self.acknowledged) >= goal, seconds)

    def send_everything_again(self) -> None:
        """Send all that was acknowledged once more, in another order, until it is acknowledged again."""
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(self._until_taken, reversed(self.acknowledged)))

    def _run(self, number: int) -> None:
        n = 0
        while not self._ended.is_set():
            n += 1
            request = _request(n + number)
            if self._until_taken(request):
                self.acknowledged.append(request)

    def _until_taken(self, request: Request) -> bool:
        """Send as an exporter does: the same bytes until there is a 200. False when there was none in two minutes."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                url = self._url + request.path
                status = requests.post(url, request.body, headers=self._headers, timeout=60).status_code
            except requests.RequestException:
                status = 0
            self.answers[status] += 1
            if status == 200:
                return True
            time.sleep(0.1)
        return False


def _request(n: int) -> Request:
    """Spans with exceptions, failed calls without, or log records; some of them of yesterday."""
    ids = [os.urandom(16) for _ in range(5)]
    at = time.time_ns() - (DAY if n % 5 == 0 else 0)
    path, message = _as_logs(ids, n, at) if n % 3 == 0 else _as_spans(ids, n, at)
    return Request(path, message.SerializeToString(), tuple(each.hex() for each in ids))


def _as_logs(ids: list[bytes], n: int, at: int) -> tuple[str, Message]:
    said = {"exception.type": "fault.Refused", "exception.message": f"order {n} refused"}
    records = [log(said, trace_id=each, span_id=os.urandom(8), time_unix_nano=at) for each in ids]
    return "/v1/logs", logs(*records, resource=SERVICE)


def _as_spans(ids: list[bytes], n: int, at: int) -> tuple[str, Message]:
    event = exception_event("fault.Throttled", f"order {n} throttled")
    event.time_unix_nano = at
    fields: dict[str, Any] = {"start_time_unix_nano": at - 10**8, "end_time_unix_nano": at}
    failed = [span(event, trace=each, **fields) for each in ids]
    inner = [span(trace=each, kind=Span.SPAN_KIND_INTERNAL, failed=False, **fields) for each in ids]
    return "/v1/traces", traces(*failed, *inner, resource=SERVICE)


def stored(up: Running) -> Counter[str]:
    """Return trace id → events in the database."""
    with psycopg.connect(up.connection()["database_url"]) as conn:
        rows = conn.execute(
            "select encode(trace_id, 'hex'), count(*) from events where service = 'fault-test' group by 1"
        ).fetchall()
    return Counter({trace: int(n) for trace, n in rows})


def counted(up: Running) -> int:
    """Return how many events their issues say they have."""
    items = up.get("/issues?query=service:fault-test&limit=200")["items"]
    return sum(int(issue["event_count"]) for issue in items)


def check(load: Load) -> None:
    """Acknowledged = stored, nothing doubled, counted right; also after everything was sent again.

    To be called when the clients have ended: a request without an answer may have been stored.
    """
    wanted = {trace for request in load.acknowledged for trace in request.traces}
    load.send_everything_again()
    there = stored(load.up)
    assert wanted - set(there) == set()
    assert {trace: n for trace, n in there.items() if n != 1} == {}
    wait_for(lambda: counted(load.up) == len(there), 30)
    # An exporter throws away what is answered with anything but these.
    assert set(load.answers) <= {0, 200, 429, 503}, load.answers
