"""Shopify: Admin API (REST and GraphQL), OAuth, webhooks of both header families.

Signatures: base64 HMAC-SHA256 of the raw body under the app's client secret
(https://shopify.dev/docs/apps/build/webhooks/subscribe/https). Errors: https://shopify.dev/docs/api/usage/response-codes,
limits: https://shopify.dev/docs/api/usage/limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openclaw_otel import bodies, graphql, http_values, paths, signing
from openclaw_otel.adapters.base import Adapter, AnswerFacts, AnswerKind, Fetch, error_status, plain_answer
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Exchange, Observation, Webhook, WebhookAnswer, WebhookRequest

ACTIONS = frozenset(
    "accept activate adjust cancel cancellation_request close complete connect count deactivate disable enable "
    "fulfillment_request hold lookup move open reject release_hold reopen reschedule search send_invoice set "
    "set_default account_activation_url send_invite update_tracking calculate pay void locations_for_move "
    "customer_search order_count".split()
)
"""Last URL segments that are verbs of their own (POST orders/1/cancel.json)."""
_GID = re.compile(r"gid://shopify/(\w+)/([\w-]+)")
_FIELD_KEYS = ("fieldName", "argumentName", "variableName", "directiveName")
_KINDS = {"Order": "order", "Product": "product", "ProductVariant": "variant", "Customer": "customer"}
_KINDS |= {"FulfillmentOrder": "fulfillment_order", "Fulfillment": "fulfillment", "InventoryItem": "inventory_item"}
_REST_KINDS = {"orders": "order", "products": "product", "variants": "variant", "customers": "customer"}
_REST_KINDS |= {"fulfillment_orders": "fulfillment_order", "fulfillments": "fulfillment", "draft_orders": "draft_order"}
_LOW_BUDGET = 0.2
_OAUTH_WINDOW = 90.0
_SNAKE = re.compile(r"^[a-z][a-z0-9_]+$")


class ShopifyAdapter(Adapter):
    """See the module docstring."""

    name = "shopify"
    hosts = ("*.myshopify.com", "*.myshopify.io")
    deadline = 5.0
    delivery_headers = ("x-shopify-hmac-sha256", "shopify-hmac-sha256", "x-shopify-topic", "shopify-topic")
    request_id_headers = ("x-request-id",)
    console_links = MappingProxyType(
        {
            "order": "https://{store}/admin/orders/{id}",
            "draft_order": "https://{store}/admin/draft_orders/{id}",
            "product": "https://{store}/admin/products/{id}",
            "customer": "https://{store}/admin/customers/{id}",
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
        """Raise SignatureError unless Shopify signed the body.

        `tolerance` (seconds) also checks X-Shopify-Triggered-At; it is not signed, and Shopify documents no window.
        """
        received = signing.required_header(request.headers, *_names("hmac-sha256"))
        if not request.body:
            raise SignatureError("malformed", "empty body", "a proxy or framework consumed the body before us")
        signing.check_hmac(received, secrets, request.body)
        tolerance = parameters.get("tolerance")
        triggered = http_values.timestamp(_header(request, "triggered-at"))
        if tolerance is not None and triggered is not None:
            signing.check_time(triggered, now, float(tolerance))

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return topic, ids, shop and time, all from headers; one event id may come under several topics."""
        topic = _header(request, "topic") or ""
        action = request.headers.get("shopify-action")
        if action and "/" not in topic:
            topic = f"{topic}/{action}"
        return Webhook(
            topic=topic or "unknown",
            delivery_id=_header(request, "webhook-id"),
            event_id=_header(request, "event-id") or _header(request, "webhook-id"),
            store=_header(request, "shop-domain"),
            occurred_at=http_values.timestamp(_header(request, "triggered-at")),
        )

    def answer(self, kind: AnswerKind, request: WebhookRequest, **parameters: Any) -> WebhookAnswer:
        """Return 200, or 401 for a bad signature, which the mandatory compliance topics demand."""
        return WebhookAnswer(401 if kind == "bad_signature" else 200)

    # -- calls ------------------------------------------------------------------------------------------

    def operation(self, exchange: Exchange) -> str:
        """Return `orders.get`, `products.variants.list`, or `graphql <root fields>`."""
        parts = _resource(exchange.url)
        if parts[-1:] == ["graphql"]:
            return graphql.operation(exchange.request_body, exchange.response_body)
        return paths.rest_operation(exchange.method, parts, ACTIONS)

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return ids named by the path (`orders/1`) or by `gid://shopify/…` in the variables."""
        found: dict[str, str] = {}
        parts = _resource(exchange.url)
        for name, value in pairwise(parts):
            if value.isdigit() and name in _REST_KINDS:
                found[_REST_KINDS[name]] = value
        if parts[-1:] == ["graphql"]:
            for kind, value in _GID.findall(bodies.text_of(exchange.request_body[:20_000])):
                if kind in _KINDS:
                    found.setdefault(_KINDS[kind], value)
        return found

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return GraphQL errors and userErrors under any status, and the REST and OAuth forms of an error answer."""
        body = bodies.read_json(exchange.response_body)
        if not isinstance(body, Mapping):
            return plain_answer(exchange)
        if _resource(exchange.url)[-1:] == ["graphql"]:
            found = _graphql_facts(body)
            if found is not None:
                return found
        if not error_status(exchange):
            return None
        return _rest_facts(body) or plain_answer(exchange)

    def retry_after(self, exchange: Exchange) -> float | None:
        """Return Retry-After (a float here), else the seconds until the GraphQL bucket holds the cost of the query."""
        asked = super().retry_after(exchange)
        if asked is not None:
            return asked
        cost = _cost(exchange)
        throttle = bodies.mapping(cost.get("throttleStatus"))
        wanted, there = cost.get("requestedQueryCost"), throttle.get("currentlyAvailable")
        rate = throttle.get("restoreRate")
        if not (isinstance(wanted, int | float) and isinstance(there, int | float) and isinstance(rate, int | float)):
            return None
        return round((wanted - there) / rate, 3) if wanted > there and rate > 0 else None

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return a nearly used rate budget first, then a deprecation, then any budget, then a token's expiry."""
        remaining = _remaining(exchange)
        store, operation = self.store(exchange), self.operation(exchange)
        if remaining is not None and remaining <= _LOW_BUDGET:
            return Observation("rate_budget", self.name, store, operation, remaining=remaining)
        reason = exchange.response_headers.get("x-shopify-api-deprecated-reason")
        if reason:
            return Observation("deprecation", self.name, store, operation, detail=reason[:500])
        if remaining is not None:
            return Observation("rate_budget", self.name, store, operation, remaining=remaining)
        expires = self._token_expiry(exchange)
        return None if expires is None else Observation("token_expiry", self.name, store, expires_at=expires)

    def _token_expiry(self, exchange: Exchange) -> datetime | None:
        if exchange.status != 200 or not exchange.url.split("?")[0].endswith("/oauth/access_token"):
            return None
        seconds = bodies.mapping(bodies.read_json(exchange.response_body)).get("expires_in")
        if not isinstance(seconds, int) or not 0 <= seconds < 10**9:
            return None
        return (exchange.started_at or datetime.now(UTC)) + timedelta(seconds=seconds)

    def verify_query(self, url: str, secrets: Sequence[str], *, now: datetime | None = None) -> None:
        """Raise SignatureError unless Shopify signed a query: OAuth callback (`hmac`) or app proxy (`signature`).

        Both are hex HMAC-SHA256 of the sorted pairs and at most 90 s old, as Shopify's own libraries demand.
        """
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
        values = dict(pairs)
        name, glue = ("hmac", "&") if "hmac" in values else ("signature", "")
        received = signing.required_header({name: values.get(name, "")}, name)
        merged: dict[str, list[str]] = {}
        for key, value in pairs:
            if key not in ("hmac", "signature"):
                merged.setdefault(key, []).append(value)
        text = glue.join(f"{key}={','.join(merged[key])}" for key in sorted(merged))
        signing.check_hmac(received, secrets, text.encode(), encoding="hex")
        signed_at = http_values.timestamp(values.get("timestamp"))
        if signed_at is None:
            raise SignatureError("malformed", "timestamp is missing or no number")
        signing.check_time(signed_at, now, _OAUTH_WINDOW)


