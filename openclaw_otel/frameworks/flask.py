"""Flask: a view that only sees verified deliveries.

@app.post("/hooks/shopify")
@webhook("shopify", [SECRET])
def orders(delivery: Webhook) -> None: ...
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import flask

from openclaw_otel.record import Webhook, WebhookAnswer, WebhookRequest
from openclaw_otel.webhooks import Delivery, take


def webhook(
    platform: str, secrets: Sequence[str], *, store: str | None = None, **parameters: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a view of `handler(webhook, **url_arguments)`; what it returns is the response, None the platform's "ok"."""

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(handler)
        def view(**arguments: Any) -> Any:
            with Delivery(platform, webhook_request(flask.request), store) as delivery:
                received = take(delivery, secrets, **parameters)
                if received.answer is not None:
                    return response(received.answer)
                result = handler(_delivered(received.webhook), **arguments)
                return response(delivery.adapter.answer("ok", delivery.request)) if result is None else result

        return view

    return decorate


def webhook_request(request: flask.Request) -> WebhookRequest:
    """Return the delivery in a Flask request; the body stays readable for the view."""
    return WebhookRequest(request.method, request.url, dict(request.headers), request.get_data(cache=True))


def response(answer: WebhookAnswer) -> flask.Response:
    """Return an answer as Flask's response."""
    return flask.Response(answer.body, answer.status, dict(answer.headers))


def _delivered(received: Webhook | None) -> Webhook:
    assert received is not None  # `take` gives a delivery or an answer
    return received
