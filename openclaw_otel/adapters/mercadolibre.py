"""Mercado Libre (marketplace) and Mercado Pago (payments): one login, two ways to notify.

Mercado Pago signs headers only: hex HMAC-SHA256 of `id:{data.id};request-id:{x-request-id};ts:{ts};`, so of its body
nothing is proved: read the payment again. Mercado Libre signs nothing at all (`unsigned_scheme`): check topic,
application_id and user_id, then read `resource` again.
(https://www.mercadopago.com/developers/en/docs/your-integrations/notifications/webhooks,
https://developers.mercadolibre.com.ar/en_us/products-receive-notifications)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openclaw_otel import bodies, http_values, paths, signing
from openclaw_otel.adapters.base import Adapter, AnswerFacts, Fetch, error_status, plain_answer
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Exchange, Observation, Webhook, WebhookRequest

PAGO_DEADLINE = 22.0
"""Seconds Mercado Pago waits; the adapter's deadline is the shorter one of Mercado Libre."""
ACTIONS = frozenset(
    "search validate relist capture cancel token refund read optin reopen opt_in predict allow-reply decline "
    "approve split".split()
)
"""Last URL segments that are verbs or views of their own."""
_SITE = re.compile(r"^(?:M[A-Z]{2}|CBT)\d*$")
_TOKEN_USER = re.compile(r"-(\d{5,15})$")
_ATTRIBUTES = re.compile(r"\[([A-Z][A-Z0-9_]*(?:,\s*[A-Z][A-Z0-9_]*)*)\]")
_PROPERTIES = re.compile(
    r"(?:property|field)[\w ]{0,20}:? \[?([a-z_]+(?:\.[a-z_]+)*(?:, *[a-z_.]+)*)\]?", re.IGNORECASE
)
_KINDS = {"orders": "order", "items": "item", "shipments": "shipment", "packs": "pack", "claims": "claim"}
_KINDS |= {"payments": "payment", "questions": "question", "preferences": "preference", "users": "user"}
_KINDS |= {"merchant_orders": "merchant_order", "preapproval": "preapproval", "user-products": "user_product"}
_REJECTED = frozenset({"rejected", "failed", "expired"})


