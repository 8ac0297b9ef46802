"""The contract of a platform adapter, and what all adapters share.

An adapter is pure: it takes data and returns data. A subclass says what only that platform knows
(`hosts`, `operation`, `read_answer`, signatures); this class turns it into records in the order of evidence:
a delivery to us → no answer → an error in the answer → a fine answer and our side failed → success.
"""

from __future__ import annotations

import fnmatch
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from openclaw_otel import bodies
from openclaw_otel.catalog import Catalog, shipped
from openclaw_otel.http_values import retry_after_seconds
from openclaw_otel.ids import uuid7
from openclaw_otel.judge import judge, speaks_of_signature, text_speaks_of_signature
from openclaw_otel.paths import host_of
from openclaw_otel.record import (
    ErrorRecord,
    Evidence,
    Exchange,
    Observation,
    Webhook,
    WebhookAnswer,
    WebhookRequest,
)
from openclaw_otel.snapshots import snapshot_of

Fetch = Callable[[str], bytes]
"""Brings a certificate or public key by URL; raises OSError when it cannot."""
AnswerKind = Literal["ok", "bad_signature", "ping"]
Signs = Literal["body", "headers", "nothing"]


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """What an error answer says, before anyone judges it.

    `codes` in the order of the document (the first is the one people read); `fields` are paths without list positions
    (`variants.price`, never `variants.0.price`: `paths.field_path` makes them); `message` is the platform's own text.
    """

    codes: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    message: str = ""
    objects: Mapping[str, str] = field(default_factory=dict)


