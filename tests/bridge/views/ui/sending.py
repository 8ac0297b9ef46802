"""Failures as an instrumented service sends them: over HTTP, as OTLP, into the real intake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from openclaw_otel import ExceptionInfo, Exchange, classify_exchange, uuid7
from openclaw_otel.record import ErrorRecord
from openclaw_otel.wire import body, to_attributes
from tests.bridge.running import Bridge

TRACE, ROOT, CALL = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "00f067aa0ba902b8"
STACK = """Traceback (most recent call last):
  File "/srv/sync/jobs/orders.py", line 88, in push
    client.get(order)
  File "/srv/.venv/lib/python3.11/site-packages/requests/models.py", line 1024, in raise_for_status
    raise HTTPError(message)
requests.exceptions.HTTPError: 401 Client Error
"""


def denied(store: str = "us-main.myshopify.com", order: str = "1001", **changes: Any) -> ErrorRecord:
    """Return the record of a Shopify call with a dead token."""
    exchange = Exchange(
        "GET",
        f"https://{store}/admin/api/2025-10/orders/{order}.json",
        request_headers={"Accept": "application/json"},
        status=401,
        response_headers={"Content-Type": "application/json", "X-Request-Id": f"req-{order}"},
        response_body=b'{"errors":"[API] Invalid API key or access token","hint":"<b>bold</b>"}',
        error=ExceptionInfo("requests.exceptions.HTTPError", "401 Client Error", STACK),
        elapsed=0.42,
        attempt=1,
    )
    record = classify_exchange(exchange)
    assert record is not None
    at = datetime.now(UTC) - timedelta(minutes=3)
    fixed = {"id": uuid7(at), "occurred_at": at, "objects": {"order": order}, "service": "order-sync"}
    return replace(record, **{**fixed, "environment": "production", "release": "2.3.1", **changes})


def send(bridge: Bridge, *records: ErrorRecord) -> None:
    """Send records to `/v1/logs`; they are committed when it returns."""
    logs = [
        {
            "timeUnixNano": str(int(record.occurred_at.timestamp() * 1e6) * 1000),
            "severityNumber": 17,
            "eventName": "openclaw.integration.api.exception",
            "body": {"stringValue": body(record)},
            "attributes": _attributes(to_attributes(record)),
            **({"traceId": record.trace_id, "spanId": record.span_id} if record.trace_id else {}),
        }
        for record in records
    ]
    _post(bridge, "logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": logs}]}]})


def send_trace(bridge: Bridge, at: datetime) -> None:
    """Send the two spans of a job whose call failed."""
    spans = [
        _span(ROOT, "", "sync orders", 1, at, (0, 1800)),
        {**_span(CALL, ROOT, "GET orders.get", 3, at, (300, 720)), "status": {"code": 2, "message": "401"}},
    ]
    service = {"attributes": _attributes({"service.name": "order-sync"})}
    _post(bridge, "traces", {"resourceSpans": [{"resource": service, "scopeSpans": [{"spans": spans}]}]})


def _span(ident: str, parent: str, name: str, kind: int, at: datetime, times: tuple[int, int]) -> dict[str, Any]:
    start = int(at.timestamp() * 1e9)
    begins, ends = (start + milliseconds * 1_000_000 for milliseconds in times)
    return {
        "traceId": TRACE,
        "spanId": ident,
        "parentSpanId": parent,
        "name": name,
        "kind": kind,
        "startTimeUnixNano": str(begins),
        "endTimeUnixNano": str(ends),
    }


def _post(bridge: Bridge, signal: str, message: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {bridge.ingest_key}"}
    with requests.post(f"{bridge.url}/v1/{signal}", json=message, headers=headers, timeout=20) as answer:
        assert answer.status_code == 200, answer.text
        assert answer.json() in ({}, {"partialSuccess": {}}), answer.text


def _attributes(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, tuple | list):
        return {"arrayValue": {"values": [_value(one) for one in value]}}
    return {"stringValue": str(value)}