class MercadoLibreAdapter(Adapter):
    """See the module docstring."""

    name = "mercadolibre"
    hosts = ("api.mercadolibre.com", "api.mercadopago.com", "*.mercadolibre.com", "*.mercadopago.com")
    signs = "headers"
    deadline = 0.5
    delivery_headers = ("x-signature",)
    request_id_headers = ("x-request-id",)
    console_links = MappingProxyType(
        {
            "order": "https://www.mercadolibre.com/ventas/{id}/detalle",
            "pack": "https://www.mercadolibre.com/ventas/{id}/detalle",
            "payment": "https://www.mercadopago.com/activities/detail/{id}",
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
        """Raise SignatureError unless Mercado Pago signed the headers; `unsigned_scheme` for Mercado Libre.

        The id may be signed as sent (as the SDK does) or in lower case (older pages); missing parts are left out.
        `tolerance` (seconds) also checks the signed time, whose unit the documents leave open: both are understood.
        """
        if not request.headers.get("x-signature") and _unsigned(request):
            hint = "not proved: check topic, application_id and user_id, then read the resource again with your token"
            raise SignatureError("unsigned_scheme", "Mercado Libre signs no notifications", hint)
        header = signing.required_header(request.headers, "x-signature")
        values = {key.strip(): text.strip() for key, _, text in (part.partition("=") for part in header.split(","))}
        stamp, given = values.get("ts", ""), values.get("v1", "")
        if not stamp or not given:
            raise SignatureError("malformed", "x-signature has no ts= or no v1=", "pass the header as sent")
        identifier = _query(request.url).get("data.id", "")
        _check_any(given, secrets, [_manifest(request, one, stamp) for one in (identifier, identifier.lower())])
        tolerance = parameters.get("tolerance")
        if tolerance is not None:
            signed_at = http_values.timestamp(stamp) if stamp.isdecimal() else None
            if signed_at is None:
                raise SignatureError("malformed", "ts is no number")
            signing.check_time(signed_at, now, float(tolerance))

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return topic, ids, user and time of either form; Mercado Libre's id is made of what a repeat keeps."""
        body = bodies.mapping(bodies.read_json(request.body))
        query = _query(request.url)
        if "resource" in body or ("topic" in query and "type" not in query):
            return _libre_webhook(body, query)
        topic = bodies.code(body.get("action")) or bodies.code(body.get("type")) or query.get("type") or "unknown"
        named = query.get("data.id") or bodies.code(bodies.mapping(body.get("data")).get("id"))
        return Webhook(
            topic=topic,
            delivery_id=request.headers.get("x-request-id") or None,
            event_id=bodies.code(body.get("id")) or None,
            store=bodies.code(body.get("user_id")) or None,
            occurred_at=http_values.timestamp(bodies.code(body.get("date_created"))),
            is_ping=body.get("live_mode") is False and named == "123456",  # the console's "simulate" button
        )

    def is_delivery(self, headers: Mapping[str, str]) -> bool:
        """Say whether Mercado Pago's signature is there: other platforms have an x-signature of another form."""
        header = headers.get("x-signature") or ""
        return "ts=" in header and "v1=" in header

    def is_delivery_request(self, request: WebhookRequest) -> bool:
        """Say whether this is a notification of either; Mercado Libre's is known by its body alone."""
        if self.is_delivery(request.headers):
            return True
        return request.method.upper() == "POST" and not self.owns(request.url) and _libre_body(request)

    # -- calls ------------------------------------------------------------------------------------------

    def store(self, exchange: Exchange) -> str | None:
        """Return the user id the access token ends with (`APP_USR-…-<user>`), else the host."""
        token = (exchange.request_headers.get("authorization") or "").strip()
        found = _TOKEN_USER.search(token) if "APP_USR-" in token or "TEST-" in token else None
        return found.group(1) if found else super().store(exchange)

    def operation(self, exchange: Exchange) -> str:
        """Return `items.create`, `orders.get`, `payments.refunds.create`, `oauth.token`."""
        return paths.rest_operation(exchange.method, _resource(exchange.url), ACTIONS)

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return ids named by the path, or by `resource` and `data.id` of a notification."""
        found = dict(_named(paths.segments(exchange.url)))
        sent = bodies.mapping(bodies.read_json(exchange.request_body))
        found |= {kind: value for kind, value in _named(paths.segments(bodies.code(sent.get("resource"))))}
        paid = bodies.code(bodies.mapping(sent.get("data")).get("id"))
        if paid and bodies.code(sent.get("type")) == "payment":
            found.setdefault("payment", paid)
        return found

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return `cause`, `code`, `error` of a failure; failed entries of a multiget; a rejected payment."""
        body = bodies.read_json(exchange.response_body)
        if isinstance(body, list):
            return plain_answer(exchange) or _multiget_facts(body)
        facts = bodies.mapping(body)
        if error_status(exchange):
            return _error_facts(facts) or plain_answer(exchange)
        return _rejected_facts(exchange, facts)

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return when a fresh access token expires (6 hours); Mercado Libre tells no rate budget."""
        if exchange.status != 200 or _resource(exchange.url)[:2] != ["oauth", "token"]:
            return None
        body = bodies.mapping(bodies.read_json(exchange.response_body))
        seconds = body.get("expires_in")
        if not isinstance(seconds, int) or not 0 <= seconds < 10**9:
            return None
        expires = (exchange.started_at or datetime.now(UTC)) + timedelta(seconds=seconds)
        store = bodies.code(body.get("user_id")) or paths.host_of(exchange.url)
        return Observation("token_expiry", self.name, store, expires_at=expires)


def _query(url: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return {}


def _libre_body(request: WebhookRequest) -> bool:
    body = bodies.mapping(bodies.read_json(request.body))
    return all(key in body for key in ("resource", "topic", "user_id", "application_id"))


def _unsigned(request: WebhookRequest) -> bool:
    """Say whether a delivery is of a kind nobody signs: Mercado Libre's, and IPN (QR, merchant_order)."""
    body, query = bodies.mapping(bodies.read_json(request.body)), _query(request.url)
    return ("resource" in body and "topic" in body) or ("topic" in query and "id" in query)


def _manifest(request: WebhookRequest, identifier: str, stamp: str) -> bytes:
    parts = (("id", identifier), ("request-id", (request.headers.get("x-request-id") or "").strip()), ("ts", stamp))
    return "".join(f"{key}:{value};" for key, value in parts if value).encode("utf-8", "surrogateescape")


def _check_any(given: str, secrets: Sequence[str], messages: Sequence[bytes]) -> None:
    refusal: SignatureError | None = None
    fits = False
    for message in messages:
        try:
            signing.check_hmac(given, secrets, message, encoding="hex")
            fits = True
        except SignatureError as error:
            refusal = error
    if not fits and refusal is not None:
        hint = "wrong secret (another application, or test instead of live), or the URL lost its ?data.id on the way"
        raise SignatureError(refusal.reason, refusal.detail, hint if refusal.reason == "mismatch" else refusal.hint)


def _libre_webhook(body: Mapping[str, Any], query: Mapping[str, str]) -> Webhook:
    topic = bodies.code(body.get("topic")) or query.get("topic") or "unknown"
    resource = bodies.code(body.get("resource")) or query.get("id") or ""
    sent = bodies.code(body.get("sent"))
    own = bodies.code(body.get("_id"))
    attempts = body.get("attempts")
    kept = "|".join((topic, resource, sent)).encode("utf-8", "surrogatepass")
    return Webhook(
        topic=topic,
        delivery_id=own or None,
        event_id=own or hashlib.sha256(kept).hexdigest()[:32],
        store=bodies.code(body.get("user_id")) or None,
        occurred_at=http_values.timestamp(sent),
        attempt=attempts if isinstance(attempts, int) and 0 < attempts < 10**6 else None,
    )


def _resource(url: str) -> list[str]:
    """Return the path segments without version and with ids as `0`: site ids (MLA) and item ids (MLA123) are ids."""
    parts = [part for part in paths.segments(url) if not paths.is_version(part)]
    return ["0" if _SITE.match(part) or part == "me" else part for part in parts]


def _named(parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name, value in pairwise(parts):
        if name in _KINDS and (paths.is_id(value) or _SITE.match(value)):
            yield _KINDS[name], value


def _error_facts(body: Mapping[str, Any]) -> AnswerFacts | None:
    given = body.get("cause") or body.get("causes") or body.get("errors")
    causes = [
        one for one in ([given] if isinstance(given, Mapping) else bodies.items(given)) if isinstance(one, Mapping)
    ]
    errors = [one for one in causes if bodies.code(one.get("type")).lower() in ("", "error")]
    codes = dict.fromkeys(bodies.code(one.get("code")) for one in errors)
    whole = [code for code in codes if code]
    said = {bodies.text(one.get("message")) or bodies.text(one.get("description")) for one in errors} - {""}
    outer = [bodies.text(body.get(key)) for key in ("message", "error")]
    if not whole:
        whole = [code for code in (bodies.code(body.get("code")), bodies.code(body.get("error"))) if code][:1]
    message = "; ".join(sorted(said)) or ": ".join(text for text in dict.fromkeys(outer) if text)
    if not whole and not message:
        return None
    fields = [field for one in errors for field in _fields(one)] if errors else _mentioned(outer)
    return AnswerFacts(tuple(whole), tuple(fields), message)


def _fields(cause: Mapping[str, Any]) -> list[str]:
    """Return the attributes a cause names (`[BRAND, MODEL]`), else the fields it refers to."""
    found = _ATTRIBUTES.findall(bodies.text(cause.get("message")))
    if found:
        return [name.strip() for names in found for name in names.split(",")]
    return [
        path
        for ref in bodies.items(cause.get("references"))
        if bodies.is_whole(ref) and (path := paths.field_path(ref))
    ]


def _mentioned(texts: Sequence[str]) -> list[str]:
    return [name.strip() for text in texts for names in _PROPERTIES.findall(text) for name in names.split(",")]


def _multiget_facts(entries: Sequence[Any]) -> AnswerFacts | None:
    """Return what failed entries of `[{"code": 404, "body": {…}}]` say."""
    failed = [entry for entry in map(bodies.mapping, entries) if isinstance(entry.get("code"), int)]
    failed = [entry for entry in failed if entry["code"] >= 400]
    found = [_error_facts(bodies.mapping(entry.get("body"))) or AnswerFacts() for entry in failed]
    if not found:
        return None
    codes = dict.fromkeys(code for facts in found for code in facts.codes)
    message = "; ".join(sorted({facts.message for facts in found} - {""})) or f"status {failed[0]['code']}"
    return AnswerFacts(tuple(codes), tuple(field for facts in found for field in facts.fields), message)


def _rejected_facts(exchange: Exchange, body: Mapping[str, Any]) -> AnswerFacts | None:
    """Return why a payment that was to be made was rejected: Mercado Pago answers 201 to that."""
    if exchange.method.upper() != "POST" or _resource(exchange.url)[-1:] not in (["payments"], ["orders"]):
        return None
    if bodies.code(body.get("status")) not in _REJECTED:
        return None
    detail = bodies.code(body.get("status_detail"))
    return AnswerFacts(message=f"status: {body['status']}" + (f" ({detail})" if detail else ""))
