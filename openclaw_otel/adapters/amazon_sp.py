"""Amazon: Selling Partner API, its token service (Login with Amazon), legacy MWS, notifications.

Amazon sends no webhooks: notifications come through SQS or EventBridge, which AWS protects by IAM, or relayed by SNS,
which signs (`openclaw_otel.sns`). Errors: https://developer-docs.amazon.com/sp-api/docs/sp-api-errors; limits:
https://developer-docs.amazon.com/sp-api/docs/usage-plans-and-rate-limits; MWS answers in XML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from openclaw_otel import amazon_paths, bodies, http_values, object_ids, paths, signing, sns
from openclaw_otel.adapters.base import Adapter, AnswerFacts, AnswerKind, Fetch
from openclaw_otel.amazon_answers import read
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Exchange, Observation, Webhook, WebhookAnswer, WebhookRequest

_LWA = "/auth/o2/"
_ENVELOPE = re.compile(rb'"[Nn]otificationMetadata"')
_PARTNER_SOURCE = "aws.partner/sellingpartnerapi.amazon.com/"
_ORDER = re.compile(r"\b\d{3}-\d{7}-\d{7}\b")
_NAMED = {"AmazonOrderId": "order", "amazonOrderId": "order", "AmazonOrderIds": "order", "orderId": "order"}
_NAMED |= {"sellerSku": "seller_sku", "SellerSKU": "seller_sku", "asin": "asin", "reportId": "report"}
_NAMED |= {"sellerFulfillmentOrderId": "fulfillment_order", "shipmentId": "shipment", "feedId": "feed"}
_SELLER_PARAMETERS = ("SellerId", "sellerId", "Merchant", "MerchantId")


class AmazonSpAdapter(Adapter):
    """See the module docstring."""

    name = "amazon_sp"
    hosts = (
        "sellingpartnerapi-*.amazon.com",
        "sandbox.sellingpartnerapi-*.amazon.com",
        "mws*.amazonservices.*",
        "api.amazon.com",
        "api.amazon.co.uk",
        "api.amazon.co.jp",
    )
    deadline = 15.0
    delivery_headers = ("x-amz-sns-message-type",)
    request_id_headers = ("x-amzn-requestid", "x-amzn-request-id", "x-mws-request-id", "x-amz-rid")
    console_links = MappingProxyType(
        {
            "order": "https://sellercentral.amazon.com/orders-v3/order/{id}",
            "seller_sku": "https://sellercentral.amazon.com/inventory?searchTerm={id}",
            "asin": "https://www.amazon.com/dp/{id}",
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
        """Raise SignatureError unless the notification is proved to come from where it says.

        SNS: the signature; `topic_arn` (one or several) are ours, and with it nothing else passes: give it.
        `trust_roots` checks the certificate's chain too, `tolerance` (seconds) the signed time.
        EventBridge API destination: `secrets` are the API keys of the connection, sent in `api_key_header`
        (default X-Api-Key). SQS or EventBridge without a key: IAM guards the queue, nothing is signed; `queue=True`
        says that the message was read from such a queue, else `unsigned_scheme`.
        """
        given = parameters.get("topic_arn") or ()
        topics = [given] if isinstance(given, str) else list(given)
        message = sns.read(request.body)
        if message is not None:
            sns.verify(
                message,
                topics=topics,
                now=now,
                fetch=fetch,
                trust_roots=parameters.get("trust_roots"),
                tolerance=parameters.get("tolerance"),
            )
            return
        if topics or "x-amz-sns-message-type" in request.headers:
            raise SignatureError("malformed", "the body is no SNS message", "a proxy changed it, or it is forged")
        if any(secrets):
            header = str(parameters.get("api_key_header") or "x-api-key")
            signing.check_key(signing.required_header(request.headers, header), secrets)
        elif not parameters.get("queue"):
            raise SignatureError(
                "unsigned_scheme",
                "SQS and EventBridge sign nothing",
                "IAM guards the queue: pass queue=True where you read it; over HTTP give the connection's API key",
            )

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return type, ids, seller and time of a notification, out of SNS, EventBridge or plain.

        SNS' own messages about the subscription are pings: confirm them by their SubscribeURL.
        """
        outer = bodies.mapping(bodies.read_json(request.body))
        kind = bodies.code(outer.get("Type"))
        if kind in sns.TYPES and kind != "Notification":
            return Webhook(kind, bodies.code(outer.get("MessageId")) or None, is_ping=True)
        inner: Any = outer
        if kind == "Notification":
            inner = bodies.read_json(bodies.text(outer.get("Message")).encode("utf-8", "surrogatepass"))
        event = bodies.mapping(inner)
        envelope = bodies.mapping(event.get("detail")) if "detail" in event else event
        metadata = bodies.mapping(_either(envelope, "NotificationMetadata"))
        topic = bodies.code(_either(envelope, "NotificationType")) or bodies.code(event.get("detail-type"))
        notification = bodies.code(_either(metadata, "NotificationId")) or None
        delivery = bodies.code(outer.get("MessageId")) or bodies.code(event.get("id")) or notification
        told = bodies.code(_either(envelope, "EventTime")) or bodies.code(_either(metadata, "PublishTime"))
        return Webhook(
            topic=topic[:100] or "unknown",
            delivery_id=delivery or None,
            event_id=notification or delivery or None,
            store=_seller(_either(envelope, "Payload"), 0),
            occurred_at=http_values.timestamp(told or bodies.code(event.get("time")) or None),
        )

    def is_delivery_request(self, request: WebhookRequest) -> bool:
        """Say whether the request is an SNS message, or its body a notification, plain or from EventBridge."""
        if self.is_delivery(request.headers):
            return True
        if not _ENVELOPE.search(request.body):
            return False
        body = bodies.mapping(bodies.read_json(request.body))
        if bodies.text(body.get("source")).startswith(_PARTNER_SOURCE):
            return True
        return isinstance(_either(body, "NotificationMetadata"), Mapping) and bool(_either(body, "NotificationType"))

    def answer(self, kind: AnswerKind, request: WebhookRequest, **parameters: Any) -> WebhookAnswer:
        """Return 200, or 403 for a bad signature: SNS and EventBridge do not send again what a 4xx refused."""
        return WebhookAnswer(403 if kind == "bad_signature" else 200)

    # -- calls ------------------------------------------------------------------------------------------

    def owns(self, url: str) -> bool:
        """Say whether a call is one to SP-API, MWS or the token service; other APIs share the token service's host."""
        if not super().owns(url):
            return False
        return not paths.host_of(url).startswith("api.amazon.") or urlsplit(url).path.startswith(_LWA)

    def store(self, exchange: Exchange) -> str | None:
        """Return the seller id where the call names it (MWS, listings); else the host, which is the region."""
        asked = object_ids.query(exchange.url)
        form = bodies.read_form(exchange.request_body) if amazon_paths.is_mws(exchange.url) else {}
        named = next(
            (asked.get(key) or form.get(key) for key in _SELLER_PARAMETERS if asked.get(key) or form.get(key)), ""
        )
        return named or amazon_paths.ids(exchange.url).get("seller") or super().store(exchange)

    def operation(self, exchange: Exchange) -> str:
        """Return `orders.address`, `listings.items.update`, `lwa.token`, `mws.ListOrders`."""
        return amazon_paths.operation(exchange)

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return ids named by path, query and body."""
        found = {**object_ids.named_ids(exchange, _NAMED), **amazon_paths.ids(exchange.url)}
        found.pop("seller", None)
        if "order" not in found:
            order = _ORDER.search(exchange.url) or _ORDER.search(bodies.text_of(exchange.request_body[:20_000]))
            if order:
                found["order"] = order[0]
        return found

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return `errors`, issues of a refused submission, the token service's `error`, or MWS' XML."""
        return read(exchange)

    def retry_after(self, exchange: Exchange) -> float | None:
        """Return Retry-After; MWS: until the quota resets; a 429 of SP-API tells none: the plan's interval."""
        asked = super().retry_after(exchange)
        if asked is not None:
            return asked
        resets = http_values.timestamp(exchange.response_headers.get("x-mws-quota-resetson"))
        if resets is not None:
            return max(0.0, (resets - (exchange.started_at or datetime.now(UTC))).total_seconds())
        rate = amazon_paths.RATES.get(self.operation(exchange)) if exchange.status == 429 else None
        return None if rate is None else round(1 / rate, 1)

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return MWS' hourly budget, a fresh token's end, or the rate SP-API grants (it tells no remainder)."""
        headers, store = exchange.response_headers, self.store(exchange)
        left, most = (_number(headers.get(f"x-mws-quota-{name}")) for name in ("remaining", "max"))
        if left is not None and most:
            remaining = min(1.0, max(0.0, left / most))
            return Observation("rate_budget", self.name, store, self.operation(exchange), remaining=remaining)
        if exchange.status == 200 and _LWA in exchange.url:
            body = bodies.mapping(bodies.read_json(exchange.response_body))
            ends = http_values.expires_at(body.get("expires_in"), exchange.started_at)
            return None if ends is None else Observation("token_expiry", self.name, store, expires_at=ends)
        rate = _number(headers.get("x-amzn-ratelimit-limit"))
        if rate is None:
            return None
        told = f"{rate:g} requests per second"
        return Observation("rate_budget", self.name, store, self.operation(exchange), detail=told)


def _either(value: Mapping[str, Any], key: str) -> Any:
    """Return the value of a key that some notification types write with a lower-case initial."""
    return value.get(key, value.get(key[0].lower() + key[1:]))


def _seller(value: Any, depth: int) -> str | None:
    return next(_sellers(value, depth), None)


def _sellers(value: Any, depth: int) -> Iterator[str]:
    if depth > 4:
        return
    for key, inner in bodies.mapping(value).items():
        if key.lower() in ("sellerid", "merchantid", "sellingpartnerid", "partnerid") and bodies.code(inner):
            yield bodies.code(inner)
        elif isinstance(inner, Mapping):
            yield from _sellers(inner, depth + 1)


def _number(text: str | None) -> float | None:
    try:
        number = float(json.loads(text)) if text and len(text) < 20 else None
    except (ValueError, TypeError, RecursionError):
        return None
    return number if number is not None and 0 <= number < 1e9 else None
