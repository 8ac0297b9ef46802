"""aiohttp: the answer before the body, exceptions without one, forms, retries."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from openclaw_otel import attributes as names
from openclaw_otel.config import Config, StoreConfig

ORDER = "/admin/api/2025-04/orders/1001.json"
BODY = b'{"errors": "[API] Invalid API key or access token"}'
Use = Callable[[aiohttp.ClientSession], Awaitable[Any]]


def run(use: Use, **options: Any) -> Any:
    async def main() -> Any:
        async with aiohttp.ClientSession(**options) as session:
            return await use(session)

    return asyncio.run(main())


def test_raise_for_status_by_hand(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        async with session.get(url) as response:
            response.raise_for_status()

    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    tracer = telemetry.provider.get_tracer("app")
    with pytest.raises(aiohttp.ClientResponseError), tracer.start_as_current_span("job"):
        run(use)
    (record,) = telemetry.records
    job = next(span for span in telemetry.spans if span.name == "job")
    assert job.events[0].attributes[names.RECORD_ID] == record.attributes[names.RECORD_ID]


def test_raise_for_status_by_the_session(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        await session.get(url)

    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    with pytest.raises(aiohttp.ClientResponseError):
        run(use, raise_for_status=True)
    (record,) = telemetry.records
    assert record.attributes[names.HTTP_RESPONSE_STATUS_CODE] == 401
    assert record.attributes[names.ERROR_CATEGORY] == "auth"


def test_a_body_nobody_reads(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    async def use(session: aiohttp.ClientSession) -> int:
        async with session.get(url) as response:
            return response.status

    url = shop.on(ORDER, answer(503, b"{}"))
    watch()
    assert run(use) == 503
    assert len(telemetry.records) == len(telemetry.clients) == 1


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"json": {"a": 1}}, '{"a": 1}'),
        ({"data": {"a": "1"}}, "a=1"),
        ({"data": "text"}, "text"),
        ({"data": b"bytes"}, "bytes"),
        ({}, ""),
    ],
)
def test_request_bodies(
    shop: Any, answer: Any, watch: Any, telemetry: Any, options: dict[str, Any], expected: str
) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        async with session.post(url, **options) as response:
            await response.text()

    url = shop.on(ORDER, answer(500, b"{}"))
    watch()
    run(use)
    assert json.loads(telemetry.records[0].attributes[names.SNAPSHOT]).get("request_body", "") == expected


def test_base_url_and_headers_of_the_session(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        async with session.get(ORDER) as response:
            await response.json()

    shop.on(ORDER, answer(404, b'{"errors": "Not Found"}'))
    watch()
    run(use, base_url=shop.url("/"), headers={"X-Shopify-Access-Token": "shpat_secret"})
    (record,) = telemetry.records
    headers = json.loads(record.attributes[names.SNAPSHOT])["request_headers"]
    assert "X-Shopify-Access-Token" in headers
    assert "shpat_secret" not in telemetry.text()


def test_retries(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    async def use(session: aiohttp.ClientSession) -> int:
        async with session.get(url) as response:
            return response.status

    url = shop.on(ORDER, answer(503, b"{}"), answer(503, b"{}"), answer(200, b"{}"))
    retry = {"attempts": 3, "backoff": 0.01}
    watch(config=Config(stores=(StoreConfig("demo", "shopify", base_url=shop.url(""), retry=retry),)))
    assert run(use) == 200
    assert telemetry.clients[0].attributes[names.HTTP_REQUEST_RESEND_COUNT] == 2


def test_a_body_read_from_its_stream(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(401, BODY, delay=0.05))

    async def call() -> bytes:
        async with aiohttp.ClientSession() as session:
            content = (await session.get(url)).content
            assert isinstance(content, aiohttp.StreamReader)
            parts = [await content.read(5), await content.read()]
            assert len(telemetry.records) == 1
            return b"".join(parts)

    watch()
    assert asyncio.run(call()) == BODY
    assert telemetry.records[0].attributes[names.ERROR_CATEGORY] == "auth"


def test_a_body_iterated_over(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(401, BODY))

    async def call() -> bytes:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return b"".join([chunk async for chunk in response.content.iter_chunked(7)])

    watch()
    assert asyncio.run(call()) == BODY
    assert len(telemetry.records) == 1
