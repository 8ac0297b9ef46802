"""A delivery from a platform: verified by its adapter, then an inbox row or the event of its failure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import zstandard

from openclaw_otel.adapters.base import Adapter
from openclaw_otel.config import StoreConfig
from openclaw_otel.errors import SignatureError
from openclaw_otel.ids import uuid7
from openclaw_otel.judge import judge
from openclaw_otel.pipeline import Pipeline
from openclaw_otel.record import ErrorRecord, Evidence, ExceptionInfo, Exchange, Webhook, WebhookAnswer, WebhookRequest
from openclaw_otel.snapshots import body_text, snapshot_of
from openclaw_otel_bridge.intake.identity import place
from openclaw_otel_bridge.intake.items import Candidate, InboxRow, Source

BODY_CAP = 256 * 1024
"""Bytes of a delivery's body that are kept."""
Verdict = Literal["verified", "unsigned", "refused", "later"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request of a platform to the webhook address of a configured store."""

    adapter: Adapter
    store: StoreConfig
    request: WebhookRequest
    received_at: datetime

    @property
    def account(self) -> str:
        """What the platform calls the store: as calls to it do, so that both lead to one store."""
        return self.store.identifiers[0] if self.store.identifiers else self.store.name

    def verify(self) -> tuple[Verdict, SignatureError | None]:
        """Return whether the platform signed it; `later` when a key could not be fetched now."""
        try:
            self.adapter.verify_webhook_signature(
                self.request, self.store.webhook_secrets, now=self.received_at, **self.store.parameters
            )
        except SignatureError as error:
            if error.reason == "unsigned_scheme":
                return "unsigned", error
            return ("later" if error.reason == "key_unavailable" else "refused"), error
        return "verified", None

    def answer(self, kind: Literal["ok", "bad_signature", "ping"]) -> WebhookAnswer:
        """Return the answer the platform wants."""
        return self.adapter.answer(kind, self.request, **self.store.parameters)

    def inbox_row(self, webhook: Webhook, project_id: int, *, verified: bool, pipeline: Pipeline) -> InboxRow:
        """Return the delivery as it is kept, redacted."""
        body, cut = body_text(self.request.body, BODY_CAP)
        kept = {
            "method": self.request.method,
            "url": pipeline.redact_text(self.request.url),
            "headers": pipeline.redact_tree(dict(self.request.headers)),
            "body": pipeline.redact_text(body),
            "truncated": cut,
        }
        told = webhook.occurred_at
        near = told is not None and abs(told - self.received_at) <= timedelta(days=14)
        return InboxRow(
            project_id=project_id,
            platform=self.adapter.name,
            store=self.store.name,
            dedup_key=dedup_key(webhook, self.request.body),
            id=UUID(uuid7(self.received_at)),
            day=(told if near and told is not None else self.received_at).date(),
            received_at=self.received_at,
            topic=_clean(webhook.topic),
            delivery_id=_clean(webhook.delivery_id) if webhook.delivery_id else None,
            verified=verified,
            occurred_at=told,
            data=zstandard.compress(json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace")),
        )

    def failure(self, webhook: Webhook, error: SignatureError, project_id: int, pipeline: Pipeline) -> Candidate | None:
        """Return the event of a refused delivery, processed; None when a processor dropped it."""
        record = pipeline.run(self._record(webhook, error))
        if record is None:
            return None
        ident = UUID(record.id)
        day, occurred_at = place(ident, record.occurred_at, self.received_at)
        record = record.but(occurred_at=occurred_at)
        return Candidate(project_id, ident, day, Source.WEBHOOK, record, self.received_at)

    def _record(self, webhook: Webhook, error: SignatureError) -> ErrorRecord:
        hint = f" ({error.hint})" if error.hint else ""
        raised = ExceptionInfo("openclaw_otel.errors.SignatureError", f"{error}{hint}")
        exchange = Exchange(
            self.request.method,
            self.request.url,
            request_headers=self.request.headers,
            request_body=self.request.body,
            error=raised,
            started_at=self.received_at,
        )
        record = ErrorRecord(
            id=uuid7(self.received_at),
            occurred_at=self.received_at,
            platform=self.adapter.name,
            store=self.account,
            operation=_clean(webhook.topic),
            webhook_topic=_clean(webhook.topic),
            evidence=Evidence.ANSWER,  # the failure is the signature, whatever the words of our own exception
            exception=raised,
            objects=self.adapter.objects(exchange),
            service="openclaw-otel",
            snapshot=snapshot_of(exchange),
        )
        return judge(record, self.adapter.catalog())


def dedup_key(webhook: Webhook, body: bytes) -> str:
    """Return what two deliveries of one event share: its id; else the delivery's id with a hash of the body."""
    if webhook.event_id:
        return _clean(webhook.event_id)[:200]
    return f"{_clean(webhook.delivery_id or '')[:200]}:{hashlib.sha256(body).hexdigest()[:32]}"


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:500]
