"""Django: only verified deliveries reach the view, without a CSRF token."""

from __future__ import annotations

from typing import Any

import django
import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import path

from openclaw_otel import Webhook
from openclaw_otel import attributes as names

if not settings.configured:
    settings.configure(
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="test",
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
    )
    django.setup()

BODY = b'{"id": 1001}'


def urls() -> Any:
    """The URL configuration of a small application."""
    from openclaw_otel.frameworks.django import webhook

    @webhook("shopify", ["hush-shopify-secret"])
    def orders(request: HttpRequest, delivery: Webhook, kind: str) -> HttpResponse | None:
        if kind == "fail":
            raise KeyError("sku")
        assert request.body == BODY
        return HttpResponse(delivery.topic, status=202) if kind == "own" else None

    return (path("hooks/<str:kind>", orders),)


def post(kind: str, headers: dict[str, str]) -> Any:
    with override_settings(ROOT_URLCONF=urls()):
        client = Client(enforce_csrf_checks=True)
        return client.post(f"/hooks/{kind}", data=BODY, content_type="application/json", headers=headers)


def test_a_good_delivery_is_answered_ok(headers: Any, telemetry: Any) -> None:
    assert post("x", headers(BODY)).status_code == 200
    assert telemetry.records == []


def test_the_views_own_answer(headers: Any, telemetry: Any) -> None:
    response = post("own", headers(BODY))
    assert (response.status_code, response.content) == (202, b"orders/create")


def test_a_bad_signature_never_reaches_the_view(headers: Any, telemetry: Any) -> None:
    assert post("fail", headers(BODY, "other")).status_code == 401
    assert [record.attributes[names.ERROR_CATEGORY] for record in telemetry.records] == ["webhook_signature"]


def test_a_failing_view_is_recorded(headers: Any, telemetry: Any) -> None:
    with pytest.raises(KeyError):
        post("fail", headers(BODY))
    assert [record.attributes[names.EXCEPTION_TYPE] for record in telemetry.records] == ["KeyError"]
