"""eBay: REST APIs, Trading API (XML), Post-Order, event notifications with challenge.

Signatures: `X-EBAY-SIGNATURE` is base64 JSON {kid, signature, digest}; ECDSA over the notification as compact JSON
under the public key of `kid`, fetched from the Notification API, which wants an application token: give
`access_token`, or `public_keys` to fetch nothing (https://developer.ebay.com/api-docs/commerce/notification/overview.html).
Errors: `errors[].errorId` (REST), `Errors/ErrorCode` with `Ack: Failure` under HTTP 200 (Trading).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from openclaw_otel import bodies, ebay_signing, http_values, paths, signing, xml_text
from openclaw_otel.adapters.base import Adapter, AnswerFacts, AnswerKind, Fetch, error_status, plain_answer
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Exchange, Observation, Webhook, WebhookAnswer, WebhookRequest

ACTIONS = frozenset(
    "search publish withdraw enable disable issue_refund accept contest add_evidence update_evidence "
    "upload_evidence_file fetch_evidence_content launch end pause resume clone cancel confirm decide approve reject "
    "escalate close send_message mark_as_shipped mark_as_received mark_as_refunded provide_shipment_info "
    "check_eligibility migrate_listing opt_in opt_out test initiate_checkout place_order download_result_file "
    "upload_file add_shipping_label send_offer_to_interested_buyers token ship refund".split()
)
"""Last URL segments that are verbs of their own (POST offer/1/publish)."""
_CALL = re.compile(r"^[A-Za-z]{3,60}$")
_VERB = re.compile(r"^(?:get|find|bulk|create|update|delete|set|check|provide|upload|add|remove|publish|withdraw)_\w+$")
_KINDS = {"order": "order", "inventory_item": "item", "offer": "offer", "item": "listing", "listing": "listing"}
_KINDS |= {"payment_dispute": "dispute", "return": "return", "cancellation": "cancellation", "inquiry": "inquiry"}
_XML_KINDS = {"OrderID": "order", "ItemID": "listing", "SKU": "item", "TransactionID": "transaction"}
_FIELD_NAMES = frozenset({"fieldName", "field", "parameterName", "propertyName", "aspectName"})
_LINE = "https://www.ebay.com"


class EbayAdapter(Adapter):
    """See the module docstring."""

    name = "ebay"
    hosts = (
        "api.ebay.com",
        "api.sandbox.ebay.com",
        "api?.ebay.com",
        "api?.sandbox.ebay.com",
        "*.api.ebay.com",
        "svcs.ebay.com",
        "svcs.sandbox.ebay.com",
    )
    deadline = 3.0
    delivery_headers = ("x-ebay-signature",)
    request_id_headers = ("x-ebay-c-request-id", "rlogid")
    console_links = MappingProxyType(
        {
            "order": f"{_LINE}/sh/ord/details?orderid={{id}}",
            "listing": f"{_LINE}/itm/{{id}}",
            "item": f"{_LINE}/sh/lst/active?keyword={{id}}",
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
        """Raise SignatureError unless eBay signed the notification. A challenge carries no signature: it is a ping.

        `public_keys`: key id → PEM, looked at first. Else the key comes from eBay through `fetch`, default a cached GET
        with `access_token` (an application token, or a callable that returns one); `sandbox=True` asks the sandbox.
        A challenge wants `verification_token` and `endpoint`, the URL as registered (default: the request's).
        """
        if ebay_signing.challenge(request):
            ebay_signing.challenge_answer(request, parameters)
            return
        header = signing.required_header(request.headers, "x-ebay-signature")
        ebay_signing.check(header, request.body, fetch, parameters)

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return topic, notification id, attempt and time; a challenge is a ping."""
        if ebay_signing.challenge(request):
            return Webhook(topic="challenge", is_ping=True)
        body = bodies.mapping(bodies.read_json(request.body))
        notice = bodies.mapping(body.get("notification"))
        data = bodies.mapping(notice.get("data"))
        attempt = notice.get("publishAttemptCount")
        identifier = bodies.code(notice.get("notificationId")) or None
        return Webhook(
            topic=bodies.code(bodies.mapping(body.get("metadata")).get("topic")) or "unknown",
            delivery_id=identifier,
            event_id=identifier,
            store=bodies.code(data.get("sellerId")) or None,
            occurred_at=http_values.timestamp(bodies.code(notice.get("eventDate")))
            or http_values.timestamp(bodies.code(notice.get("publishDate"))),
            attempt=attempt if isinstance(attempt, int) and 0 < attempt < 10**6 else None,
        )

    def answer(self, kind: AnswerKind, request: WebhookRequest, **parameters: Any) -> WebhookAnswer:
        """Return 204, 412 for a bad signature, and the hash eBay asks for in a challenge (parameters as in verify)."""
        if kind == "bad_signature":
            return WebhookAnswer(412)
        if kind != "ping" or not ebay_signing.challenge(request):
            return WebhookAnswer(204)
        try:
            digest = ebay_signing.challenge_answer(request, parameters)
        except SignatureError:
            return WebhookAnswer(412)
        body = json.dumps({"challengeResponse": digest}, separators=(",", ":")).encode()
        return WebhookAnswer(200, {"Content-Type": "application/json"}, body)

    def is_delivery_request(self, request: WebhookRequest) -> bool:
        """Say whether this is a notification, or a challenge: a GET that carries nothing but its code."""
        challenged = bool(ebay_signing.challenge(request)) and not self.owns(request.url)
        return challenged or self.is_delivery(request.headers)

    # -- calls ------------------------------------------------------------------------------------------

    def operation(self, exchange: Exchange) -> str:
        """Return `fulfillment.order.get`, `inventory.offer.publish`, `trading GetOrders`, `oauth2.token`."""
        called = _trading_call(exchange)
        if called:
            return f"trading {called}"
        return paths.rest_operation(exchange.method, _resource(exchange.url), ACTIONS)

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return ids named by the path (`order/1`, `inventory_item/SKU`) or by a Trading request."""
        raw, masked = paths.segments(exchange.url), _masked(paths.segments(exchange.url))
        found = {}
        for (name, _), (_, value), mask in zip(pairwise(masked), pairwise(raw), masked[1:], strict=True):
            if mask == "0" and name in _KINDS:
                found[_KINDS[name]] = value
        if _trading_call(exchange):
            sent = bodies.text_of(exchange.request_body[:20_000])
            for name, kind in _XML_KINDS.items():
                value = xml_text.value(sent, name)
                if value and len(value) <= 100:
                    found.setdefault(kind, value)
        return found

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return what `errors` say under any status: REST, entries of a bulk answer, Post-Order, Trading XML."""
        body = bodies.read_json(exchange.response_body)
        if not isinstance(body, Mapping):
            return _trading_facts(exchange) or plain_answer(exchange)
        faults = list(_faults(body))
        if faults:
            return _facts(faults)
        word = bodies.code(body.get("error"))
        if error_status(exchange) and word:  # OAuth, RFC 6749 §5.2
            return AnswerFacts(codes=(word,), message=bodies.text(body.get("error_description")))
        return plain_answer(exchange)

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return the smallest rate budget of a rate_limit answer, or when a token ends (fresh, or as Trading warns)."""
        store = self.store(exchange)
        if exchange.status != 200:
            return None
        if _trading_call(exchange):
            text = bodies.text_of(exchange.response_body)
            ends = http_values.timestamp(xml_text.value(text, "HardExpirationWarning"))
            return None if ends is None else Observation("token_expiry", self.name, store, expires_at=ends)
        body = bodies.mapping(bodies.read_json(exchange.response_body))
        budgets = list(_budgets(body))
        if budgets:
            remaining, api = min(budgets)
            return Observation("rate_budget", self.name, store, api or None, remaining=remaining)
        seconds = body.get("expires_in")
        if not isinstance(seconds, int) or not 0 <= seconds < 10**9 or "/oauth2/token" not in exchange.url:
            return None
        expires = (exchange.started_at or datetime.now(UTC)) + timedelta(seconds=seconds)
        return Observation("token_expiry", self.name, store, expires_at=expires)


def _masked(parts: Sequence[str]) -> list[str]:
    """Return the segments behind the version with ids as `0`, the API's name first; SKUs may look like words."""
    version = next((at for at, part in enumerate(parts) if re.match(r"^v\d", part)), -1)
    names = paths.without_ids(parts[version + 1 :], lambda part: part in ACTIONS or bool(_VERB.match(part)))
    return [*parts[: version + 1], *names]


def _resource(url: str) -> list[str]:
    """Return API and resource: `/sell/fulfillment/v1/order/1` → fulfillment, order, 0."""
    parts = _masked(paths.segments(url))
    version = next((at for at, part in enumerate(parts) if re.match(r"^v\d", part)), -1)
    return ([parts[version - 1]] if version > 0 else []) + parts[version + 1 :]


def _trading_call(exchange: Exchange) -> str:
    """Return the name of a Trading, Shopping or Finding call; "" when it is REST."""
    headers = exchange.request_headers
    named = headers.get("x-ebay-api-call-name") or headers.get("x-ebay-soa-operation-name") or ""
    if _CALL.match(named):
        return named
    if "/api.dll" not in exchange.url.lower():
        return ""
    sent = xml_text.root(bodies.text_of(exchange.request_body[:2000])).removesuffix("Request")
    return sent if _CALL.match(sent) else "call"


def _trading_facts(exchange: Exchange) -> AnswerFacts | None:
    """Return the errors of an answer with `Ack: Failure` or `PartialFailure`; warnings do not count."""
    text = bodies.text_of(exchange.response_body)
    if not xml_text.root(text).endswith(("Response", "Envelope", "errorMessage")):
        return None
    codes, fields, messages = [], [], set()
    for block in [*xml_text.blocks(text, "Errors"), *xml_text.blocks(text, "error")]:
        code = xml_text.value(block, "ErrorCode") or xml_text.value(block, "errorId")
        if not code or "warning" in (xml_text.value(block, "SeverityCode") + xml_text.value(block, "severity")).lower():
            continue
        codes.append(code)
        messages.add(xml_text.value(block, "LongMessage") or xml_text.value(block, "ShortMessage"))
        messages.add(xml_text.value(block, "message"))
        values = [xml_text.value(one, "Value") for one in xml_text.blocks(block, "ErrorParameters")]
        fields += [value for value in values if re.fullmatch(r"[A-Za-z]+(?:\.[A-Za-z]+)+", value)]  # Item.Title
    message = "; ".join(sorted(messages - {""})) or xml_text.value(text, "faultstring")
    if codes or message:
        return AnswerFacts(tuple(dict.fromkeys(codes)), tuple(fields), message)
    return AnswerFacts(message="Ack: Failure") if xml_text.value(text, "Ack").endswith("Failure") else None


def _faults(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield `errors`, Post-Order's `error` and `errorMessage.error`, and the `errors` of entries of a bulk answer."""
    lists = [body.get("errors"), body.get("error"), bodies.mapping(body.get("errorMessage")).get("error")]
    lists += [bodies.mapping(one).get("errors") for one in bodies.items(body.get("responses"))]
    for found in lists:
        for fault in bodies.items(found):
            if isinstance(fault, Mapping) and bodies.code(fault.get("severity")).upper() != "WARNING":
                yield fault


def _facts(faults: Sequence[Mapping[str, Any]]) -> AnswerFacts:
    codes = dict.fromkeys(bodies.code(fault.get("errorId")) for fault in faults)
    messages = {bodies.text(fault.get("longMessage")) or bodies.text(fault.get("message")) for fault in faults}
    fields: list[str] = []
    for fault in faults:
        fields += [paths.field_path(path) for path in bodies.items(fault.get("inputRefIds")) if bodies.is_whole(path)]
        for parameter in map(bodies.mapping, bodies.items(fault.get("parameters"))):
            if bodies.code(parameter.get("name")) in _FIELD_NAMES:
                fields.append(paths.field_path(bodies.code(parameter.get("value"))))
    named = tuple(field for field in fields if field)
    return AnswerFacts(tuple(code for code in codes if code), named, "; ".join(sorted(messages - {""})))


def _budgets(body: Mapping[str, Any]) -> Iterator[tuple[float, str]]:
    """Yield (share left, API) of a `developer/analytics` rate_limit answer."""
    for limit in map(bodies.mapping, bodies.items(body.get("rateLimits"))):
        for resource in map(bodies.mapping, bodies.items(limit.get("resources"))):
            for rate in map(bodies.mapping, bodies.items(resource.get("rates"))):
                most, left = rate.get("limit"), rate.get("remaining")
                if isinstance(most, int) and isinstance(left, int) and most > 0:
                    yield min(1.0, max(0.0, left / most)), bodies.code(resource.get("name"))
