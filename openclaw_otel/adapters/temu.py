"""Temu Open Platform: one router, events encrypted with the app secret.

Signatures: hex HMAC-SHA256 over sorted `key + value` of the decrypted `eventData` and the `x-tm-*` headers, after
AES-128-CBC decryption of the body (partner.temu.com, Webhook Integration Guide, 2025-08-15). The guide's two examples
disagree on whether `x-tm-ext-param` is signed: both base strings are taken.
Errors come with HTTP 200 as `success: false` and `errorCode`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from openclaw_otel import bodies, http_values, signing
from openclaw_otel.adapters.base import Adapter, AnswerFacts, AnswerKind, Fetch, error_status, plain_answer
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Exchange, Observation, Webhook, WebhookAnswer, WebhookRequest

KEY_BYTES = 16
MAX_EVENT = 1024 * 1024
_HEADERS = ("x-tm-app-key", "x-tm-event-code", "x-tm-ext-param", "x-tm-timestamp")
_TYPE = re.compile(r"^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$")
_SUCCESS = frozenset({"", "0", "1000000"})
_NUMBERS = {"parentOrderSn": "parent_order", "orderSn": "order", "goodsId": "goods", "skuId": "sku"}
_NUMBERS |= {"parentAfterSalesSn": "after_sales", "packageSn": "package", "trackingNumber": "tracking"}


class TemuAdapter(Adapter):
    """See the module docstring."""

    name = "temu"
    hosts = ("openapi*.temu.com", "openapi*.temupro.com", "openapi.kuajingmaihuo.com", "kj-openapi.temu.com")
    deadline = 0.5
    delivery_headers = ("x-tm-signature", "x-tm-event-code")
    request_id_headers = ("x-request-id",)
    console_links = MappingProxyType(
        {
            "parent_order": "https://seller.temu.com/orders.html?parentOrderSn={id}",
            "order": "https://seller.temu.com/orders.html?orderSn={id}",
        }
    )

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
        """Raise SignatureError unless the event decrypts under one of the app secrets and is signed with it.

        `tolerance` (seconds) also checks the signed x-tm-timestamp: Temu documents no window.
        """
        received = signing.required_header(request.headers, "x-tm-signature").encode("utf-8", "surrogateescape")
        sealed = _sealed(request.body)
        fits = False
        for secret in signing.usable_secrets(secrets):
            event = _opened(sealed, secret)
            if event is None:
                continue
            for left_out in ((), ("x-tm-ext-param",)):
                expected = signing.digest(secret, _base(request, event, left_out), encoding="hex")
                fits |= hmac.compare_digest(expected, received)
        if not fits:
            raise SignatureError("mismatch", hint=f"not this app's secret, or {signing.mismatch_hint(request.body)}")
        tolerance = parameters.get("tolerance")
        if tolerance is not None:
            signed_at = http_values.timestamp(request.headers.get("x-tm-timestamp"))
            if signed_at is None:
                raise SignatureError("malformed", "x-tm-timestamp is no number of milliseconds")
            signing.check_time(signed_at, now, float(tolerance))

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return event code and time of the headers; the event itself, the mall's id too, is encrypted.

        Temu gives no id: `event_id` is a hash of what a repetition has in common.
        """
        topic = (request.headers.get("x-tm-event-code") or "").strip()
        stamp = request.headers.get("x-tm-timestamp") or ""
        parts = (topic.encode("utf-8", "surrogateescape"), stamp.encode("utf-8", "surrogateescape"), request.body)
        return Webhook(
            topic=topic or "unknown",
            event_id=hashlib.sha256(b"|".join(parts)).hexdigest()[:32],
            occurred_at=http_values.timestamp(stamp),
            is_ping=topic == "bg_open_event_test",
        )

    def answer(self, kind: AnswerKind, request: WebhookRequest, **parameters: Any) -> WebhookAnswer:
        """Return 200 with an empty result as in Temu's sample; anything else is sent again, 8 times within 28 h."""
        if kind == "bad_signature":
            return WebhookAnswer(401)
        return WebhookAnswer(200, {"Content-Type": "application/json"}, b'{"result":{}}')

    @staticmethod
    def open_event(request: WebhookRequest, secrets: Sequence[str]) -> Any:
        """Return the decrypted event of a delivery, for the handler; None when no secret opens it.

        Decrypting proves nothing: verify first.
        """
        try:
            sealed = _sealed(request.body)
            opened = [_opened(sealed, secret) for secret in signing.usable_secrets(secrets)]
        except SignatureError:
            return None
        return next((bodies.read_json(event) for event in opened if event is not None), None)

    # -- calls ------------------------------------------------------------------------------------------

    def operation(self, exchange: Exchange) -> str:
        """Return the `type` of the call: `bg.order.list.v2.get`."""
        return _type(exchange) or "router"

    def store(self, exchange: Exchange) -> str | None:
        """Return the mall the request or the answer names; else the host (Temu has one per region)."""
        result = bodies.mapping(_answer(exchange).get("result"))
        named = bodies.code(_sent(exchange).get("mallId")) or bodies.code(result.get("mallId"))
        return named or super().store(exchange)

    def request_id(self, exchange: Exchange) -> str | None:
        """Return `requestId` of the answer."""
        return bodies.code(_answer(exchange).get("requestId")) or super().request_id(exchange)

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return order and goods numbers of the request's first level."""
        sent = _sent(exchange)
        sent = {**bodies.mapping(sent.get("request")), **sent}
        return {kind: bodies.code(sent.get(key)) for key, kind in _NUMBERS.items() if bodies.code(sent.get(key))}

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return `errorCode` and `errorMsg` of an answer that is no success, under any status."""
        body = _answer(exchange)
        inner = bodies.mapping(body.get("error_response"))
        source = inner or body
        code = bodies.code(source.get("errorCode")) or bodies.code(source.get("error_code"))
        message = bodies.text(source.get("errorMsg")) or bodies.text(source.get("error_msg"))
        failed = (
            body.get("success") is False or bool(inner) or (code not in _SUCCESS and body.get("success") is not True)
        )
        if not failed and not error_status(exchange):
            return None
        if code in _SUCCESS and not message:
            return plain_answer(exchange) or AnswerFacts(message="success: false")
        return AnswerFacts(codes=() if code in _SUCCESS else (code,), message=message)

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return when the access token expires, seen when its facts are read or it is made."""
        if not _type(exchange).startswith("bg.open.accesstoken."):
            return None
        expires = http_values.timestamp(bodies.code(bodies.mapping(_answer(exchange).get("result")).get("expiredTime")))
        return (
            None
            if expires is None
            else Observation("token_expiry", self.name, self.store(exchange), expires_at=expires)
        )


