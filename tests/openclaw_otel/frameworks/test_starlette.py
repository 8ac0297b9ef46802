"""Starlette and FastAPI: only verified deliveries reach the endpoint."""

from __future__ import annotations

import asyncio
from typing import Any

import fastapi
import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from openclaw_otel import Webhook
from openclaw_otel import attributes as names
from openclaw_otel.frameworks.starlette import webhook

BODY = b'{"id": 1001}'


@pytest.fixture(params=["starlette", "fastapi"])
def app(request: Any, secret: str, telemetry: Any) -> Any:
    """A small application."""

    @webhook("shopify", [secret])
    async def orders(delivery: Webhook) -> Any:
        if delivery.topic == "fail":
            raise KeyError("sku")
        return PlainTextResponse(delivery.topic, 202) if delivery.topic == "own" else None

    if request.param == "starlette":
        return Starlette(routes=[Route("/hooks", orders, methods=["POST"])])
    made = fastapi.FastAPI()
    made.post("/hooks")(orders)
    return made


def post(app: Any, headers: dict[str, str]) -> httpx.Response:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://app.example") as client:
            return await client.post("/hooks", content=BODY, headers=headers)

    return asyncio.run(call())


def test_a_good_delivery_is_answered_ok(app: Any, headers: Any, telemetry: Any) -> None:
    assert post(app, headers(BODY)).status_code == 200
    assert telemetry.records == []


def test_the_endpoints_own_answer(app: Any, headers: Any) -> None:
    response = post(app, headers(BODY) | {"X-Shopify-Topic": "own"})
    assert (response.status_code, response.text) == (202, "own")


def test_a_bad_signature_never_reaches_the_endpoint(app: Any, headers: Any, telemetry: Any) -> None:
    assert post(app, headers(BODY, "other") | {"X-Shopify-Topic": "fail"}).status_code == 401
    assert [record.attributes[names.ERROR_CATEGORY] for record in telemetry.records] == ["webhook_signature"]


def test_a_failing_endpoint_is_recorded(app: Any, headers: Any, telemetry: Any) -> None:
    with pytest.raises(KeyError):
        post(app, headers(BODY) | {"X-Shopify-Topic": "fail"})
    assert [record.attributes[names.EXCEPTION_TYPE] for record in telemetry.records] == ["KeyError"]
