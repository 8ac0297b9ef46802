"""PayPal: REST APIs (orders, payments, payouts, disputes …), OAuth, webhooks signed with a certificate.

Signatures: RSA-SHA256 over `id|time|webhook_id|crc32(raw body)`, certificate by URL
(https://developer.paypal.com/api/rest/webhooks/rest/). Errors: https://developer.paypal.com/api/rest/responses/,
payout items: https://developer.paypal.com/docs/payouts/standard/reference/codes/.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from openclaw_otel import bodies, certificates, fetching, http_values, paths, signing
from openclaw_otel.adapters.base import Adapter, AnswerFacts, AnswerKind, Fetch, error_status, plain_answer
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Exchange, Observation, Webhook, WebhookAnswer, WebhookRequest

CERTIFICATE_NAMES = ("messageverificationcerts.paypal.com", "messageverificationcerts.sandbox.paypal.com")
ACTIONS = frozenset(
    "capture authorize confirm-payment-source track refund void reauthorize cancel send remind payments refunds token "
    "verify-webhook-signature simulate-event resend suspend activate accept-claim make-offer accept-offer "
    "deny-offer escalate provide-evidence provide-supporting-info send-message acknowledge-return-item appeal "
    "adjudicate execute update-pricing-schemes revise transactions generate-qr-code".split()
)
"""Last URL segments that are verbs of their own (POST orders/1/capture)."""
_GROUPS = frozenset(
    "payments checkout notifications customer billing invoicing reporting identity shipping catalogs".split()
)
_ISSUE = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$")
_KINDS = {"orders": "order", "captures": "capture", "authorizations": "authorization", "refunds": "refund"}
_KINDS |= {"payouts": "payout_batch", "payouts-item": "payout_item", "disputes": "dispute", "invoices": "invoice"}
_KINDS |= {"subscriptions": "subscription", "sale": "capture", "payment": "payment", "webhooks-events": "webhook_event"}
_BODY_IDS = ("payout_batch_id", "payout_item_id", "sender_batch_id", "sender_item_id", "invoice_id", "custom_id")
_ITEM_FAILED = frozenset({"FAILED", "BLOCKED", "RETURNED", "REVERSED", "DENIED"})
_PAYMENT_FAILED = frozenset({"DECLINED", "FAILED", "DENIED"})
_MONEY_PATHS = frozenset({"capture", "authorize", "refund", "reauthorize"})


class PayPalAdapter(Adapter):
    """See the module docstring."""

    name = "paypal"
    hosts = ("api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com", "*.paypal.com")
    deadline = 30.0
    delivery_headers = ("paypal-transmission-id", "paypal-transmission-sig")
    request_id_headers = ("paypal-debug-id",)
    console_links = MappingProxyType(
        {
            "capture": "https://www.paypal.com/activity/payment/{id}",
            "refund": "https://www.paypal.com/activity/payment/{id}",
            "dispute": "https://www.paypal.com/resolutioncenter/view/{id}",
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
        """Raise SignatureError unless PayPal signed the delivery for our webhook id.

        `webhook_id` (else `secrets`, which then hold webhook ids) is ours, never the request's; `trust_roots` are PEM
        texts, default the system's; `tolerance` (seconds) also checks the signed time: PayPal documents no window.
        """
        headers = request.headers
        sent = [signing.required_header(headers, f"paypal-transmission-{part}") for part in ("id", "time", "sig")]
        url = signing.required_header(headers, "paypal-cert-url")
        algorithm = signing.required_header(headers, "paypal-auth-algo")
        if algorithm.lower() != "sha256withrsa":
            raise SignatureError("malformed", f"algorithm {algorithm[:40]!r} is not SHA256withRSA")
        ids = _webhook_ids(parameters.get("webhook_id"), secrets)
        check_certificate_url(url)
        signature = _decoded(sent[2])
        leaf = certificates.trusted_key(_fetched(url, fetch), CERTIFICATE_NAMES, now, parameters.get("trust_roots"))
        crc = zlib.crc32(request.body) & 0xFFFFFFFF
        if not any(_verifies(leaf, signature, f"{sent[0]}|{sent[1]}|{own}|{crc}") for own in ids):
            raise SignatureError("mismatch", hint=f"wrong webhook_id, or {signing.mismatch_hint(request.body)}")
        self._check_age(sent[1], now, parameters.get("tolerance"))

    def _check_age(self, sent_at: str, now: datetime | None, tolerance: Any) -> None:
        if tolerance is None:
            return
        at = http_values.timestamp(sent_at)
        if at is None:
            raise SignatureError("malformed", "PAYPAL-TRANSMISSION-TIME is no time")
        signing.check_time(at, now, float(tolerance))

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return event type, transmission and event id, merchant, time. The simulator's events are pings."""
        body = bodies.mapping(bodies.read_json(request.body))
        resource = bodies.mapping(body.get("resource"))
        payee = bodies.mapping(resource.get("payee"))
        return Webhook(
            topic=bodies.code(body.get("event_type")) or "unknown",
            delivery_id=request.headers.get("paypal-transmission-id") or None,
            event_id=bodies.code(body.get("id")) or None,
            store=bodies.code(payee.get("merchant_id")) or None,
            occurred_at=http_values.timestamp(bodies.code(body.get("create_time")))
            or http_values.timestamp(request.headers.get("paypal-transmission-time")),
            is_ping=bodies.code(body.get("webhook_id")) == "WEBHOOK_ID",
        )

    def answer(self, kind: AnswerKind, request: WebhookRequest, **parameters: Any) -> WebhookAnswer:
        """Return 200, or 401 for a bad signature; any non-2xx makes PayPal send again, up to 25 times in 3 days."""
        return WebhookAnswer(401 if kind == "bad_signature" else 200)

    # -- calls ------------------------------------------------------------------------------------------

    def operation(self, exchange: Exchange) -> str:
        """Return `orders.capture`, `payouts.create`, `payouts-item.get`, `oauth2.token`."""
        return paths.rest_operation(exchange.method, _resource(exchange.url), ACTIONS)

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return ids named by the path (`orders/1`) and by request and answer (`sender_batch_id`, `invoice_id` …)."""
        found: dict[str, str] = {}
        parts = _resource(exchange.url)
        for name, value in pairwise(parts):
            if name in _KINDS and paths.is_id(value):
                found[_KINDS[name]] = value
        for body in (exchange.request_body, exchange.response_body):
            for key, value in _named_ids(bodies.read_json(body), 0):
                found.setdefault(key.removesuffix("_id"), value)
        return found

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return what `details`, `name`, `error` or a payout item's `errors` say, under any status."""
        body = bodies.read_json(exchange.response_body)
        if not isinstance(body, Mapping):
            return plain_answer(exchange)
        if error_status(exchange):
            return _error_facts(body) or _item_facts(body) or plain_answer(exchange)
        return _item_facts(body) or _partial_facts(body) or _refused_facts(exchange, body)

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return when a fresh access token expires; PayPal tells no rate budget."""
        if exchange.status != 200 or self.operation(exchange) != "oauth2.token":
            return None
        seconds = bodies.mapping(bodies.read_json(exchange.response_body)).get("expires_in")
        if not isinstance(seconds, int) or not 0 <= seconds < 10**9:
            return None
        expires = (exchange.started_at or datetime.now(UTC)) + timedelta(seconds=seconds)
        return Observation("token_expiry", self.name, self.store(exchange), expires_at=expires)


def check_certificate_url(url: str) -> None:
    """Raise SignatureError(untrusted_certificate) unless the URL is https on paypal.com: before anything is fetched."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    plain = url.isascii() and url.isprintable() and not any(char in url for char in "\\@ ")
    ours = host == "paypal.com" or host.endswith(".paypal.com")
    if not (plain and parts.scheme == "https" and ours and port in (None, 443)):
        raise SignatureError(
            "untrusted_certificate", "PAYPAL-CERT-URL is not https on paypal.com", "forged: it was not fetched"
        )


