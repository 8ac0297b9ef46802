"""What a delivery comes to, without a server."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import zstandard

from openclaw_otel.adapters import get_adapter
from openclaw_otel.config import Config, StoreConfig
from openclaw_otel.errors import SignatureError
from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import build_pipeline
from openclaw_otel.record import Category, Webhook, WebhookRequest
from openclaw_otel_bridge.intake.deliveries import BODY_CAP, Delivery, dedup_key
from openclaw_otel_bridge.intake.items import Source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PIPELINE = build_pipeline(Side.BRIDGE, Config())


def delivery(body: bytes = b"{}", headers: dict[str, str] | None = None, **store: Any) -> Delivery:
    values = {"name": "main", "platform": "shopify", "webhook_secrets": ("s",), **store}
    request = WebhookRequest("POST", "https://h/webhook/shopify/main", headers or {}, body)
    return Delivery(get_adapter("shopify"), StoreConfig(**values), request, NOW)


@pytest.mark.parametrize("headers", [{}, {"X-Shopify-Hmac-Sha256": "AAAA"}, {"X-Shopify-Hmac-Sha256": "\xff"}])
def test_bad_signatures_are_refused(headers: dict[str, str]) -> None:
    verdict, error = delivery(headers=headers).verify()
    assert verdict == "refused"
    assert error is not None


def test_a_store_without_secret_trusts_nobody() -> None:
    assert delivery(headers={"X-Shopify-Hmac-Sha256": "AAAA"}, webhook_secrets=()).verify()[0] == "refused"


def test_the_event_of_a_refusal() -> None:
    made = delivery(b'{"id": 5}', identifiers=("demo.myshopify.com",))
    event = made.failure(Webhook("orders/create", store="forged"), SignatureError("mismatch", hint="look"), 1, PIPELINE)
    assert event is not None
    record = event.record
    assert event.source is Source.WEBHOOK
    assert (record.category, record.store, record.operation) == (
        Category.WEBHOOK_SIGNATURE,
        "demo.myshopify.com",
        "orders/create",
    )
    assert record.exception is not None
    assert "look" in record.exception.message
    assert (event.day, record.occurred_at) == (NOW.date(), NOW)


def test_inbox_rows() -> None:
    row = delivery(b"x" * (BODY_CAP + 1)).inbox_row(Webhook("t\0", event_id="e"), 3, verified=False, pipeline=PIPELINE)
    assert (row.project_id, row.topic, row.verified, row.dedup_key) == (3, "t", False, "e")
    assert json.loads(zstandard.decompress(row.data))["truncated"] is True


@pytest.mark.parametrize(("told", "day"), [(timedelta(days=-1), 21), (timedelta(days=-99), 22), (None, 22)])
def test_the_day_is_the_events_where_it_can_be(told: timedelta | None, day: int) -> None:
    webhook = Webhook("t", occurred_at=NOW + told if told else None)
    assert delivery().inbox_row(webhook, 1, verified=True, pipeline=PIPELINE).day.day == day


def test_dedup_keys() -> None:
    assert dedup_key(Webhook("t", delivery_id="d", event_id="e"), b"a") == "e"
    assert dedup_key(Webhook("t", delivery_id="d"), b"a") != dedup_key(Webhook("t", delivery_id="d"), b"b")
    assert dedup_key(Webhook("t"), b"a") == dedup_key(Webhook("t"), b"a")
