"""Shopee: Open Platform API v2 of all regions, its token service, push messages.

Signatures of pushes: hex HMAC-SHA256 of `callback URL|raw body` under the Live Push Partner Key, in `Authorization`
(https://open.shopee.com/developer-guide/18). Errors: `{error, message, request_id, response}` under any HTTP status;
an empty `error` with failures in `response` is a partial failure.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from openclaw_otel import bodies, http_values, object_ids, paths, signing
from openclaw_otel.adapters.base import Adapter, AnswerFacts, AnswerKind, Fetch, error_status, plain_answer
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Exchange, Observation, Webhook, WebhookAnswer, WebhookRequest

TOPICS = {
    "1": "shop_authorization_push",
    "2": "shop_authorization_canceled_push",
    "3": "order_status_push",
    "4": "order_trackingno_push",
    "5": "shopee_updates",
    "6": "banned_item_push",
    "7": "item_promotion_push",
    "8": "reserved_stock_change_push",
    "9": "promotion_update_push",
    "10": "webchat_push",
    "11": "video_upload_push",
    "12": "open_api_authorization_expiry",
    "13": "brand_register_result",
    "15": "shipping_document_status_push",
    "23": "booking_status_push",
    "24": "booking_trackingno_push",
    "25": "booking_shipping_document_status_push",
}
"""Code of a push → its name in the console."""
_SUCCESS = frozenset({"", "-", "success"})
"""What `error` holds when nothing failed; some official samples print a dash."""
_FAILED = re.compile(r"^(failure_list|failed_list|fail_list|error_list|fail_item_id_list)$")
_REASONS = ("failed_reason", "fail_message", "fail_error", "error_description", "message", "reason")
_DIGEST = re.compile(r"^[0-9a-fA-F]{64}$")
_NAMED = {"order_sn": "order", "ordersn": "order", "order_sn_list": "order", "item_id": "product"}
_NAMED |= {"item_id_list": "product", "model_id": "variant", "package_number": "package", "return_sn": "return"}
_NAMED |= {"tracking_number": "tracking", "booking_sn": "booking", "discount_id": "discount", "voucher_id": "voucher"}


class ShopeeAdapter(Adapter):
    """See the module docstring."""

    name = "shopee"
    hosts = (
        "partner.shopeemobile.com",
        "partner.*.shopeemobile.com",
        "openplatform.shopee.*",
        "openplatform.*.shopee.*",
    )
    deadline = 5.0
    request_id_headers = ("x-request-id",)
    console_links = MappingProxyType(
        {
            "order": "https://seller.shopee.com/portal/sale/order?search={id}",
            "product": "https://seller.shopee.com/portal/product/{id}",
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
        """Raise SignatureError unless Shopee signed URL and body.

        `secrets` are Live Push Partner Keys, not the API partner key. `callback_url` is the URL as registered in the
        console; default: the request's, which behind a proxy is another. `tolerance` (seconds) also checks the signed
        `timestamp` of the body: Shopee documents no window.
        """
        received = signing.required_header(request.headers, "authorization")
        url = parameters.get("callback_url") or request.url
        text = f"{url}|".encode("utf-8", "surrogateescape") + request.body
        try:
            signing.check_hmac(received, secrets, text, encoding="hex")
        except SignatureError as error:
            if error.reason == "mismatch":
                raise SignatureError("mismatch", hint=_hint(bool(parameters.get("callback_url")))) from error
            raise
        if parameters.get("tolerance") is not None and request.body:
            sent = http_values.timestamp(bodies.code(bodies.mapping(bodies.read_json(request.body)).get("timestamp")))
            if sent is None:
                raise SignatureError("malformed", "timestamp of the body is missing or no number")
            signing.check_time(sent, now, float(parameters["tolerance"]))

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return topic (its name, or `code_<number>`), shop and time. The console's "Verify" button sends no body.

        Shopee sends no id: the event id is a hash of shop, code, timestamp and data.
        """
        if not request.body.strip():
            return Webhook("ping", is_ping=True)
        body = bodies.mapping(bodies.read_json(request.body))
        number = bodies.code(body.get("code"))
        unknown = f"code_{number}" if number.isdecimal() and len(number) < 6 else "unknown"
        told = json.dumps(
            [body.get(key) for key in ("shop_id", "code", "timestamp", "data")], sort_keys=True, default=str
        )
        return Webhook(
            topic=TOPICS.get(number, unknown),
            event_id=hashlib.sha256(told.encode("utf-8", "surrogatepass") if body else request.body).hexdigest()[:32],
            store=bodies.code(body.get("shop_id")) or bodies.code(body.get("merchant_id")) or None,
            occurred_at=http_values.timestamp(bodies.code(body.get("timestamp"))),
        )

    def is_delivery_request(self, request: WebhookRequest) -> bool:
        """Say whether the body is a Shopee push and `Authorization` a digest; the empty test push does not tell."""
        if b'"code"' not in request.body or not _DIGEST.match(request.headers.get("authorization") or ""):
            return False
        body = bodies.mapping(bodies.read_json(request.body))
        number = body.get("code")
        return type(number) is int and bool({"shop_id", "data", "merchant_id"} & set(body))

    def answer(self, kind: AnswerKind, request: WebhookRequest, **parameters: Any) -> WebhookAnswer:
        """Return 200 with the empty body Shopee demands, or 401 for a bad signature."""
        return WebhookAnswer(401 if kind == "bad_signature" else 200)

    # -- calls ------------------------------------------------------------------------------------------

    def store(self, exchange: Exchange) -> str | None:
        """Return shop_id, else merchant_id of the call; the host when it names none."""
        asked = object_ids.query(exchange.url)
        return asked.get("shop_id") or asked.get("merchant_id") or super().store(exchange)

    def operation(self, exchange: Exchange) -> str:
        """Return the API's own name: `order.get_order_detail`, `auth.token.get`."""
        parts = [part for part in paths.segments(exchange.url) if not paths.is_id(part)]
        parts = parts[1:] if parts[:1] == ["api"] else parts
        parts = parts[1:] if parts and paths.is_version(parts[0]) else parts
        return ".".join(parts)[:120] or "root"

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return ids named by query and body."""
        return object_ids.named_ids(exchange, _NAMED)

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return `error` when it says something, else what lists of failures in `response` say, under any status."""
        body = bodies.read_json(exchange.response_body)
        if not isinstance(body, Mapping):
            return plain_answer(exchange)
        error = body.get("error")
        code, message = bodies.code(error), bodies.text(body.get("message"))
        if code not in _SUCCESS:
            return AnswerFacts((code,), message=message)
        failures = list(_failures(body.get("response")))
        if failures:
            codes = dict.fromkeys(one for failure in failures if (one := bodies.code(failure.get("fail_error"))))
            said = sorted({reason for failure in failures if (reason := _reason(failure))})
            return AnswerFacts(tuple(codes), message="; ".join(said))
        if not error_status(exchange):
            return None
        return AnswerFacts(message=message) if message not in _SUCCESS else plain_answer(exchange)

    def request_id(self, exchange: Exchange) -> str | None:
        """Return `request_id` of the answer, else its header."""
        body = bodies.mapping(bodies.read_json(exchange.response_body)) if exchange.status else {}
        return bodies.code(body.get("request_id")) or super().request_id(exchange)

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return when a fresh access token ends, and until when a shop has authorised us; there is no rate budget."""
        if exchange.status != 200:
            return None
        name = self.operation(exchange)
        if name not in ("auth.token.get", "auth.access_token.get", "shop.get_shop_info"):
            return None
        body = bodies.mapping(bodies.read_json(exchange.response_body))
        store = bodies.code(body.get("shop_id")) or self.store(exchange)
        if name == "shop.get_shop_info":
            ends = http_values.timestamp(bodies.code(body.get("expire_time")))
            detail = "authorisation by the shop"
        else:
            ends, detail = http_values.expires_at(body.get("expire_in"), exchange.started_at), "access token"
        return None if ends is None else Observation("token_expiry", self.name, store, expires_at=ends, detail=detail)


def _hint(registered: bool) -> str:
    url = "" if registered else "give callback_url exactly as registered in the console (a proxy changes ours); "
    return f"{url}the key is the Live Push Partner Key of Push Mechanism, not the API partner key"


def _failures(response: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the failed entries of a partly successful call, two levels deep."""
    for key, value in bodies.mapping(response).items():
        for entry in bodies.items(value):
            if isinstance(entry, Mapping) and (_FAILED.match(key) or bodies.code(entry.get("fail_error"))):
                yield entry


def _reason(failure: Mapping[str, Any]) -> str:
    return next((text for key in _REASONS if (text := bodies.text(failure.get(key)))), "")
