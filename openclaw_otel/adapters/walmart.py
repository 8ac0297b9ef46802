"""Walmart Marketplace: seller API (JSON and XML answers), feeds, performance webhooks.

Signatures: base64 HMAC-SHA256 of `METHOD\\nPATH?QUERY\\nTIMESTAMP\\nsha256hex(body)` under the webhook secret, five
minutes old at most, two minutes of clock skew
(https://developer.walmart.com/us-marketplace/docs/security-and-authenticity). What `/v3/webhooks/subscriptions` sends
is authenticated by what the seller chose there (Basic, OAuth), not by this scheme.
Errors: https://developer.walmart.com/us-marketplace/docs/error-codes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from openclaw_otel import bodies, http_values, paths, signing, xml_text
from openclaw_otel.adapters.base import Adapter, AnswerFacts, Fetch, error_status, plain_answer
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Exchange, Observation, Webhook, WebhookRequest

TOLERANCE, SKEW = 300.0, 120.0
"""Seconds a signed time may be old, and ahead of our clock."""
ACTIONS = frozenset(
    "acknowledge cancel shipping refund search released onhold count associations taxonomy token detail test export "
    "bulkRetire preview activate deactivate apply".split()
)
"""Last URL segments that are verbs or views of their own (POST orders/1/acknowledge)."""
_NAMES = ACTIONS | frozenset(
    "items inventory inventories feeds orders returns price prices promo sku report reports reportRequests "
    "availableApplicationFiles payment reconreport settings templates shippingtemplates carriers labels webhooks "
    "subscriptions eventTypes insights rules repricer strategy fulfillment inbound-shipments inbound-shipment-items "
    "inbound-shipment-errors inbound-preorder orders-fulfillments fulfillment-orders catalog spec departments "
    "categories utilities status performance seller summary locations shipNodes nodes lagtime wfs wfsitems listing "
    "quality listingQuality score errors ca mx us cl trending ads reviews calendar v1 v2 carrier-methods "
    "shipping-estimates customer-orders promise track purge assortment recommendations buybox partner-details".split()
)
_KINDS = {"orders": "order", "items": "item", "inventories": "item", "feeds": "feed", "returns": "return"}
_QUERY_KINDS = {"purchaseOrderId": "order", "customerOrderId": "customer_order", "sku": "item", "feedId": "feed"}
_FINE = frozenset({"INFO", "WARN", "WARNING"})


class WalmartAdapter(Adapter):
    """See the module docstring."""

    name = "walmart"
    hosts = (
        "marketplace.walmartapis.com",
        "sandbox.walmartapis.com",
        "*.walmartapis.com",
        "api-gateway.walmart.com",
    )
    deadline = 3.0
    delivery_headers = ("wm_sec.signature",)
    request_id_headers = ("x-correlation-id", "wm_qos.correlation_id")
    console_links = MappingProxyType(
        {
            "order": "https://seller.walmart.com/orders/manage-orders?searchQuery={id}",
            "item": "https://seller.walmart.com/items-and-inventory/manage-items?search={id}",
            "feed": "https://seller.walmart.com/items-and-inventory/activity-feed?search={id}",
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
        """Raise SignatureError unless Walmart signed method, path, query, time and body.

        `callback_url`: the URL as registered, where a proxy in front of us rewrites the path; default the request's.
        `tolerance`: seconds a signed time may be old, default 300; it may be 120 s ahead.
        """
        received = signing.required_header(request.headers, "wm_sec.signature")
        stamp = signing.required_header(request.headers, "wm_sec.timestamp")
        signed_at = http_values.timestamp(stamp) if stamp.isdecimal() and len(stamp) <= 14 else None
        if signed_at is None:
            raise SignatureError("malformed", "WM_SEC.TIMESTAMP is no number of seconds", "pass the header as sent")
        target = _target(str(parameters.get("callback_url") or request.url))
        parts = (request.method.upper(), target, stamp, hashlib.sha256(request.body).hexdigest())
        signing.check_hmac(received, secrets, "\n".join(parts).encode("utf-8", "surrogateescape"))
        tolerance = parameters.get("tolerance")
        signing.check_time(signed_at, now, TOLERANCE if tolerance is None else float(tolerance), SKEW)

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return event type, event id, partner and time; Walmart publishes the form by example only."""
        body = bodies.mapping(bodies.read_json(request.body))
        source, payload = bodies.mapping(body.get("source")), bodies.mapping(body.get("payload"))
        event = bodies.code(source.get("eventId")) or bodies.code(body.get("eventId"))
        return Webhook(
            topic=bodies.code(source.get("eventType")) or bodies.code(body.get("eventType")) or "unknown",
            event_id=event or None,
            store=bodies.code(payload.get("partnerId")) or bodies.code(source.get("partnerId")) or None,
            occurred_at=http_values.timestamp(bodies.code(source.get("eventTime")))
            or http_values.timestamp(request.headers.get("wm_sec.timestamp")),
        )

    # -- calls ------------------------------------------------------------------------------------------

    def store(self, exchange: Exchange) -> str | None:
        """Return the partner or consumer id of the request, where it bears one; else the host."""
        headers = exchange.request_headers
        return headers.get("wm_partner.id") or headers.get("wm_consumer.id") or super().store(exchange)

    def operation(self, exchange: Exchange) -> str:
        """Return `orders.acknowledge`, `price.update`, `items.get`, `feeds.list`, `token`."""
        return paths.rest_operation(exchange.method, paths.without_ids(_resource(exchange.url), _is_name), ACTIONS)

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return ids named by path, query and the JSON sent (`sku`)."""
        found = {
            _KINDS[name]: value
            for name, value in pairwise(_resource(exchange.url))
            if name in _KINDS and not _is_name(value)
        }
        named = bodies.read_form(_query(exchange.url).encode("utf-8", "replace"))
        sent = bodies.mapping(bodies.read_json(exchange.request_body))
        for key, kind in _QUERY_KINDS.items():
            value = named.get(key) or bodies.code(sent.get(key))
            if value:
                found.setdefault(kind, value)
        return found

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return what `errors` say in JSON or XML, and of a fine answer what failed inside: nodes, items of a feed."""
        body = bodies.read_json(exchange.response_body)
        if isinstance(body, Mapping):
            faults = list(_faults(body)) or list(_inner_faults(body))
        else:
            faults = list(_xml_faults(exchange))
        if faults:
            return _facts(faults)
        state = bodies.code(bodies.mapping(body).get("feedStatus"))
        return AnswerFacts(message="feedStatus: ERROR") if state == "ERROR" else plain_answer(exchange)

    def retry_after(self, exchange: Exchange) -> float | None:
        """Return Retry-After, else the seconds until the next token comes (x-next-replenishment-time, epoch ms)."""
        asked = super().retry_after(exchange)
        if asked is not None:
            return asked
        stamp = exchange.response_headers.get("x-next-replenishment-time")
        at = http_values.timestamp(stamp) if stamp and stamp.isdecimal() else None
        return None if at is None else max(0.0, round((at - _answered_at(exchange)).total_seconds(), 3))

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return that the tokens of this call are used up (Walmart tells no maximum), or a fresh token's expiry."""
        store, operation = self.store(exchange), self.operation(exchange)
        tokens = exchange.response_headers.get("x-current-token-count") or ""
        if tokens.lstrip("-").isdecimal() and len(tokens) < 12 and int(tokens) <= 0:
            return Observation("rate_budget", self.name, store, operation, remaining=0.0)
        if exchange.status != 200 or not exchange.url.split("?")[0].endswith("/v3/token"):
            return None
        seconds = bodies.mapping(bodies.read_json(exchange.response_body)).get("expires_in")
        if not isinstance(seconds, int) or not 0 <= seconds < 10**9:
            return None
        expires = (exchange.started_at or datetime.now(UTC)) + timedelta(seconds=seconds)
        return Observation("token_expiry", self.name, store, expires_at=expires)


