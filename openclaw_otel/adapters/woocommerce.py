"""WooCommerce: REST API on the merchant's own WordPress, webhooks.

Signatures: base64 HMAC-SHA256 of the raw body (woocommerce/woocommerce, `includes/class-wc-webhook.php`).
Errors: WordPress' `{code, message, data: {status, params}}`, https://woocommerce.github.io/woocommerce-rest-api-docs/.
A shop may live in a folder, and without pretty permalinks the route stands in `?rest_route=`.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from openclaw_otel import bodies, http_values, object_ids, paths, signing
from openclaw_otel.adapters.base import (
    Adapter,
    AnswerFacts,
    AnswerKind,
    Fetch,
    error_status,
    plain_answer,
)
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Exchange, Observation, Webhook, WebhookAnswer, WebhookRequest

ACTIONS = frozenset("batch totals send_email send_order_details top_sellers generate duplicate".split())
"""Last URL segments that are verbs of their own (POST orders/batch)."""
_NAMED = frozenset("payment_gateways shipping_methods classes currencies countries continents tools attributes".split())
"""Collections whose members go by a word (`payment_gateways/bacs`): that word is an id."""
_KINDS = {"orders": "order", "products": "product", "customers": "customer", "coupons": "coupon"}
_KINDS |= {"refunds": "refund", "variations": "variant", "webhooks": "webhook", "subscriptions": "subscription"}
_ROUTE = re.compile(r"^/?(wc(?:-[a-z]+)?)/(.*)$")
_PREFIX = re.compile(r"^(.*?)(?:/index\.php)?/(?:wp-json/(wc(?:-[a-z]+)?/.*)|wc-api/(v\d.*))$")
_PING = re.compile(rb"^webhook_id=\d{1,20}$")
_AGENT = re.compile(r"^WooCommerce/\S* Hookshot", re.IGNORECASE)
_PARAMETER = re.compile(r"^[\w.\[\]-]{1,60}$")
_BATCH = ("create", "update", "delete")


class WooCommerceAdapter(Adapter):
    """See the module docstring."""

    name = "woocommerce"
    deadline = 60.0
    delivery_headers = ("x-wc-webhook-signature", "x-wc-webhook-topic", "x-wc-webhook-delivery-id")
    request_id_headers = ("x-request-id", "cf-ray")
    console_links = MappingProxyType(
        {
            "order": "https://{store}/wp-admin/admin.php?page=wc-orders&action=edit&id={id}",
            "product": "https://{store}/wp-admin/post.php?post={id}&action=edit",
            "coupon": "https://{store}/wp-admin/post.php?post={id}&action=edit",
            "customer": "https://{store}/wp-admin/user-edit.php?user_id={id}",
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
        """Raise SignatureError unless the shop signed the body.

        A secret counts as typed and with its HTML entities decoded: WordPress may keep `&` as `&amp;` but signs with
        the decoded one. The ping WooCommerce sends when a webhook is saved bears no signature and no event: it is
        refused as `unsigned_scheme`, and `parse_webhook` says `is_ping`.
        """
        if _is_ping(request):
            raise SignatureError(
                "unsigned_scheme", "webhook ping", "WooCommerce signs no ping: answer 200, store nothing"
            )
        received = signing.required_header(request.headers, "x-wc-webhook-signature")
        given = [secrets] if isinstance(secrets, str) else list(secrets)
        decoded = [html.unescape(secret) for secret in given if html.unescape(secret) != secret]
        signing.check_hmac(received, [*given, *decoded], request.body)

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return topic, ids and shop from the headers; WooCommerce tells no time.

        Two deliveries of one webhook within a second share a delivery id: the event id adds a hash of topic and body.
        """
        if _is_ping(request):
            return Webhook("ping", is_ping=True)
        headers = request.headers
        topic = headers.get("x-wc-webhook-topic") or "unknown"
        delivery = headers.get("x-wc-webhook-delivery-id") or None
        digest = hashlib.sha256(topic.encode("utf-8", "surrogateescape") + b"\n" + request.body).hexdigest()[:16]
        return Webhook(
            topic=topic,
            delivery_id=delivery,
            event_id=f"{delivery}:{digest}" if delivery else digest,
            store=_shop(headers.get("x-wc-webhook-source") or "") or None,
        )

    def is_delivery_request(self, request: WebhookRequest) -> bool:
        """Say whether the request bears WooCommerce's headers, or is the ping of a webhook just saved."""
        return self.is_delivery(request.headers) or (
            _is_ping(request) and _AGENT.match(request.headers.get("user-agent") or "") is not None
        )

    def answer(self, kind: AnswerKind, request: WebhookRequest, **parameters: Any) -> WebhookAnswer:
        """Return 200 (a ping answered with anything else leaves the webhook inactive), or 401 for a bad signature."""
        return WebhookAnswer(401 if kind == "bad_signature" else 200)

    # -- calls ------------------------------------------------------------------------------------------

    def owns_path(self, url: str) -> bool:
        """Say whether the URL is one of WooCommerce's REST routes, on any host."""
        return _route(url) is not None

    def store(self, exchange: Exchange) -> str | None:
        """Return host and folder of the shop (`example.com/shop`)."""
        return _shop(exchange.url) or None

    def operation(self, exchange: Exchange) -> str:
        """Return `orders.get`, `products.variations.list`, `orders.batch`."""
        parts = _resource(exchange.url)
        for place, (name, _) in enumerate(pairwise(list(parts)), 1):
            if name in _NAMED or (name == "settings" and place < len(parts) - 1):
                parts[place + (name == "settings")] = "0"
        return paths.rest_operation(exchange.method, parts, ACTIONS)

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return ids named by the path (`orders/1/refunds/2`)."""
        return {
            _KINDS[name]: one for name, one in pairwise(_resource(exchange.url)) if name in _KINDS and one.isdigit()
        }

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return WordPress' error under any status, and errors of single items of a batch under 200."""
        body = _document(exchange)
        if not isinstance(body, Mapping):
            return plain_answer(exchange)
        told = bodies.mapping(body.get("data")).get("status")
        if error_status(exchange) or (isinstance(told, int) and told >= 400 and bodies.code(body.get("code"))):
            return _facts([body]) or plain_answer(exchange)
        return _facts(list(_refused_items(body)))

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return what WordPress says is deprecated; it has no rate budget, and its keys do not expire."""
        headers = exchange.response_headers
        old = headers.get("x-wp-deprecatedfunction") or headers.get("x-wp-deprecatedparam")
        if not old:
            return None
        return Observation("deprecation", self.name, self.store(exchange), self.operation(exchange), detail=old[:500])

    def retry_after(self, exchange: Exchange) -> float | None:
        """Return Retry-After: WordPress sends it (600) while it is being updated, hosts while they throttle."""
        return http_values.retry_after_seconds(exchange.response_headers.get("retry-after"))


def _is_ping(request: WebhookRequest) -> bool:
    signed = any(name.lower().startswith("x-wc-webhook-") for name in request.headers)
    return not signed and request.method.upper() == "POST" and _PING.match(request.body.strip()) is not None


def _split(url: str) -> tuple[str, str]:
    """Return (folder of the shop, route behind wp-json or rest_route); ("", "") when it is no such URL."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return "", ""
    found = _PREFIX.match(path)
    if found:
        return found[1], found[2] or f"wc/{found[3]}"
    asked = object_ids.query(url).get("rest_route", "")
    return (path.removesuffix("index.php").rstrip("/"), asked.lstrip("/")) if asked else ("", "")