def _names(suffix: str) -> tuple[str, str]:
    # The newer "events" family wins where both are there, as in Shopify's own libraries.
    return f"shopify-{suffix}", f"x-shopify-{suffix}"


def _header(request: WebhookRequest, suffix: str) -> str | None:
    return next((request.headers[name] for name in _names(suffix) if request.headers.get(name)), None)


def _resource(url: str) -> list[str]:
    """Return the path segments behind `/admin/api/<version>/`, without file suffix."""
    return list(_resource_parts(url))


@lru_cache(maxsize=256)  # operation, objects and answer of one call ask in turn
def _resource_parts(url: str) -> Sequence[str]:
    parts = [paths.without_suffix(part) for part in paths.segments(url)]
    for prefix in ("admin", "api"):
        if parts[:1] == [prefix]:
            parts = parts[1:]
    return parts[1:] if parts and paths.is_version(parts[0]) else parts


def _graphql_facts(body: Mapping[str, Any]) -> AnswerFacts | None:
    errors = [error for error in bodies.items(body.get("errors")) if isinstance(error, Mapping)]
    refused = list(_user_errors(body.get("data")))
    if not errors and not refused:
        return None
    codes = [bodies.code(bodies.mapping(error.get("extensions")).get("code")) for error in errors]
    codes += [bodies.code(error.get("code")) for error in refused]
    fields = [field for error in errors for field in _error_fields(error)]
    fields += [_user_field(error.get("field")) for error in refused]
    messages = [bodies.text(error.get("message")) for error in (*errors, *refused)]
    return AnswerFacts(
        codes=tuple(dict.fromkeys(code for code in codes if code)),
        fields=tuple(field for field in fields if field),
        message=_joined(messages),
    )


