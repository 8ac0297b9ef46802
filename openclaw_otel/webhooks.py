"""Receiving a delivery from a platform: verified, parsed, with its CONSUMER span, recorded when something fails."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind

from openclaw_otel import attributes as names
from openclaw_otel.adapters.base import Adapter
from openclaw_otel.emit import Emitter, Source
from openclaw_otel.errors import SignatureError
from openclaw_otel.exceptions import exception_info
from openclaw_otel.ids import uuid7
from openclaw_otel.judge import judge
from openclaw_otel.otel_logs import SCHEMA_URL, SCOPE, own_version
from openclaw_otel.record import ErrorRecord, Evidence, Exchange, Webhook, WebhookAnswer, WebhookRequest
from openclaw_otel.runtime import runtime
from openclaw_otel.snapshots import snapshot_of

log = logging.getLogger(__name__)


def receive_webhook(
    platform: str, request: WebhookRequest, secrets: Sequence[str], *, store: str | None = None, **parameters: Any
) -> Webhook:
    """Verify a delivery and return what it says of itself.

    Args:
        platform: `shopify`, …, `custom:<name>`.
        request: as it came; `body` are the raw bytes.
        secrets: one, or several while a secret is being rotated.
        store: the account it is for, where the path or the application tells; else the delivery itself.
        **parameters: what the platform's scheme needs beside (`app_key`, `webhook_id`, `tolerance`, …).

    Raises:
        SignatureError: it could not be verified, and a record of that was sent. With reason `unsigned_scheme` nothing
            is recorded: the platform signs nothing, so treat the delivery as a hint and fetch what it names.
        UnknownPlatform: there is no such platform.
    """
    with Delivery(platform, request, store) as delivery:
        return delivery.verify(secrets, **parameters)


class Delivery(AbstractContextManager["Delivery"]):
    """One delivery and its span; an exception inside the block is recorded as the failure of this delivery."""

    def __init__(self, platform: str, request: WebhookRequest, store: str | None = None) -> None:
        chosen = runtime()
        self.adapter: Adapter = chosen.platforms.get(platform)
        self.request = request
        self._store = store
        self._emitter = Emitter(chosen)
        self._failures = chosen.process.failures
        self._started = datetime.now(UTC)
        self._webhook: Webhook | None = None
        self._scope: Any = None
        self.span: trace.Span = trace.INVALID_SPAN

    def __enter__(self) -> Delivery:
        tracer = trace.get_tracer(SCOPE, own_version(), schema_url=SCHEMA_URL)
        self.span = tracer.start_span(
            f"{self.adapter.name} webhook",
            kind=SpanKind.CONSUMER,
            attributes={names.PLATFORM_NAME: self.adapter.name},
        )
        self._scope = trace.use_span(self.span, record_exception=False, set_status_on_exception=False)
        self._scope.__enter__()
        return self

    def __exit__(self, kind: object, error: BaseException | None, stack: object) -> None:
        try:
            if isinstance(error, Exception):
                self.failed(error)
        except Exception:
            log.warning("openclaw-otel failed to record a delivery's failure", exc_info=True)
        finally:
            self._scope.__exit__(None, None, None)
            self.span.end()

    def verify(self, secrets: Sequence[str], **parameters: Any) -> Webhook:
        """Return the verified delivery; see `receive_webhook`."""
        webhook = self.parse()
        self.adapter.verify_webhook_signature(self.request, secrets, **parameters)
        return webhook

    def parse(self) -> Webhook:
        """Return what the delivery says of itself, verified or not."""
        webhook = self._webhook = self.adapter.parse_webhook(self.request)
        if self._store:
            webhook = self._webhook = replace(webhook, store=self._store)
        self.span.update_name(f"{self.adapter.name} {webhook.topic}".strip())
        values = {
            names.WEBHOOK_TOPIC: webhook.topic,
            names.OPERATION_NAME: webhook.topic,
            names.STORE_ID: webhook.store,
            names.MESSAGING_MESSAGE_ID: webhook.delivery_id,
            names.WEBHOOK_ATTEMPT: webhook.attempt,
        }
        self.span.set_attributes({name: value for name, value in values.items() if value is not None})
        return webhook

    def failed(self, error: Exception) -> None:
        """Record why the delivery failed."""
        if isinstance(error, SignatureError) and error.reason == "unsigned_scheme":
            return
        known = self._failures.of(error)
        if known is not None:  # a platform call inside the handler failed: that is the failure, already recorded
            self.span.set_attribute(names.RECORD_ID, known)
            self.span.set_status(trace.StatusCode.ERROR)
            return
        self._emitter.failed(self._record(error), self.span, Source((error,), self.request.url.partition("?")[0]))

    def _record(self, error: Exception) -> ErrorRecord:
        request, webhook = self.request, self._webhook or Webhook(topic="")
        exchange = Exchange(
            request.method,
            request.url,
            request_headers=request.headers,
            request_body=request.body,
            error=exception_info(error),
            elapsed=(datetime.now(UTC) - self._started).total_seconds(),
            started_at=self._started,
        )
        refused = isinstance(error, SignatureError)
        record = ErrorRecord(
            id=uuid7(),
            occurred_at=self._started,
            platform=self.adapter.name,
            store=webhook.store,
            operation=webhook.topic,
            webhook_topic=webhook.topic,
            # Of a refused delivery the failure is the signature, whatever the words of our own exception.
            evidence=Evidence.ANSWER if refused else Evidence.FAILURE,
            message="" if refused else (exchange.error.message if exchange.error else ""),
            exception=exchange.error,
            objects=self.adapter.objects(exchange),
            snapshot=snapshot_of(exchange),
        )
        return judge(record, self.adapter.catalog())


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery as a web framework's helper hands it on: to the handler, or answered already."""

    webhook: Webhook | None = None
    answer: WebhookAnswer | None = None


def take(delivery: Delivery, secrets: Sequence[str], **parameters: Any) -> Received:
    """Verify a delivery for a web framework: handshakes and refusals become the answer the platform wants.

    A delivery of a platform that signs nothing is handed on; the handler must not trust more than its ids.
    """
    try:
        webhook = delivery.verify(secrets, **parameters)
    except SignatureError as error:
        if error.reason != "unsigned_scheme":
            delivery.failed(error)
            return Received(answer=delivery.adapter.answer("bad_signature", delivery.request, **parameters))
        webhook = delivery.parse()
    if webhook.is_ping:
        return Received(answer=delivery.adapter.answer("ping", delivery.request, **parameters))
    return Received(webhook=webhook)
