"""All clients × all ways to fail: one span, one record, and the application sees what it saw before."""

from __future__ import annotations

import asyncio
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import aiohttp
import httpx
import pytest
import requests
from opentelemetry.trace import StatusCode

from openclaw_otel import attributes as names

PATH = "/admin/api/2025-04/orders/1001.json"
TIMEOUT = 0.4
BAD_TOKEN = json.dumps({"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"})
GRAPHQL_ERROR = json.dumps({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]})


def with_requests(url: str) -> tuple[int, bytes]:
    with requests.get(url, timeout=TIMEOUT) as response:
        return response.status_code, response.content


def with_requests_stream(url: str) -> tuple[int, bytes]:
    with requests.get(url, timeout=TIMEOUT, stream=True) as response:
        return response.status_code, b"".join(response.iter_content(7))


def with_httpx(url: str) -> tuple[int, bytes]:
    response = httpx.get(url, timeout=TIMEOUT)
    return response.status_code, response.content


def with_httpx_stream(url: str) -> tuple[int, bytes]:
    with httpx.Client(timeout=TIMEOUT) as client, client.stream("GET", url) as response:
        return response.status_code, b"".join(response.iter_bytes())


def with_httpx_async(url: str) -> tuple[int, bytes]:
    async def call() -> tuple[int, bytes]:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            response = await client.get(url)
            return response.status_code, response.content

    return asyncio.run(call())


def with_httpx_async_stream(url: str) -> tuple[int, bytes]:
    async def call() -> tuple[int, bytes]:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client, client.stream("GET", url) as response:
            return response.status_code, b"".join([part async for part in response.aiter_bytes()])

    return asyncio.run(call())


def with_urllib(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def with_aiohttp(url: str) -> tuple[int, bytes]:
    async def call() -> tuple[int, bytes]:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
            return response.status, await response.read()

    return asyncio.run(call())


CLIENTS = [
    with_requests,
    with_requests_stream,
    with_httpx,
    with_httpx_stream,
    with_httpx_async,
    with_httpx_async_stream,
    with_urllib,
    with_aiohttp,
]
Client = Callable[[str], tuple[int, bytes]]
pytestmark = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__[5:])


def attempt(client: Client, url: str) -> Any:
    """Return what the application sees: the answer, or the exception's type and text."""
    try:
        return client(url)
    except Exception as error:  # noqa: BLE001 - whatever the client raises is what is compared
        return type(error), str(error).partition(" at 0x")[0]


def only(items: list[Any]) -> Any:
    assert len(items) == 1, items
    return items[0]


def check(telemetry: Any, category: str, **expected: Any) -> Any:
    span, record = only(telemetry.clients), only(telemetry.records)
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes[names.RECORD_ID] == record.attributes[names.RECORD_ID]
    assert record.attributes[names.ERROR_CATEGORY] == category
    assert record.attributes[names.PLATFORM_NAME] == "shopify"
    assert record.span_id == span.context.span_id
    assert record.trace_id == span.context.trace_id
    assert len([event for event in span.events if event.name == "exception"]) == 1
    assert set(span.attributes) <= names.OWN | names.STANDARD
    assert set(record.attributes) <= names.OWN | names.STANDARD
    for name, value in expected.items():
        assert record.attributes[getattr(names, name)] == value
    return record


