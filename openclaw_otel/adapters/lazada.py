"""Lazada: Open Platform API (LazOP) of all six countries, its token service, push messages.

Signatures of pushes: hex HMAC-SHA256 of app key and raw body, in `Authorization`
(https://open.lazada.com/apps/doc/doc?docId=120168). Errors: `{type, code, message, request_id, detail}` under HTTP 200;
`type` SYSTEM is the gateway, ISV the caller, ISP the platform.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from openclaw_otel import bodies, http_values, object_ids, paths, signing
from openclaw_otel.adapters.base import Adapter, AnswerFacts, AnswerKind, Fetch, error_status, plain_answer
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Exchange, Observation, Webhook, WebhookAnswer, WebhookRequest

_BAN = re.compile(r"\blast (\d{1,6}) seconds?\b", re.IGNORECASE)
_NAMED = {"order_id": "order", "trade_order_id": "order", "order_ids": "order", "order_number": "order"}
_NAMED |= {"item_id": "product", "seller_sku": "seller_sku", "SellerSku": "seller_sku", "package_id": "package"}
_NAMED |= {"order_item_ids": "order_item", "order_item_id": "order_item", "reverse_order_id": "return"}


class LazadaAdapter(Adapter):
    """See the module docstring."""

    name = "lazada"
    hosts = ("api.lazada.*", "auth.lazada.*")
    deadline = 0.5
    request_id_headers = ("eagleeye-traceid",)
    console_links = MappingProxyType({"order": "https://sellercenter.lazada.com/apps/order/detail?tradeOrderId={id}"})

    # -- webhooks ---------------------------------------------------------------------------------------

    def verify_webhook_signature(
        self,
        request: WebhookRequest,
        secrets: Sequence[str],
        *,
        now: datetime | None = None,
        fetch: Fetch | None = None,
        **parameters: Any,
    ) -> None:
        """Raise SignatureError unless Lazada signed the body for our app.

        `app_key` (needed) is ours, never the body's; `secrets` are its app secrets. `tolerance` (seconds) also checks
        the signed `timestamp` of the body: Lazada documents no window, and sends again for up to 6 hours.
        """
        received = signing.required_header(request.headers, "authorization")
        app_key = parameters.get("app_key")
        if not app_key or not isinstance(app_key, str):
            raise SignatureError("no_secret", "app_key", "give the app key of the Lazada console (parameters.app_key)")
        signing.check_hmac(received, secrets, app_key.encode("utf-8", "surrogateescape") + request.body, encoding="hex")
        if parameters.get("tolerance") is not None:
            sent = http_values.timestamp(bodies.code(bodies.mapping(bodies.read_json(request.body)).get("timestamp")))
            if sent is None:
                raise SignatureError("malformed", "timestamp of the body is missing or no number")
            signing.check_time(sent, now, float(parameters["tolerance"]))

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return message type as topic, seller and time. Lazada sends no id: the event id is a hash of what is told."""
        body = bodies.mapping(bodies.read_json(request.body))
        kind = bodies.code(body.get("message_type"))
        data = bodies.mapping(body.get("data"))
        sellers = (bodies.code(body.get("seller_id")), bodies.code(data.get("seller_id")))
        told = json.dumps([sellers, kind, body.get("timestamp"), data], sort_keys=True, default=str)
        return Webhook(
            topic=kind if kind.isdecimal() and len(kind) < 6 else "unknown",
            event_id=hashlib.sha256(told.encode("utf-8", "surrogatepass") if body else request.body).hexdigest()[:32],
            store=next((seller for seller in sellers if seller not in ("", "null")), None),
            occurred_at=http_values.timestamp(bodies.code(body.get("timestamp"))),
        )

    def is_delivery_request(self, request: WebhookRequest) -> bool:
        """Say whether the body is a Lazada push and `Authorization` a bare digest."""
        if b'"message_type"' not in request.body or " " in (request.headers.get("authorization") or " "):
            return False
        return {"message_type", "seller_id", "data"} <= set(bodies.mapping(bodies.read_json(request.body)))

    def answer(self, kind: AnswerKind, request: WebhookRequest, **parameters: Any) -> WebhookAnswer:
        """Return 200, or 401 for a bad signature; pushes stop for an address that fails more than every second time."""
        return WebhookAnswer(401 if kind == "bad_signature" else 200)

    # -- calls ------------------------------------------------------------------------------------------

    def operation(self, exchange: Exchange) -> str:
        """Return the API's own name: `orders.get`, `product.price_quantity.update`, `auth.token.refresh`."""
        parts = [part for part in paths.segments(exchange.url) if not paths.is_id(part)]
        return ".".join(parts[1:] if parts[:1] == ["rest"] else parts)[:120] or "root"

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return ids named by query and body."""
        return object_ids.named_ids(exchange, _NAMED)

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return `code` when it is not 0, with the fields and words of `detail`."""
        body = bodies.read_json(exchange.response_body)
        if not isinstance(body, Mapping):
            return plain_answer(exchange)
        code = bodies.code(body.get("code"))
        details = [detail for detail in bodies.items(body.get("detail")) if isinstance(detail, Mapping)]
        said = [bodies.text(body.get("message")), *sorted({bodies.text(detail.get("message")) for detail in details})]
        if bodies.code(body.get("type")) == "ISP":
            said.append("(type ISP)")  # the catalog reads it: the platform itself says whose fault it is
        message = " ".join(text for text in said if text)
        if code in ("", "0"):
            if not error_status(exchange):
                return None
            return AnswerFacts(message=message) if message else plain_answer(exchange)
        fields = [paths.field_path(detail.get("field")) for detail in details if bodies.is_whole(detail.get("field"))]
        return AnswerFacts((code,), tuple(field for field in fields if field), message)

    def request_id(self, exchange: Exchange) -> str | None:
        """Return `request_id` of the answer, else the trace id header."""
        body = bodies.mapping(bodies.read_json(exchange.response_body)) if exchange.status else {}
        return bodies.code(body.get("request_id")) or super().request_id(exchange)

    def retry_after(self, exchange: Exchange) -> float | None:
        """Return Retry-After, else the length of the ban that ApiCallLimit tells in its message."""
        asked = super().retry_after(exchange)
        if asked is not None:
            return asked
        body = bodies.mapping(bodies.read_json(exchange.response_body))
        found = _BAN.search(bodies.text(body.get("message"))) if body.get("code") == "ApiCallLimit" else None
        return float(found[1]) if found else None

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return when a fresh access token ends; Lazada tells no rate budget."""
        if exchange.status != 200 or "/auth/token/" not in exchange.url:
            return None
        body = bodies.mapping(bodies.read_json(exchange.response_body))
        if not body.get("access_token"):
            return None
        ends = http_values.expires_at(body.get("expires_in"), exchange.started_at)
        return None if ends is None else Observation("token_expiry", self.name, self.store(exchange), expires_at=ends)