def _target(url: str) -> str:
    """Return path and query exactly as they came."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _query(url: str) -> str:
    try:
        return urlsplit(url).query
    except ValueError:
        return ""


def _resource(url: str) -> list[str]:
    """Return the path segments behind `/v3` and the country: `/v3/ca/orders/1` → orders, 1."""
    parts = paths.segments(url)
    if parts and paths.is_version(parts[0]):
        parts = parts[1:]
    return parts[1:] if len(parts) > 1 and parts[0] in ("ca", "mx", "us", "cl") else parts


def _is_name(segment: str) -> bool:
    return segment in _NAMES


def _answered_at(exchange: Exchange) -> datetime:
    """Return the moment of the answer by Walmart's clock where it tells, so that ours does not matter."""
    try:
        at = parsedate_to_datetime(exchange.response_headers.get("date") or "")
    except (ValueError, TypeError, IndexError):
        return exchange.started_at or datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _faults(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of `errors` or `error`: a list, one object, or `{"error": […]}` inside."""
    found = body.get("errors") or body.get("error")
    if isinstance(found, Mapping) and "error" in found:
        found = found["error"]
    for fault in [found] if isinstance(found, Mapping) else bodies.items(found):
        if isinstance(fault, Mapping) and bodies.code(fault.get("severity")).upper() not in _FINE:
            yield fault
    if isinstance(found, str) and bodies.code(found):  # OAuth word
        yield {"code": found, "description": body.get("error_description")}


def _inner_faults(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield errors of parts of a fine answer: ship nodes of an inventory update, items of a processed feed."""
    for node in bodies.items(body.get("nodes")):
        yield from _faults(bodies.mapping(node))
    details = bodies.mapping(body.get("itemDetails")).get("itemIngestionStatus")
    for item in bodies.items(details):
        ingestion = bodies.mapping(bodies.mapping(item).get("ingestionErrors")).get("ingestionError")
        yield from (fault for fault in bodies.items(ingestion) if isinstance(fault, Mapping))


def _xml_faults(exchange: Exchange) -> Iterator[Mapping[str, Any]]:
    text = bodies.text_of(exchange.response_body)
    if not error_status(exchange) or xml_text.root(text) not in ("errors", "error"):
        return
    for block in xml_text.blocks(text, "error") or [text]:
        keys = ("code", "field", "description", "info", "severity")
        fault = {key: xml_text.value(block, key) for key in keys}
        if fault["code"] and fault["severity"].upper() not in _FINE:
            yield fault


def _facts(faults: Sequence[Mapping[str, Any]]) -> AnswerFacts:
    codes = [bodies.code(fault.get("code")).split(".", 1)[0] for fault in faults]
    fields = [_field(fault, code) for fault, code in zip(faults, codes, strict=True)]
    messages = {bodies.text(fault.get("description")) or _said(fault) for fault in faults}
    return AnswerFacts(
        tuple(dict.fromkeys(code for code in codes if code)),
        tuple(field for field in fields if field),
        "; ".join(sorted(messages - {""})),
    )


def _said(fault: Mapping[str, Any]) -> str:
    return bodies.text(fault.get("info")) or bodies.text(fault.get("message"))


def _field(fault: Mapping[str, Any], code: str) -> str:
    """Return the field a fault names; the gateway repeats the code there when it means none."""
    field = fault.get("field")
    name = paths.field_path(field) if bodies.is_whole(field) else ""
    return "" if name.upper() in (code, "DATA", "UNKNOWN") else name
