"""The address of a DSN: real Sentry SDKs and raw envelopes as clients."""

from __future__ import annotations

import gzip
import json
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import brotli
import psycopg
import pytest
import requests
import sentry_sdk
import zstandard

from openclaw_otel_bridge.archive import event_details
from openclaw_otel_bridge.config import Config, IntakeSettings
from openclaw_otel_bridge.services import EXTENSION
from tests.bridge.running import Bridge

CANARY = "jane.canary@example.com"


def rows(bridge: Bridge, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(bridge.database.url) as conn:
        return conn.execute(query).fetchall()  # type: ignore[call-overload]


def envelope(event: dict[str, Any], **header: Any) -> bytes:
    body = json.dumps(event).encode()
    head = json.dumps({"event_id": event["event_id"], **header}).encode()
    return head + b"\n" + json.dumps({"type": "event", "length": len(body)}).encode() + b"\n" + body + b"\n"


def failure(**values: Any) -> dict[str, Any]:
    frames = [{"filename": "erp/orders.py", "function": "sync", "lineno": 7, "vars": {"buyer": CANARY}}]
    raised = {"type": "SyncError", "value": "order 1001 not synced", "stacktrace": {"frames": frames}}
    now = time.time()
    return {
        "event_id": uuid4().hex,
        "timestamp": now,
        "platform": "python",
        "exception": {"values": [raised]},
        **values,
    }


def post(bridge: Bridge, data: bytes, path: str = "/api/1/envelope/", **headers: str) -> requests.Response:
    auth = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_client=t/1, sentry_key={bridge.sentry_key}"}
    return requests.post(f"{bridge.url}{path}", data=data, headers=auth | headers, timeout=30)


@contextmanager
def sdk(bridge: Bridge, **options: Any) -> Iterator[None]:
    dsn = f"{bridge.url.replace('//', f'//{bridge.sentry_key}@')}/1"
    sentry_sdk.init(dsn, default_integrations=False, **options)
    try:
        yield
    finally:
        sentry_sdk.flush(10)
        sentry_sdk.init()


def fail() -> None:
    buyer = CANARY
    raise ValueError(f"order 1001 of {buyer} not synced")


def test_the_real_sdk(bridge: Bridge) -> None:
    with sdk(bridge, release="erp-sync@1.4.2", environment="prod"):
        sentry_sdk.set_tag("team", "erp")
        sentry_sdk.set_user({"email": CANARY})
        try:
            fail()
        except ValueError:
            sentry_sdk.capture_exception()
        sentry_sdk.capture_message("stock is low", "warning")
        sentry_sdk.capture_message("out of stock", "error")
    found = rows(
        bridge, "select exception_type, message, service, release, env, sources, day, id, chunk from events order by 2"
    )
    assert [row[:6] for row in found] == [
        ("ValueError", "order 1001 of [email] not synced", "erp-sync", "erp-sync@1.4.2", "prod", 4),
        ("", "out of stock", "erp-sync", "erp-sync@1.4.2", "prod", 4),
    ]
    with psycopg.connect(bridge.database.url) as conn:
        details = event_details(conn, *found[0][6:9])
    assert "in fail\n    raise ValueError" in details.exception["stacktrace"]
    frame = details.attributes["sentry.stacktrace"]["values"][0]["stacktrace"]["frames"][-1]
    assert (frame["function"], "[email]" in frame["vars"]["buyer"]) == ("fail", True)
    assert CANARY not in str(details)
    assert rows(bridge, "select count(*) from events where attributes ->> 'team' = 'erp'") == [(2,)]


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("coding", CODINGS)
def test_codings(bridge: Bridge, coding: str) -> None:
    event = failure()
    headers = {"Content-Encoding": coding} if coding else {}
    answer = post(bridge, CODINGS[coding](envelope(event)), **headers)
    assert (answer.status_code, answer.json()) == (200, {"id": event["event_id"]})
    assert rows(bridge, "select replace(id::text, '-', '') from events") == [(event["event_id"],)]


def test_ways_to_give_the_key_and_wrong_ones(bridge: Bridge) -> None:
    url, key = f"{bridge.url}/api/1/envelope/", bridge.sentry_key
    dsn = f"http://{key}@bridge.example/1"
    wrong = "0" * 32

    def status(url: str, data: bytes = b"{}\n", **headers: str) -> int:
        answer = requests.post(url, data=data, headers=headers, timeout=10)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.status_code == 200 or answer.json()["detail"] == answer.headers["X-Sentry-Error"]
        return answer.status_code

    assert status(url, b"{}", **{"X-Sentry-Auth": f"Sentry sentry_key={key}"}) == 200
    assert status(url, Authorization=f"Sentry sentry_version=7,sentry_key={key}") == 200
    assert status(f"{url[:-1]}?sentry_version=7&sentry_key={key}") == 200
    assert status(url, envelope(failure(), dsn=dsn)) == 200
    assert status(url) == 401
    assert status(url, envelope(failure(), dsn=dsn.replace(key, wrong))) == 403
    assert status(f"{url}?sentry_key={wrong}") == 403
    assert status(f"{url}?sentry_key={bridge.ingest_key}") == 403, "the ingest key is another kind"
    assert status(f"{bridge.url}/api/2/envelope/?sentry_key={key}") == 404
    assert status(f"{bridge.url}/api/none/envelope/?sentry_key={key}") == 404


def test_a_browser_asks_first(bridge: Bridge) -> None:
    answer = requests.options(f"{bridge.url}/api/1/envelope/", headers={"Origin": "https://shop.example"}, timeout=10)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert "X-Sentry-Auth" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("data", "headers", "status", "message"),
    [
        (b"no envelope", {}, 400, "the envelope's header is not JSON"),
        (b'{}\n{"type":"event","length":99}\n{}', {}, 400, "item 1 ends after 2 of 99 bytes"),
        (b'{}\n{"type":"event"}\n[]', {}, 400, "the event is not a JSON object"),
        (b"x", {"Content-Encoding": "gzip"}, 400, "the body is not gzip"),
        (b"x", {"Content-Encoding": "lzma"}, 415, "use gzip, deflate, br, zstd or none"),
        (b"{}\n" + b"x" * 30_000, {}, 413, "larger than 20000 bytes"),
    ],
)
def test_bad_envelopes(
    make_bridge: Callable[[Config], Bridge],
    bridge_config: Config,
    data: bytes,
    headers: dict[str, str],
    status: int,
    message: str,
) -> None:
    bridge = make_bridge(replace(bridge_config, intake=IntakeSettings(max_body_bytes=20_000)))
    answer = post(bridge, data, **headers)
    assert (answer.status_code, message in answer.json()["detail"]) == (status, True), answer.text