def _webhook_ids(given: Any, secrets: Sequence[str]) -> list[str]:
    ids = [given] if isinstance(given, str) else list(given or ())
    ids = [one for one in (ids or ([secrets] if isinstance(secrets, str) else secrets)) if one]
    if not ids:
        raise SignatureError(
            "no_secret", "webhook_id", "give the webhook id PayPal shows for this URL (parameters.webhook_id)"
        )
    return ids


def _decoded(signature: str) -> bytes:
    try:
        return base64.b64decode(signature.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise SignatureError("malformed", "PAYPAL-TRANSMISSION-SIG is not base64") from error


def _fetched(url: str, fetch: Fetch | None) -> bytes:
    try:
        return (fetch or fetching.default_fetch())(url)
    except OSError as error:
        raise SignatureError(
            "key_unavailable", f"{url}: {error}", "allow outgoing HTTPS to paypal.com; PayPal will send again"
        ) from error


def _verifies(certificate: Any, signature: bytes, text: str) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, text.encode("utf-8", "surrogateescape"), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _resource(url: str) -> list[str]:
    """Return the path segments behind version and API group: `/v2/checkout/orders/1` → orders, 1."""
    parts = paths.segments(url)
    if parts and paths.is_version(parts[0]):
        parts = parts[1:]
    return parts[1:] if len(parts) > 1 and parts[0] in _GROUPS else parts


def _error_facts(body: Mapping[str, Any]) -> AnswerFacts | None:
    error = bodies.code(body.get("error"))
    name = bodies.code(body.get("name"))
    if error and not name:  # OAuth, RFC 6749 §5.2
        return AnswerFacts(codes=(error,), message=bodies.text(body.get("error_description")))
    details = [detail for detail in bodies.items(body.get("details")) if isinstance(detail, Mapping)]
    issues = [bodies.text(detail.get("issue")) for detail in details]
    codes = [bodies.code(detail.get("issue")) for detail in details]
    codes = [issue for issue in codes if _ISSUE.match(issue)] or ([name] if name else [])
    said = [bodies.text(detail.get("description")) for detail in details]
    said += [issue for issue in issues if not _ISSUE.match(issue)]
    message = "; ".join(sorted({text for text in said if text})) or bodies.text(body.get("message"))
    if not codes and not message:
        return None
    fields = [paths.field_path(detail.get("field")) for detail in details if bodies.is_whole(detail.get("field"))]
    return AnswerFacts(tuple(dict.fromkeys(codes)), tuple(field for field in fields if field), message)


def _item_facts(body: Mapping[str, Any]) -> AnswerFacts | None:
    """Return what payout items say: one item, or the items of a batch; a batch may be SUCCESS with failed items."""
    items = [item for item in (body, *bodies.items(body.get("items"))) if isinstance(item, Mapping)]
    errors = [bodies.mapping(item.get("errors")) for item in items]
    errors = [error for error in errors if bodies.code(error.get("name"))]
    if errors:
        codes = dict.fromkeys(bodies.code(error.get("name")) for error in errors)
        messages = sorted({bodies.text(error.get("message")) for error in errors} - {""})
        return AnswerFacts(tuple(codes), message="; ".join(messages))
    states = {bodies.code(item.get("transaction_status")) for item in items} & _ITEM_FAILED
    batch = bodies.code(bodies.mapping(body.get("batch_header")).get("batch_status"))
    if states:
        return AnswerFacts(message=f"transaction_status: {', '.join(sorted(states))}")
    return AnswerFacts(message=f"batch_status: {batch}") if batch == "DENIED" else None


def _partial_facts(body: Mapping[str, Any]) -> AnswerFacts | None:
    """Return what the `errors` list of a partly successful call says (tracking numbers in bulk)."""
    found = [facts for error in bodies.items(body.get("errors")) if (facts := _error_facts(bodies.mapping(error)))]
    if not found:
        return None
    codes = dict.fromkeys(code for facts in found for code in facts.codes)
    message = "; ".join(sorted({facts.message for facts in found} - {""}))
    return AnswerFacts(tuple(codes), tuple(field for facts in found for field in facts.fields), message)


def _refused_facts(exchange: Exchange, body: Mapping[str, Any]) -> AnswerFacts | None:
    """Return failures a 2xx carries: a webhook PayPal says is not its own, a declined payment."""
    if bodies.code(body.get("verification_status")) == "FAILURE":
        return AnswerFacts(message="verification_status: FAILURE")
    if exchange.method.upper() != "POST" or _resource(exchange.url)[-1:] not in [[verb] for verb in _MONEY_PATHS]:
        return None
    payments = [body]
    for unit in bodies.items(body.get("purchase_units")):
        for made in bodies.mapping(bodies.mapping(unit).get("payments")).values():
            payments += [one for one in bodies.items(made) if isinstance(one, Mapping)]
    failed = [one for one in payments if bodies.code(one.get("status")) in _PAYMENT_FAILED]
    if not failed:
        return None
    reason = bodies.text(bodies.mapping(failed[0].get("status_details")).get("reason"))
    return AnswerFacts(message=f"status: {bodies.code(failed[0].get('status'))}" + (f" ({reason})" if reason else ""))


def _named_ids(value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """Yield our own reference ids from the first levels of a body."""
    if depth > 4:
        return
    for key, inner in bodies.mapping(value).items():
        if key in _BODY_IDS and bodies.code(inner):
            yield key, bodies.code(inner)
        elif isinstance(inner, Mapping):
            yield from _named_ids(inner, depth + 1)
        elif key in ("items", "purchase_units") and isinstance(inner, list):
            for one in inner[:3]:
                yield from _named_ids(one, depth + 1)
