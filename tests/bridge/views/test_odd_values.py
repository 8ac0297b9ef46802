"""Whatever an attribute of ours, or of the conventions, holds: what lies beside it is kept."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import requests

from openclaw_otel import attributes as names
from tests.bridge.running import Bridge
from tests.bridge.views.test_sentry import envelope, failure

VALUES: Mapping[str, Any] = {
    "digits": {"stringValue": "9" * 5000},
    "most": {"intValue": str(2**63 - 1)},
    "least": {"intValue": str(-(2**63))},
    "no number": {"doubleValue": "NaN"},
    "a large one": {"doubleValue": 1e308},
    "truth": {"boolValue": True},
    "list": {"arrayValue": {"values": [{"intValue": "1"}, {"stringValue": "\0="}, {}]}},
    "map": {"kvlistValue": {"values": [{"key": "a", "value": {"stringValue": "b"}}]}},
    "nothing": {},
    "empty": {"stringValue": ""},
    "odd characters": {"stringValue": "\0\ud800="},
    "half of JSON": {"stringValue": '{"a":'},
    "bytes": {"bytesValue": "AAEC"},
}
NAMES = sorted({*names.OWN, *names.STANDARD, "exception.type", "exception.message", "exception.stacktrace", "url.full"})


def attributes(name: str, value: Any) -> list[dict[str, Any]]:
    return [{"key": "openclaw.integration.error.code", "value": {"stringValue": "x"}}, {"key": name, "value": value}]


def spans(value: Any) -> dict[str, Any]:
    made = [span(attributes(name, value)) for name in NAMES]
    return {"resourceSpans": [{"scopeSpans": [{"spans": [*made, span([])]}]}]}


def span(found: list[dict[str, Any]]) -> dict[str, Any]:
    now = str(time.time_ns())
    event = {"name": "exception", "timeUnixNano": now, "attributes": found}
    ids = {"traceId": uuid4().hex, "spanId": uuid4().hex[:16], "startTimeUnixNano": now, "endTimeUnixNano": now}
    return {**ids, "name": "good" if not found else "odd", "kind": 3, "events": [event], "attributes": found}


def logs(value: Any) -> dict[str, Any]:
    odd = [{"eventName": names.EVENT_API_EXCEPTION, "attributes": attributes(name, value)} for name in NAMES]
    good = {"attributes": [{"key": "exception.message", "value": {"stringValue": "good"}}]}
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [*odd, good]}]}]}


@pytest.mark.parametrize("kind", VALUES)
def test_otlp(bridge: Bridge, kind: str) -> None:
    headers = {"Authorization": f"Bearer {bridge.ingest_key}", "Content-Type": "application/json"}
    for path, body in (("traces", spans(VALUES[kind])), ("logs", logs(VALUES[kind]))):
        answer = requests.post(f"{bridge.url}/v1/{path}", data=json.dumps(body), headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        part = answer.json().get("partialSuccess", {})
        refused = int(part.get("rejectedSpans", part.get("rejectedLogRecords", 0)))
        assert refused <= 4, part
    with psycopg.connect(bridge.database.url) as conn:
        assert conn.execute("select count(*) from events where exception_type = 'exception'").fetchone() != (0,)
        assert conn.execute("select count(*) from events where message = 'good'").fetchone() == (1,)
        assert conn.execute("select max(n) < 10000000000 from counter_deltas").fetchone() == (True,)


@pytest.mark.parametrize("value", ["9" * 5000, 2**63 - 1, -1, 1e308, True, ["\0="], {"a": "b"}, None, "", "\0\ud800"])
def test_sentry(bridge: Bridge, value: Any) -> None:
    headers = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={bridge.sentry_key}"}
    good = failure()
    data = envelope(good, event_id=good["event_id"])
    for name in NAMES:
        body = json.dumps(
            failure(contexts={"openclaw": {name: value}, "trace": {"trace_id": value}}, tags={name: value})
        )
        data += b'{"type":"event","length":%d}\n%s\n' % (len(body), body.encode())
    answer = requests.post(f"{bridge.url}/api/1/envelope/", data=data, headers=headers, timeout=30)
    assert answer.status_code == 200, answer.text
    with psycopg.connect(bridge.database.url) as conn:
        ((count,),) = conn.execute("select count(*) from events").fetchall()
        assert len(NAMES) - 6 <= count <= len(NAMES) + 1
