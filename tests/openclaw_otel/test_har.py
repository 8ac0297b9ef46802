"""HAR entries and exchanges."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from openclaw_otel.har import HarError, exchange_from_har, exchange_to_har
from openclaw_otel.record import ExceptionInfo, Exchange

WHOLE = Exchange(
    "POST",
    "https://a.example/x?y=1",
    {"Content-Type": "application/json"},
    b'{"a":1}',
    500,
    {"Content-Type": "text/html", "X-Request-Id": "r"},
    b"\xff\xfe<html>",
    elapsed=1.5,
    started_at=datetime(2026, 1, 1, tzinfo=UTC),
    response_truncated=True,
)


def test_there_and_back() -> None:
    assert exchange_from_har(exchange_to_har(WHOLE)) == WHOLE
    silent = Exchange("GET", "https://a.example/")
    assert exchange_from_har(exchange_to_har(silent)) == silent


@pytest.mark.parametrize(
    "response", [None, {}, {"status": 0, "headers": []}, {"status": -1}, {"status": "200"}, {"status": True}]
)
def test_no_answer(response: Any) -> None:
    entry = {"request": {"method": "get", "url": "https://a.example/"}, "response": response}
    exchange = exchange_from_har(entry, ExceptionInfo("ReadTimeout", "timed out"))
    assert (exchange.status, exchange.method) == (None, "GET")
    assert exchange.error is not None


def test_what_tools_leave_out_or_write_their_own_way() -> None:
    entry = {
        "request": {
            "url": "https://a.example/",
            "headers": [
                {"name": "A", "value": "1"},
                {"name": "A", "value": "2"},
                {"name": "X-Retry-Attempt", "value": "3"},
                7,
            ],
            "queryString": [{"name": "q", "value": "a b"}],
            "postData": {"params": [{"name": "grant_type", "value": "x y"}]},
        },
        "response": {
            "status": 200,
            "_error": "net::ERR_FAILED",
            "content": {"encoding": "base64", "text": "eyJhIjoxfQ"},
        },
    }
    exchange = exchange_from_har(entry)
    assert exchange.url == "https://a.example/?q=a+b"
    assert exchange.request_headers["a"] == "1, 2"
    assert exchange.request_body == b"grant_type=x+y"
    assert exchange.response_body == b'{"a":1}'
    assert exchange.attempt == 3
    assert exchange.error == ExceptionInfo("NetworkError", "net::ERR_FAILED")
    by_hand = exchange_from_har({"request": {"url": "u", "headers": {"H": "v"}}})
    assert by_hand.request_headers["h"] == "v"


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        (None, "request"),
        ({}, "request"),
        ([], "request"),
        ({"request": {"url": 1.0}}, ""),
        ({"request": {"method": "GET"}}, "request.url"),
    ],
)
def test_what_cannot_be_read_names_the_key(entry: Any, key: str) -> None:
    if not key:
        assert exchange_from_har(entry).url == "1.0"
        return
    with pytest.raises(HarError, match=key):
        exchange_from_har(entry)