class Adapter(ABC):
    """All that is known of one platform. Instances hold no state and may be shared between threads."""

    name: str
    hosts: tuple[str, ...] = ()
    """Globs of hosts whose calls belong to this platform (`*.myshopify.com`)."""
    signs: Signs = "body"
    """What the platform's signature covers; `headers` and `nothing` leave the body unproved."""
    deadline: float = 5.0
    """Seconds the platform waits for our answer to a delivery."""
    delivery_headers: tuple[str, ...] = ()
    """Any of these on a request means: a delivery to us from this platform."""
    request_id_headers: tuple[str, ...] = ()
    """Response headers that carry the platform's own request id, best first."""
    console_links: Mapping[str, str] = MappingProxyType({})
    """Object kind → URL template of the platform's own console ({store}, {id})."""

    # -- what a subclass must say ---------------------------------------------------------------------

    @abstractmethod
    def verify_webhook_signature(
        self,
        request: WebhookRequest,
        secrets: Sequence[str],
        *,
        now: datetime | None = None,
        fetch: Fetch | None = None,
        **parameters: Any,
    ) -> None:
        """Raise SignatureError unless the platform signed `request` with one of `secrets`."""

    @abstractmethod
    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return what the delivery says of itself; never raises on any bytes."""

    @abstractmethod
    def operation(self, exchange: Exchange) -> str:
        """Return the low-cardinality name of the call: `orders.get`, `graphql productUpdate`; never an id."""

    @abstractmethod
    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return what an error answer says, or None when the answer is fine. Called only when one came."""

    # -- what a subclass may refine -------------------------------------------------------------------

    def store(self, exchange: Exchange) -> str | None:
        """Return the account the call was made for; default: the host."""
        return host_of(exchange.url) or None

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return ids of orders and other objects named by the request (path, query or body)."""
        return {}

    def owns(self, url: str) -> bool:
        """Say whether a call to `url` is one to this platform, by host."""
        host = host_of(url)
        return bool(host) and any(fnmatch.fnmatchcase(host, pattern) for pattern in self.hosts)

    def owns_path(self, url: str) -> bool:
        """Say whether the path alone gives the platform away (WooCommerce: any host, `/wp-json/wc/`)."""
        return False

    def is_delivery(self, headers: Mapping[str, str]) -> bool:
        """Say whether a request with these headers is a delivery from this platform."""
        return any(name in headers for name in self.delivery_headers)

    def is_delivery_request(self, request: WebhookRequest) -> bool:
        """Say whether a request is a delivery from this platform; refine it where headers alone do not tell."""
        return self.is_delivery(request.headers)

    def retry_after(self, exchange: Exchange) -> float | None:
        """Return the seconds the platform asks to wait, or None when it says nothing."""
        return retry_after_seconds(exchange.response_headers.get("retry-after"))

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return a health observation seen in a response (rate budget, expiry), or None."""
        return None

    def answer(self, kind: AnswerKind, request: WebhookRequest, **parameters: Any) -> WebhookAnswer:
        """Return the answer the platform wants to a delivery."""
        return WebhookAnswer(401 if kind == "bad_signature" else 200)

    def request_id(self, exchange: Exchange) -> str | None:
        """Return the platform's own id of this request, for its support."""
        headers = exchange.response_headers
        return next((headers[name] for name in self.request_id_headers if headers.get(name)), None)

    def delivery_facts(self, exchange: Exchange) -> AnswerFacts | None:
        """Return why verification of a delivery failed, or None when that is not what happened.

        Default: every answer of ours of 401, 403 or 412, and an exception or a refusal that speaks of a signature.
        """
        if exchange.status in (401, 403, 412):
            return AnswerFacts()
        if exchange.error is not None and speaks_of_signature(exchange.error):
            return AnswerFacts()
        refusal = bodies.text_of(exchange.response_body[:2000]) if (exchange.status or 0) >= 400 else ""
        return AnswerFacts() if text_speaks_of_signature(refusal) else None

    def catalog(self) -> Catalog:
        """Return the shipped error catalog of the platform."""
        return shipped(self.name)

    # -- what all share -------------------------------------------------------------------------------

    def handle_error(self, exchange: Exchange) -> ErrorRecord | None:
        """Return the record of a failed exchange, or None when it succeeded. Never raises on any bytes."""
        record = self._evidence(exchange)
        return None if record is None else judge(record, self.catalog())

    def _evidence(self, exchange: Exchange) -> ErrorRecord | None:
        request = WebhookRequest(exchange.method, exchange.url, exchange.request_headers, exchange.request_body)
        if self.is_delivery_request(request) and not self.owns(exchange.url):
            return self._delivery(exchange, request)
        if exchange.status is None:
            return self._failure(exchange)
        facts = self.read_answer(exchange)
        if facts is not None:
            return self._answer(exchange, facts)
        return self._failure(exchange) if exchange.error else None

    def _common(self, exchange: Exchange) -> ErrorRecord:
        return ErrorRecord(
            id=uuid7(),
            occurred_at=exchange.started_at or datetime.now(UTC),
            platform=self.name,
            store=self.store(exchange),
            operation=self.operation(exchange),
            status=exchange.status,
            exception=exchange.error,
            request_id=self.request_id(exchange),
            objects=self.objects(exchange),
            snapshot=snapshot_of(exchange),
        )

    def _answer(self, exchange: Exchange, facts: AnswerFacts) -> ErrorRecord:
        record = self._common(exchange)
        return record.but(
            evidence=Evidence.CODE if facts.codes else Evidence.ANSWER,
            code=facts.codes[0] if facts.codes else None,
            codes=tuple(sorted(set(facts.codes))),
            fields=tuple(sorted(set(facts.fields))),
            message=facts.message,
            objects={**record.objects, **facts.objects},
        )

    def _failure(self, exchange: Exchange) -> ErrorRecord:
        error = exchange.error
        return self._common(exchange).but(
            evidence=Evidence.FAILURE,
            message=error.message if error else "no answer",
        )

    def _delivery(self, exchange: Exchange, request: WebhookRequest) -> ErrorRecord | None:
        webhook = self.parse_webhook(request)
        base = self._common(exchange).but(operation=webhook.topic, webhook_topic=webhook.topic, store=webhook.store)
        facts = self.delivery_facts(exchange)
        if facts is not None:
            # Which of our frameworks refused it, with which words, is noise: the failure is the signature.
            return base.but(evidence=Evidence.ANSWER, status=None, codes=facts.codes, message=facts.message)
        if exchange.error is None and (exchange.status is None or exchange.status < 400):
            return None
        if exchange.error is None:
            return base.but(evidence=Evidence.FAILURE, message=f"we answered {exchange.status}")
        return base.but(evidence=Evidence.FAILURE, message=exchange.error.message)


def error_status(exchange: Exchange) -> bool:
    """Say whether the HTTP status alone makes an answer an error."""
    return exchange.status is not None and exchange.status >= 400


def plain_answer(exchange: Exchange) -> AnswerFacts | None:
    """Return the facts of an answer that is not the platform's JSON: its short text if it has one; None if it is fine.

    HTML has no message: its words are a proxy's and change with the proxy.
    """
    if not error_status(exchange):
        return None
    kind = exchange.response_headers.get("content-type") or ""
    return AnswerFacts(message=bodies.plain_text(exchange.response_body, kind))
