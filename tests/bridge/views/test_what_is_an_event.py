"""What makes an event of what senders send: the table of docs/intake.md, sent to the doors.

All of it is answered 200 and counted, event or not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import requests
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from openclaw_otel import attributes as names
from openclaw_otel_bridge.services import EXTENSION
from tests.bridge.otlp_messages import exception_event, log, logs, span, traces
from tests.bridge.running import Bridge
from tests.bridge.views.intake_page import table
from tests.bridge.views.test_otlp import PROTOBUF
from tests.bridge.views.test_sentry import envelope, failure

CLIENT, SERVER, CONSUMER = Span.SPAN_KIND_CLIENT, Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CONSUMER
INTERNAL, PRODUCER = Span.SPAN_KIND_INTERNAL, Span.SPAN_KIND_PRODUCER
DEBUG, WARN, ERROR, FATAL = 5, 13, 17, 21


@dataclass(frozen=True)
class Case:
    """A request, and whether its project takes plain ERROR logs."""

    path: str
    body: bytes
    opted_in: bool = False


def of_spans(*spans: Span) -> Case:
    return Case("/v1/traces", traces(*spans).SerializeToString())


def of_log(values: Mapping[str, Any], severity: int, *, opted_in: bool = False, **fields: Any) -> Case:
    return Case("/v1/logs", logs(log(values, severity_number=severity, **fields)).SerializeToString(), opted_in)


def of_sentry(**event: Any) -> Case:
    return Case("/api/1/envelope/", envelope({"event_id": uuid4().hex, "platform": "python", **event}))


def of_item(kind: str) -> Case:
    return Case("/api/1/envelope/", b"{}\n" + json.dumps({"type": kind}).encode() + b"\n{}\n")


def whole_trace() -> Case:
    trace = os.urandom(16)
    fine = [span(trace=trace, kind=INTERNAL, failed=False) for _ in range(3)]
    return of_spans(span(exception_event("E", "m"), trace=trace), *fine)


def named(name: str) -> Span.Event:
    return Span.Event(name=name)


MESSAGE = {"exception.message": "refused"}
DROPPED = {names.RECORD_DROPPED: True}
CASES: Mapping[str, Callable[[], Case]] = {
    "exception on a span": lambda: of_spans(span(exception_event("E", "m"), kind=INTERNAL)),
    "exception on a span that is fine": lambda: of_spans(span(exception_event("E", "m"), kind=SERVER, failed=False)),
    "two exceptions on a span": lambda: of_spans(span(exception_event("E", "a"), exception_event("F", "b"))),
    "span event named exception": lambda: of_spans(span(named("exception"), kind=INTERNAL)),
    "another span event": lambda: of_spans(span(named("cache.miss"), kind=INTERNAL, failed=False)),
    "failed CLIENT span": lambda: of_spans(span(kind=CLIENT)),
    "failed CONSUMER span": lambda: of_spans(span(kind=CONSUMER)),
    "failed CLIENT span with exception": lambda: of_spans(span(exception_event("E", "m"), kind=CLIENT)),
    "failed SERVER, INTERNAL, PRODUCER span": lambda: of_spans(
        *(span(kind=kind) for kind in (SERVER, INTERNAL, PRODUCER))
    ),
    "fine span": lambda: of_spans(span(kind=CLIENT, failed=False)),
    "fine spans of a trace with an error": whole_trace,
    "exception marked as dropped": lambda: of_spans(span(exception_event("E", "m", **DROPPED), kind=INTERNAL)),
    "log with exception": lambda: of_log({"exception.type": "E"}, ERROR),
    "DEBUG log with exception": lambda: of_log(MESSAGE, DEBUG),
    "log named exception": lambda: of_log({}, ERROR, event_name="exception", body="it failed"),
    "ERROR log without exception": lambda: of_log({}, ERROR, body="disk full"),
    "ERROR log, project opted in": lambda: of_log({}, ERROR, body="disk full", opted_in=True),
    "FATAL log, project opted in": lambda: of_log({}, FATAL, body="disk full", opted_in=True),
    "WARN log, project opted in": lambda: of_log({}, WARN, body="disk nearly full", opted_in=True),
    "observation of the library": lambda: of_log({}, WARN, event_name=names.EVENT_OBSERVATION, opted_in=True),
    "log marked as dropped": lambda: of_log({"exception.type": "E", **DROPPED}, ERROR),
    "Sentry exception": lambda: of_sentry(**failure()),
    "Sentry exception of level info": lambda: of_sentry(**failure(level="info")),
    "Sentry message of level error": lambda: of_sentry(message="out of stock", level="error"),
    "Sentry message of level fatal": lambda: of_sentry(message="out of stock", level="fatal"),
    "Sentry message of level warning": lambda: of_sentry(message="stock is low", level="warning"),
    "Sentry transaction as event": lambda: of_sentry(type="transaction", transaction="/orders"),
    "Sentry transaction": lambda: of_item("transaction"),
    "Sentry session": lambda: of_item("session"),
    "Sentry item of a type yet to come": lambda: of_item("hologram"),
}
ROWS = table("## What is an event")


def opt_in(bridge: Bridge, taken: bool) -> None:
    with psycopg.connect(bridge.database.url) as conn:
        conn.execute("update projects set settings = jsonb_build_object('error_logs', %s::boolean)", (taken,))
    bridge.app.extensions[EXTENSION].intake.projects._until = 0.0


def totals(bridge: Bridge) -> tuple[int, int, int]:
    """Return events and spans stored, and items counted as received."""
    with psycopg.connect(bridge.database.url) as conn:
        row = conn.execute("select count(*) from events").fetchone()
    intake = bridge.app.extensions[EXTENSION].intake
    received = sum(n for (_, what), n in intake.counts.items() if what == "received")
    return int(row[0]) if row else 0, sum(store.stored.spans for store in intake.stores.values()), received


def send(bridge: Bridge, case: Case) -> int:
    headers = {"Authorization": f"Bearer {bridge.ingest_key}", "Content-Type": PROTOBUF}
    if case.path.startswith("/api"):
        headers = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={bridge.sentry_key}"}
    return requests.post(bridge.url + case.path, data=case.body, headers=headers, timeout=30).status_code


def test_what_is_an_event(bridge: Bridge) -> None:
    found = {}
    for name, build in CASES.items():
        case = build()
        opt_in(bridge, case.opted_in)
        before = totals(bridge)
        assert send(bridge, case) == 200, name
        events, spans, received = (now - then for now, then in zip(totals(bridge), before, strict=True))
        assert received > 0, f"{name} is counted"
        of_trace = case.path == "/v1/traces"
        found[name] = {"sent": name, "events": str(events), "spans kept": str(spans) if of_trace else "–"}
    assert found == {name: {key: row[key] for key in ("sent", "events", "spans kept")} for name, row in ROWS.items()}


@pytest.mark.parametrize("name", CASES)
def test_each_case_is_explained(name: str) -> None:
    assert ROWS[name]["because"]