def _user_errors(data: Any) -> Iterator[Mapping[str, Any]]:
    for payload in bodies.mapping(data).values():
        for key, value in bodies.mapping(payload).items():
            if key.lower().endswith("usererrors"):
                yield from (error for error in bodies.items(value) if isinstance(error, Mapping))


def _user_field(value: Any) -> str:
    return paths.field_path(value) if bodies.is_whole(value) else ""


def _error_fields(error: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a top-level error names: arguments and variables, and the path where access was denied."""
    extensions = bodies.mapping(error.get("extensions"))
    yield from (bodies.code(extensions.get(key)) for key in _FIELD_KEYS)
    for problem in bodies.items(extensions.get("problems")):
        yield _user_field(bodies.mapping(problem).get("path"))
    if extensions.get("code") == "ACCESS_DENIED":
        yield _user_field(error.get("path"))


def _rest_facts(body: Mapping[str, Any]) -> AnswerFacts | None:
    errors = body.get("errors", body.get("error"))
    described = bodies.text(body.get("error_description"))
    if isinstance(errors, str) and described and _SNAKE.match(errors):  # OAuth, RFC 6749 §5.2
        return AnswerFacts(codes=(bodies.code(errors),), message=described)
    if not errors:
        return AnswerFacts(message=bodies.text(body.get("message"))) if body.get("message") else None
    found = list(bodies.leaves(errors))
    fields = [paths.field_path(path) for path, _ in found]
    messages = [f"{_leaf(field)} {text}".strip() for field, (_, text) in zip(fields, found, strict=True)]
    return AnswerFacts(fields=tuple(field for field in fields if field), message=_joined(messages))


def _leaf(field: str) -> str:
    return "" if field == "base" else field.rsplit(".", 1)[-1]


def _joined(messages: Sequence[str]) -> str:
    # Sorted and once each: the same set of faults reads the same, in any order and any number.
    return "; ".join(sorted({message for message in messages if message}))


def _cost(exchange: Exchange) -> Mapping[str, Any]:
    body = bodies.mapping(bodies.read_json(exchange.response_body))
    return bodies.mapping(bodies.mapping(body.get("extensions")).get("cost"))


def _remaining(exchange: Exchange) -> float | None:
    """Return how much of the rate budget is left, 0..1: REST header `32/40`, or the GraphQL bucket."""
    used, _, size = (exchange.response_headers.get("x-shopify-shop-api-call-limit") or "").partition("/")
    if used.isdecimal() and size.isdecimal() and len(used + size) < 16 and int(size):
        return max(0.0, 1 - int(used) / int(size))
    if not exchange.url.split("?")[0].endswith("graphql.json"):
        return None
    throttle = bodies.mapping(_cost(exchange).get("throttleStatus"))
    there, most = throttle.get("currentlyAvailable"), throttle.get("maximumAvailable")
    if isinstance(there, int | float) and isinstance(most, int | float) and most > 0:
        return min(1.0, max(0.0, there / most))
    return None
