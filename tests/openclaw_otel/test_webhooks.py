"""webhooks: verified, parsed, spanned; refused ones recorded once, and never in the raw."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
import requests
from opentelemetry.trace import SpanKind, StatusCode

from openclaw_otel import attributes as names
from openclaw_otel.errors import SignatureError, UnknownPlatform
from openclaw_otel.record import WebhookRequest
from openclaw_otel.webhooks import Delivery, receive_webhook, take

SECRET = "hush-shopify-secret"
BODY = json.dumps({"id": 1001, "email": "jane.doe@example.com"}).encode()


def delivery(body: bytes = BODY, secret: str = SECRET, **headers: str) -> WebhookRequest:
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    given = {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Shop-Domain": "demo.myshopify.com",
        "X-Shopify-Webhook-Id": "d1",
        "X-Shopify-Hmac-Sha256": signature,
        "Content-Type": "application/json",
        **headers,
    }
    return WebhookRequest("POST", "https://app.example/hooks/shopify", given, body)


def test_a_good_delivery(telemetry: Any) -> None:
    webhook = receive_webhook("shopify", delivery(), [SECRET])
    assert (webhook.topic, webhook.store) == ("orders/create", "demo.myshopify.com")
    (span,) = telemetry.spans
    assert span.kind is SpanKind.CONSUMER
    assert span.name == "shopify orders/create"
    assert span.status.status_code is StatusCode.UNSET
    assert span.attributes[names.MESSAGING_MESSAGE_ID] == "d1"
    assert set(span.attributes) <= names.OWN | names.STANDARD
    assert telemetry.records == []


def test_one_of_several_secrets_and_a_store_by_hand(telemetry: Any) -> None:
    assert receive_webhook("shopify", delivery(), ["old", SECRET], store="eu").store == "eu"


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (delivery(secret="another"), "mismatch"),
        (
            WebhookRequest("POST", "https://app.example/hooks", {"X-Shopify-Topic": "orders/create"}, BODY),
            "missing_header",
        ),
        (WebhookRequest("POST", "https://app.example/hooks", {}, b"\xff\x00"), "missing_header"),
    ],
)
def test_a_refused_delivery_is_one_record(telemetry: Any, request_: WebhookRequest, reason: str) -> None:
    with pytest.raises(SignatureError) as caught, telemetry.provider.get_tracer("app").start_as_current_span("view"):
        receive_webhook("shopify", request_, [SECRET])
    assert caught.value.reason == reason
    (record,) = telemetry.records
    assert record.event_name == names.EVENT_WEBHOOK_EXCEPTION
    assert record.attributes[names.ERROR_CATEGORY] == "webhook_signature"
    assert record.attributes[names.PLATFORM_NAME] == "shopify"
    consumer = next(span for span in telemetry.spans if span.kind is SpanKind.CONSUMER)
    assert consumer.status.status_code is StatusCode.ERROR
    assert consumer.attributes[names.RECORD_ID] == record.attributes[names.RECORD_ID]
    assert "jane.doe" not in telemetry.text()
    assert SECRET not in telemetry.text()


def test_refusals_of_one_store_are_one_kind_whatever_the_body(telemetry: Any) -> None:
    for number in range(3):
        with pytest.raises(SignatureError):
            receive_webhook("shopify", delivery(json.dumps({"id": number}).encode(), "another"), [SECRET])
    assert len({record.attributes[names.ERROR_GROUPING_HASH] for record in telemetry.records}) == 1


def test_a_handler_that_fails(telemetry: Any) -> None:
    def handle(inbound: Delivery) -> None:
        inbound.verify([SECRET])
        raise KeyError("shipping_address")

    with pytest.raises(KeyError), Delivery("shopify", delivery()) as inbound:
        handle(inbound)
    (record,) = telemetry.records
    assert record.attributes[names.EXCEPTION_TYPE] == "KeyError"
    assert record.attributes[names.WEBHOOK_TOPIC] == "orders/create"
    assert record.attributes[names.ERROR_EVIDENCE] == "failure"
    assert "jane.doe" not in telemetry.text()


def test_a_handler_whose_platform_call_fails_is_that_failure(
    shop: Any, answer: Any, watch: Any, telemetry: Any
) -> None:
    url = shop.on("/admin/api/2025-04/orders/1.json", answer(401, b'{"errors": "no"}'))
    watch()

    def handle(inbound: Delivery) -> None:
        inbound.verify([SECRET])
        requests.get(url, timeout=2).raise_for_status()

    with pytest.raises(requests.HTTPError), Delivery("shopify", delivery()) as inbound:
        handle(inbound)
    (record,) = telemetry.records
    assert record.event_name == names.EVENT_API_EXCEPTION
    consumer = next(span for span in telemetry.spans if span.kind is SpanKind.CONSUMER)
    assert consumer.attributes[names.RECORD_ID] == record.attributes[names.RECORD_ID]


def test_unknown_platform() -> None:
    with pytest.raises(UnknownPlatform, match="no adapter for 'shopfy'"):
        receive_webhook("shopfy", delivery(), [SECRET])


def test_take_gives_the_delivery_or_the_answer(telemetry: Any) -> None:
    with Delivery("shopify", delivery()) as good:
        received = take(good, [SECRET])
    assert received.answer is None
    assert received.webhook is not None
    with Delivery("shopify", delivery(secret="another")) as bad:
        received = take(bad, [SECRET])
    assert received.webhook is None
    assert received.answer is not None
    assert received.answer.status == 401
    assert len(telemetry.records) == 1
