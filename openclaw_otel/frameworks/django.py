"""Django: a view that only sees verified deliveries; exempt from CSRF, because platforms sign instead.

@webhook("shopify", [SECRET])
def orders(request: HttpRequest, delivery: Webhook) -> None: ...
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from openclaw_otel.record import WebhookAnswer, WebhookRequest
from openclaw_otel.webhooks import Delivery, take


def webhook(
    platform: str, secrets: Sequence[str], *, store: str | None = None, **parameters: Any
) -> Callable[[Callable[..., Any]], Callable[..., HttpResponse]]:
    """Make a view of `handler(request, webhook, **url_arguments)`; None means the platform's "ok"."""

    def decorate(handler: Callable[..., Any]) -> Callable[..., HttpResponse]:
        @functools.wraps(handler)
        def view(request: HttpRequest, **arguments: Any) -> HttpResponse:
            with Delivery(platform, webhook_request(request), store) as delivery:
                received = take(delivery, secrets, **parameters)
                if received.answer is not None:
                    return response(received.answer)
                result: HttpResponse | None = handler(request, received.webhook, **arguments)
                return response(delivery.adapter.answer("ok", delivery.request)) if result is None else result

        exempt: Callable[..., HttpResponse] = csrf_exempt(view)
        return exempt

    return decorate


def webhook_request(request: HttpRequest) -> WebhookRequest:
    """Return the delivery in a Django request; the body stays readable for the view."""
    return WebhookRequest(request.method or "", request.build_absolute_uri(), dict(request.headers), request.body)


def response(answer: WebhookAnswer) -> HttpResponse:
    """Return an answer as Django's response."""
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