def test_refused_token(client: Client, shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(PATH, answer(401, BAD_TOKEN.encode()))
    before = attempt(client, url)
    watch()
    assert attempt(client, url) == before == (401, BAD_TOKEN.encode())
    record = check(telemetry, "auth", HTTP_RESPONSE_STATUS_CODE=401, OPERATION_NAME="orders.get", ORDER_ID="1001")
    assert "Invalid API key" in record.attributes[names.ERROR_MESSAGE]


def test_throttled(client: Client, shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(PATH, answer(429, b'{"errors": "Exceeded 2 calls per second"}', {"Retry-After": "2.0"}))
    before = attempt(client, url)
    watch()
    assert attempt(client, url) == before
    check(telemetry, "rate_limit", ERROR_RETRYABLE=True)


def test_server_error_page(client: Client, shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    page = b"<html><body><h1>503 Service Unavailable</h1></body></html>"
    url = shop.on(PATH, answer(503, page, {"Content-Type": "text/html"}))
    before = attempt(client, url)
    watch()
    assert attempt(client, url) == before == (503, page)
    check(telemetry, "platform_outage")


def test_fine_status_with_an_error_inside(client: Client, shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on("/admin/api/2025-04/graphql.json", answer(200, GRAPHQL_ERROR.encode()))
    watch()
    assert attempt(client, url) == (200, GRAPHQL_ERROR.encode())
    check(telemetry, "rate_limit", ERROR_CODE="THROTTLED")


def test_timeout(client: Client, shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(PATH, answer(delay=TIMEOUT * 2))
    watch()
    kind, _ = attempt(client, url)
    assert issubclass(kind, Exception)
    record = check(telemetry, "timeout", ERROR_EVIDENCE="failure")
    assert names.HTTP_RESPONSE_STATUS_CODE not in record.attributes
    assert "test_every_client" in record.attributes[names.EXCEPTION_STACKTRACE] or "async" in client.__name__


def test_refused_connection(client: Client, shop: Any, watch: Any, telemetry: Any) -> None:
    from openclaw_otel.instrumentation import instrument

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
        before = attempt(client, f"http://{host}{PATH}")
        watch()
        instrument({host: "shopify"})
        assert attempt(client, f"http://{host}{PATH}")[0] is before[0]
    check(telemetry, "network")


def test_reset(client: Client, shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(PATH, answer(trouble="reset"))
    before = attempt(client, url)
    watch()
    assert attempt(client, url)[0] is before[0]
    check(telemetry, "network")


def test_body_that_breaks_off(client: Client, shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(PATH, answer(200, b'{"orders": [' + b" " * 400 + b"]}", trouble="cut"))
    before = attempt(client, url)
    watch()
    assert attempt(client, url)[0] is before[0]
    check(telemetry, "network")


def test_success(client: Client, shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(PATH, answer(200, b'{"order": {"id": 1001}}'))
    watch()
    assert attempt(client, url) == (200, b'{"order": {"id": 1001}}')
    span = only(telemetry.clients)
    assert span.name == "shopify orders.get"
    assert span.status.status_code is StatusCode.UNSET
    assert span.attributes[names.HTTP_RESPONSE_STATUS_CODE] == 200
    assert names.ERROR_TYPE not in span.attributes
    assert telemetry.records == []


def test_gzip(client: Client, shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    import gzip

    packed = gzip.compress(GRAPHQL_ERROR.encode())
    url = shop.on("/admin/api/2025-04/graphql.json", answer(200, packed, {"Content-Encoding": "gzip"}))
    before = attempt(client, url)
    watch()
    assert attempt(client, url) == before
    check(telemetry, "rate_limit", ERROR_CODE="THROTTLED")


def test_others_are_left_alone(client: Client, shop: Any, watch: Any, telemetry: Any) -> None:
    watch()
    with_other_name = shop.url(PATH).replace("127.0.0.1", "localhost")
    attempt(client, with_other_name)
    assert telemetry.spans == []


def test_off_again(client: Client, shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    from openclaw_otel.instrumentation import uninstrument

    watch()
    uninstrument()
    attempt(client, shop.on(PATH, answer(401, BAD_TOKEN.encode())))
    assert telemetry.spans == []


def test_nothing_raw_reaches_a_plain_exporter(
    client: Client, shop: Any, answer: Any, watch: Any, telemetry: Any
) -> None:
    secret = "shpat_0123456789abcdef0123456789abcdef"
    body = json.dumps({"errors": {"email": ["jane.doe@example.com is not allowed"]}, "token": secret})
    url = shop.on(PATH, answer(422, body.encode())) + f"?access_token={secret}&email=jane.doe%40example.com"
    watch()
    attempt(client, url)
    check(telemetry, "validation")
    for raw in (secret, "jane.doe@example.com", "jane.doe%40example.com"):
        assert raw not in telemetry.text()
