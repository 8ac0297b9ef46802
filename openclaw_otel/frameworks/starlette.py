"""Starlette and FastAPI: an endpoint that only sees verified deliveries.

@app.post("/hooks/shopify")
@webhook("shopify", [SECRET])
async def orders(delivery: Webhook) -> None: ...
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from openclaw_otel.record import Webhook, WebhookAnswer, WebhookRequest
from openclaw_otel.webhooks import Delivery, take

Endpoint = Callable[[Request], Awaitable[Response]]


def webhook(
    platform: str, secrets: Sequence[str], *, store: str | None = None, **parameters: Any
) -> Callable[[Callable[[Webhook], Awaitable[Any]]], Endpoint]:
    """Make an endpoint of `async handler(webhook)`; a Response it returns is sent, else the platform's "ok"."""

    def decorate(handler: Callable[[Webhook], Awaitable[Any]]) -> Endpoint:
        # No functools.wraps: FastAPI would read the handler's parameters from it as those of the request.
        async def endpoint(request: Request) -> Response:
            with Delivery(platform, await webhook_request(request), store) as delivery:
                # A scheme may fetch a certificate: not on the event loop.
                received = await run_in_threadpool(partial(take, delivery, secrets, **parameters))
                if received.answer is not None:
                    return response(received.answer)
                assert received.webhook is not None
                result = await handler(received.webhook)
                if isinstance(result, Response):
                    return result
                return response(delivery.adapter.answer("ok", delivery.request))

        endpoint.__name__ = getattr(handler, "__name__", "webhook")
        endpoint.__doc__ = handler.__doc__
        return endpoint

    return decorate


async def webhook_request(request: Request) -> WebhookRequest:
    """Return the delivery in a Starlette request; the body stays readable."""
    return WebhookRequest(request.method, str(request.url), dict(request.headers), await request.body())


def response(answer: WebhookAnswer) -> Response:
    """Return an answer as Starlette's response."""
    return Response(answer.body, answer.status, dict(answer.headers))
