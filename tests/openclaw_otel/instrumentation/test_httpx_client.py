"""httpx: what is its own: streams read as raw bytes, retries in both worlds, the other instrumentation."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor

from openclaw_otel import attributes as names
from openclaw_otel.config import Config, StoreConfig

ORDER = "/admin/api/2025-04/orders/1001.json"


@pytest.fixture
def patient(shop: Any) -> Config:
    """A store whose calls are tried twice."""
    retry = {"attempts": 2, "backoff": 0.01}
    return Config(stores=(StoreConfig("demo", "shopify", base_url=shop.url(""), retry=retry),))


def test_raise_for_status_of_a_stream(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    tracer = telemetry.provider.get_tracer("app")
    with httpx.Client() as client, pytest.raises(httpx.HTTPStatusError), tracer.start_as_current_span("job"):
        with client.stream("GET", url) as response:
            response.raise_for_status()
    (record,) = telemetry.records
    job = telemetry.spans[-1]
    assert job.events[0].attributes[names.RECORD_ID] == record.attributes[names.RECORD_ID]


def test_raw_bytes_of_a_stream_are_seen(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(401, b'{"errors": "Invalid API key or access token"}'))
    watch()
    with httpx.Client() as client, client.stream("GET", url) as response:
        assert b"".join(response.iter_raw(3)).startswith(b'{"errors"')
    assert "Invalid API key" in telemetry.records[0].attributes[names.ERROR_MESSAGE]


def test_retries(shop: Any, answer: Any, watch: Any, telemetry: Any, patient: Config) -> None:
    url = shop.on(ORDER, answer(503, b"{}"), answer(200, b"{}"))
    watch(config=patient)
    assert httpx.get(url).status_code == 200
    assert telemetry.clients[0].attributes[names.HTTP_REQUEST_RESEND_COUNT] == 1
    assert telemetry.records == []


def test_asynchronous_retries(shop: Any, answer: Any, watch: Any, telemetry: Any, patient: Config) -> None:
    async def call() -> int:
        async with httpx.AsyncClient() as client:
            return (await client.get(url)).status_code

    url = shop.on(ORDER, answer(trouble="reset"), answer(503, b"{}"))
    watch(config=patient)
    assert asyncio.run(call()) == 503
    assert len(shop.requests) == 2
    assert len(telemetry.records) == len(telemetry.clients) == 1


def test_beside_the_other_instrumentation(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    HTTPXClientInstrumentor().instrument(tracer_provider=telemetry.provider)
    try:
        with httpx.Client() as client:
            client.get(url)
    finally:
        HTTPXClientInstrumentor().uninstrument()
    assert len(telemetry.clients) == len(telemetry.records) == 1


def test_cancelled_is_nobodys_failure(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    async def call() -> None:
        async with httpx.AsyncClient() as client:
            task = asyncio.create_task(client.get(url))
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    url = shop.on(ORDER, answer(delay=0.5))
    watch()
    asyncio.run(call())
    assert telemetry.records == []
    assert len(telemetry.clients) == 1


def test_concurrent_calls_of_one_client(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    async def call() -> None:
        async with httpx.AsyncClient() as client:
            await asyncio.gather(*(client.get(url) for _ in range(20)))

    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    asyncio.run(call())
    assert len(telemetry.records) == len(telemetry.clients) == 20
    assert len({record.attributes[names.RECORD_ID] for record in telemetry.records}) == 20
