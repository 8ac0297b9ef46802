"""tail: bodies seen while the application reads them."""

from __future__ import annotations

import gc
import gzip
import zlib
from typing import Any

import pytest

from openclaw_otel import attributes as names
from openclaw_otel.instrumentation import switch
from openclaw_otel.instrumentation.call import Call
from openclaw_otel.instrumentation.capture import BODY_CAP
from openclaw_otel.instrumentation.tail import Tail, decoded, worth_waiting
from openclaw_otel.record import Exchange


class Response:
    """Anything that can be referred to weakly."""


def begin(shop: Any) -> Call:
    calls = switch().calls
    assert calls is not None
    call = calls.begin(object(), "GET", shop.url("/admin/api/2025-04/orders.json"))
    assert call is not None
    return call


def test_the_body_decides(shop: Any, watch: Any, telemetry: Any) -> None:
    watch()
    call, response = begin(shop), Response()
    tail = Tail(call, response, call.exchange(status=401))
    for part in (b'{"errors": "Invalid ', b'API key"}', b"", None):
        tail.feed(part)
    tail.finish()
    tail.finish()
    (record,) = telemetry.records
    assert record.attributes[names.ERROR_MESSAGE] == "Invalid API key"


def test_a_long_body_is_capped(shop: Any, watch: Any, telemetry: Any) -> None:
    watch()
    call, response = begin(shop), Response()
    tail = Tail(call, response, call.exchange(status=500))
    for _ in range(40):
        tail.feed(b"x" * 20_000)
    tail.finish()
    assert '"response_truncated":true' in telemetry.records[0].attributes[names.SNAPSHOT]


def test_a_broken_read_is_the_failure(shop: Any, watch: Any, telemetry: Any) -> None:
    watch()
    call, response = begin(shop), Response()
    Tail(call, response, call.exchange(status=200)).finish(ConnectionResetError("reset by peer"))
    assert telemetry.records[0].attributes[names.EXCEPTION_TYPE] == "ConnectionResetError"


def test_a_collected_response_ends_the_call_at_the_next_one(shop: Any, watch: Any, telemetry: Any) -> None:
    watch()
    call, response = begin(shop), Response()
    Tail(call, response, call.exchange(status=500))
    del response
    gc.collect()
    assert telemetry.records == []
    call.calls.drain()
    assert len(telemetry.records) == 1


@pytest.mark.parametrize(
    ("status", "headers", "worth"),
    [
        (500, {}, True),
        (200, {"content-type": "application/json"}, True),
        (200, {"content-type": "application/json", "content-length": str(BODY_CAP + 1)}, False),
        (200, {"content-type": "application/pdf"}, False),
        (200, {"content-type": "text/xml", "content-length": "x"}, True),
        (204, {}, False),
    ],
)
def test_worth_waiting(status: int, headers: dict[str, str], worth: bool) -> None:
    assert worth_waiting(Exchange("GET", "http://x", status=status, response_headers=headers)) is worth


def test_decoded() -> None:
    body = b'{"a": 1}' * 50
    assert decoded(gzip.compress(body), "gzip") == body
    assert decoded(gzip.compress(body)[:-12], "GZIP").startswith(b'{"a"')
    assert decoded(zlib.compress(body), "deflate") == body
    assert decoded(zlib.compress(body)[2:-4], "deflate") == body
    assert decoded(body, "gzip") == body
    assert decoded(body, "br") == body
    assert len(decoded(gzip.compress(b"0" * 50_000_000), "gzip")) == BODY_CAP + 1