def test_a_good_event_beside_a_bad_one(bridge: Bridge) -> None:
    assert post(bridge, envelope(failure()) + b'{"type":"event"}\n[]\n').status_code == 200
    assert len(rows(bridge, "select 1 from events")) == 1


def test_other_items_are_counted(bridge: Bridge) -> None:
    assert post(bridge, b'{}\n{"type":"session"}\n{}\n{"type":"client_report"}\n{}\n{"type":"x"}\n{}\n').json() == {}
    text = requests.get(f"{bridge.url}/metrics", timeout=10).text
    for what in ("session", "internal", "default"):
        assert f'protocol="sentry_items",what="{what}"}} 1' in text


def test_a_resend_adds_nothing(bridge: Bridge) -> None:
    data = envelope(failure())
    assert [post(bridge, data).status_code for _ in range(3)] == [200] * 3
    assert rows(bridge, "select count(*) from events") == [(1,)]


@pytest.mark.parametrize(
    "values",
    [
        {"timestamp": 1}, {"timestamp": "2100-01-01T00:00:00Z"}, {"extra": {"a\0": "\0"}}, {"tags": {"a": "\ud800"}},
        {"extra": json.loads("[" * 500 + "]" * 500)}, {"event_id": "x" * 500}, {"release": "r" * 5000, "level": []},
        {"tags": {str(n): n for n in range(10_000)}}, {"user": {"id": 2**70}}, {"breadcrumbs": 7, "contexts": []},
    ],
)  # fmt: skip
def test_odd_events_are_kept(bridge: Bridge, values: dict[str, Any]) -> None:
    answer = post(bridge, envelope(failure(**values)))
    assert answer.status_code == 200, answer.text
    assert rows(bridge, "select count(*) from events") == [(1,)]


def test_a_used_up_quota_holds_senders_back(bridge: Bridge) -> None:
    with bridge.database.connection() as conn:
        conn.execute("""update projects set settings = '{"quota_per_day": 1}'""")
    assert post(bridge, envelope(failure())).status_code == 200
    by_header = envelope(failure())
    by_dsn = envelope(failure(), dsn=f"http://{bridge.sentry_key}@127.0.0.1/1")
    answers = [post(bridge, by_header), requests.post(f"{bridge.url}/api/1/envelope/", data=by_dsn, timeout=30)]
    for answer in answers:
        seconds = answer.headers["Retry-After"]
        assert (answer.status_code, 1 <= int(seconds) <= 600) == (429, True)
        assert answer.headers["X-Sentry-Rate-Limits"] == f"{seconds}::project:quota_exceeded"
        assert "quota of 1 events per day" in answer.json()["detail"]
    assert rows(bridge, "select count(*) from events") == [(1,)]
    intake = bridge.app.extensions[EXTENSION].intake
    assert intake.rejects.totals == {("sentry", "quota_exceeded"): 2}


def test_a_full_queue_holds_senders_back(make_bridge: Callable[[Config], Bridge], bridge_config: Config) -> None:
    bridge = make_bridge(replace(bridge_config, intake=IntakeSettings(queue_items=1, flush_items=1)))
    with psycopg.connect(bridge.database.url) as blocker:
        blocker.execute("lock table groupings in access exclusive mode")
        first = threading.Thread(target=post, args=(bridge, envelope(failure())))
        first.start()
        while bridge.app.extensions[EXTENSION].intake.depth == 0:
            time.sleep(0.01)
        answer = post(bridge, envelope(failure()))
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
        assert answer.headers["X-Sentry-Rate-Limits"] == "1::organization:overloaded"
        blocker.rollback()
    first.join()
    assert rows(bridge, "select count(*) from events") == [(1,)]