def _route(url: str) -> str | None:
    found = _ROUTE.match(_split(url)[1])
    return found[2] if found else None


def _shop(url: str) -> str:
    """Return host[:port] and folder of a shop, from a call or from X-WC-Webhook-Source."""
    host = paths.host_of(url)
    folder, route = _split(url)
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return host
    return f"{host}{port}{folder if route else parts.path.rstrip('/')}" if host else ""


def _resource(url: str) -> list[str]:
    """Return the segments behind namespace and version: `wc/v3/orders/1` → orders, 1."""
    route = _route(url)
    parts = paths.segments(url) if route is None else [part for part in route.split("/") if part]
    return parts[1:] if parts and paths.is_version(parts[0]) else parts


def _document(exchange: Exchange) -> Any:
    """Return the JSON of an answer; of an error also the one behind warnings that PHP printed before it."""
    raw = exchange.response_body
    body = bodies.read_json(raw)
    if body is None and error_status(exchange):
        start = raw.find(b'{"code"')
        body = bodies.read_json(raw[start:]) if start > 0 else None
    return body


def _refused_items(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for action in _BATCH:
        for item in bodies.items(body.get(action)):
            error = bodies.mapping(bodies.mapping(item).get("error"))
            if bodies.code(error.get("code")):
                yield error


def _facts(errors: Sequence[Mapping[str, Any]]) -> AnswerFacts | None:
    codes = [code for error in errors if (code := bodies.code(error.get("code")))]
    said = {bodies.text(error.get("message")) for error in errors} - {""}
    if not codes and not said:
        return None
    fields = [field for error in errors for name in _parameters(error) if (field := paths.field_path(name))]
    return AnswerFacts(tuple(dict.fromkeys(codes)), tuple(fields), "; ".join(sorted(said)))


def _parameters(error: Mapping[str, Any]) -> list[str]:
    """Return the parameters an error names: keys or items of `data.params`; without those, the message's list."""
    named = bodies.mapping(error.get("data")).get("params")
    if isinstance(named, Mapping):
        return list(named)
    if isinstance(named, list):
        return [name for name in map(bodies.code, named) if name]
    if bodies.code(error.get("code")) not in ("rest_invalid_param", "rest_missing_callback_param"):
        return []
    message = error.get("message")
    _, colon, listed = bodies.text(message).rpartition(": ")
    names = [name.strip() for name in listed.split(",")] if colon else []
    whole = names if bodies.is_whole(message) else names[:-1]
    return [name for name in whole if _PARAMETER.match(name)]