def _sent(exchange: Exchange) -> Mapping[str, Any]:
    return bodies.mapping(bodies.read_json(exchange.request_body))


def _answer(exchange: Exchange) -> Mapping[str, Any]:
    return bodies.mapping(bodies.read_json(exchange.response_body))


def _type(exchange: Exchange) -> str:
    name = bodies.code(_sent(exchange).get("type"))
    return name if len(name) <= 100 and _TYPE.match(name) else ""


def _sealed(body: bytes) -> bytes:
    try:
        sealed = bodies.mapping(json.loads(body)).get("eventData")  # strict: a signed body is whole
    except (ValueError, RecursionError):
        sealed = None
    hint = 'verify the raw body as received: it is {"eventData": "<base64>"}'
    if not isinstance(sealed, str) or len(sealed) > MAX_EVENT:
        raise SignatureError("malformed", "no eventData in the body", hint)
    try:
        return base64.b64decode(sealed.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise SignatureError("malformed", "eventData is not base64", hint) from error


def _opened(sealed: bytes, secret: bytes) -> bytes | None:
    """Return the decrypted event, or None when the secret does not open it (AES-128-CBC, key = IV, PKCS#7)."""
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.padding import PKCS7
    except ImportError as error:
        raise SignatureError(
            "key_unavailable", "the package cryptography is missing", "pip install 'openclaw-otel[webhooks]'"
        ) from error
    key = secret[:KEY_BYTES]
    if len(key) < KEY_BYTES or not sealed or len(sealed) % KEY_BYTES:
        return None
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key)).decryptor()
    unpadder = PKCS7(KEY_BYTES * 8).unpadder()
    try:
        return unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()
    except ValueError:
        return None


def _base(request: WebhookRequest, event: bytes, left_out: Sequence[str]) -> bytes:
    """Return the signed text: sorted keys, each followed by its value, blank values skipped, nothing between."""
    values = {"eventData": event}
    for name in _HEADERS:
        value = (request.headers.get(name) or "").strip()
        values[name] = b"" if name in left_out else value.encode("utf-8", "surrogateescape")
    return b"".join(key.encode() + values[key] for key in sorted(values) if values[key].strip())
