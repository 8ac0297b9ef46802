"""TikTok Shop: Open API of the Partner Center, its token service, webhooks.

Signatures: lower-case hex HMAC-SHA256 of app key and raw body, in `Authorization` without "Bearer"
(https://partner.tiktokshop.com/docv2/page/tts-webhooks-overview). Errors: `{code, message, request_id, data}` under any
HTTP status; code 0 with `data.errors` is a partial failure (https://partner.tiktokshop.com/docv2/page/common-errors).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from openclaw_otel import bodies, http_values, object_ids, paths, signing
from openclaw_otel.adapters.base import Adapter, AnswerFacts, AnswerKind, Fetch, error_status, plain_answer
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Exchange, Observation, Webhook, WebhookAnswer, WebhookRequest

TOPICS = {
    "1": "ORDER_STATUS_CHANGE",
    "2": "REVERSE_STATUS_UPDATE",
    "3": "RECIPIENT_ADDRESS_UPDATE",
    "4": "PACKAGE_UPDATE",
    "5": "PRODUCT_STATUS_CHANGE",
    "6": "SELLER_DEAUTHORIZATION",
    "7": "UPCOMING_AUTHORIZATION_EXPIRATION",
    "11": "CANCELLATION_STATUS_CHANGE",
    "12": "RETURN_STATUS_CHANGE",
    "13": "NEW_CONVERSATION",
    "14": "NEW_MESSAGE",
    "15": "PRODUCT_INFORMATION_CHANGE",
    "36": "INVOICE_STATUS_CHANGE",
    "42": "COMBINED_LISTING_CHANGE",
}
"""Number of a webhook type → its name in the Partner Center."""
ACTIONS = frozenset(
    "search ship update cancel approve reject accept split combine uncombine confirm activate deactivate recover get "
    "refresh upload prices partial_edit listing_check recommend batch_ship read deliver calculate submit close "
    "status shipping_documents tracking".split()
)
"""Last URL segments that are verbs of their own (POST packages/1/ship)."""
_CIPHER = re.compile(r"([A-Z]{2,4})_[A-Za-z0-9_\-]{16,}")
_GROUPS = {"order": "orders", "product": "products", "fulfillment": "packages", "logistics": "warehouses"}
_KINDS = {"orders": "order", "products": "product", "packages": "package", "returns": "return"}
_KINDS |= {"cancellations": "cancellation", "statements": "statement", "conversations": "conversation"}
_NAMED = {"order_id": "order", "order_ids": "order", "ids": "order", "order_list": "order", "package_id": "package"}
_NAMED |= {"product_id": "product", "product_ids": "product", "sku_id": "sku", "return_id": "return"}
_NAMED |= {"cancel_id": "cancellation", "seller_sku": "seller_sku", "tracking_number": "tracking"}


class TikTokShopAdapter(Adapter):
    """See the module docstring."""

    name = "tiktok_shop"
    hosts = ("*.tiktokglobalshop.com", "*.tiktok-shops.com", "open-api.tiktokshop.com", "services.tiktokshops.us")
    deadline = 3.0
    request_id_headers = ("x-tt-logid",)
    console_links = MappingProxyType(
        {
            "order": "https://seller.tiktokglobalshop.com/order/detail?order_no={id}",
            "product": "https://seller.tiktokglobalshop.com/product/edit/{id}",
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
        """Raise SignatureError unless TikTok signed the body for our app.

        `app_key` (needed) is ours, `secrets` its app secrets. `tolerance` (seconds) also checks the signed `timestamp`
        of the body: TikTok documents no window, and sends again for up to 16 hours.
        """
        received = signing.required_header(request.headers, "authorization")
        app_key = parameters.get("app_key")
        if not app_key or not isinstance(app_key, str):
            raise SignatureError("no_secret", "app_key", "give the app key of the Partner Center (parameters.app_key)")
        signing.check_hmac(received, secrets, app_key.encode("utf-8", "surrogateescape") + request.body, encoding="hex")
        if parameters.get("tolerance") is not None:
            sent = http_values.timestamp(bodies.code(bodies.mapping(bodies.read_json(request.body)).get("timestamp")))
            if sent is None:
                raise SignatureError("malformed", "timestamp of the body is missing or no number")
            signing.check_time(sent, now, float(parameters["tolerance"]))

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return topic (its name, or `type_<number>`), notification id, shop and time."""
        body = bodies.mapping(bodies.read_json(request.body))
        number = bodies.code(body.get("type"))
        unknown = f"type_{number}" if number.isdecimal() and len(number) < 6 else "unknown"
        notification = bodies.code(body.get("tts_notification_id")) or None
        return Webhook(
            topic=TOPICS.get(number, unknown),
            delivery_id=notification,
            event_id=notification,
            store=bodies.code(body.get("shop_id")) or None,
            occurred_at=http_values.timestamp(bodies.code(body.get("timestamp"))),
        )

    def is_delivery_request(self, request: WebhookRequest) -> bool:
        """Say whether the body is a TikTok notification and `Authorization` a bare digest."""
        if b'"tts_notification_id"' not in request.body or " " in (request.headers.get("authorization") or " "):
            return False
        return "tts_notification_id" in bodies.mapping(bodies.read_json(request.body))

    def answer(self, kind: AnswerKind, request: WebhookRequest, **parameters: Any) -> WebhookAnswer:
        """Return 200, or 401 for a bad signature; anything but 200 is sent again after 2 min, 30 min, 3 h and 12 h."""
        return WebhookAnswer(401 if kind == "bad_signature" else 200)

    # -- calls ------------------------------------------------------------------------------------------

    def store(self, exchange: Exchange) -> str | None:
        """Return the shop a call names: shop_id of older APIs, else its cipher; the host when it names none.

        Ciphers look like access tokens (`ROW_…`), which no record may show: a shop is told by a digest of its own.
        """
        asked = object_ids.query(exchange.url)
        return asked.get("shop_id") or _shop(asked.get("shop_cipher") or "") or super().store(exchange)

    def operation(self, exchange: Exchange) -> str:
        """Return `orders.search`, `products.inventory.update`, `authorization.shops.list`, `token.refresh`."""
        return paths.rest_operation(exchange.method, _resource(exchange.url), ACTIONS)

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return ids named by path (`packages/1`), query and body."""
        found = {
            _KINDS[name]: one for name, one in pairwise(_resource(exchange.url)) if name in _KINDS and paths.is_id(one)
        }
        return {**object_ids.named_ids(exchange, _NAMED), **found}

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return `code` when it is not 0, else the codes of `data.errors`, under any status."""
        body = bodies.read_json(exchange.response_body)
        if not isinstance(body, Mapping):
            return plain_answer(exchange)
        code = bodies.code(body.get("code"))
        message = bodies.text(body.get("message"))
        if code not in ("", "0"):
            return AnswerFacts((code,), message=message)
        data = bodies.mapping(body.get("data"))
        errors = [error for error in bodies.items(data.get("errors")) if isinstance(error, Mapping)]
        codes = [one for error in errors if (one := bodies.code(error.get("code"))) not in ("", "0")]
        if codes:
            said = sorted({bodies.text(error.get("message")) for error in errors} - {""})
            return AnswerFacts(tuple(dict.fromkeys(codes)), message="; ".join(said))
        if not error_status(exchange):
            return None
        return AnswerFacts(message=message) if message and not code else plain_answer(exchange)

    def request_id(self, exchange: Exchange) -> str | None:
        """Return `request_id` of the answer, else the log id header."""
        body = bodies.mapping(bodies.read_json(exchange.response_body)) if exchange.status else {}
        return bodies.code(body.get("request_id")) or super().request_id(exchange)

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return when a fresh token ends (an epoch here, in spite of its name); TikTok tells no rate budget."""
        if exchange.status != 200 or "/token/" not in exchange.url:
            return None
        data = bodies.mapping(bodies.mapping(bodies.read_json(exchange.response_body)).get("data"))
        ends = data.get("access_token_expire_in")
        if isinstance(ends, bool) or not isinstance(ends, int) or ends <= 0:
            return None
        at = http_values.timestamp(ends) if ends > 10**9 else http_values.expires_at(ends, exchange.started_at)
        return None if at is None else Observation("token_expiry", self.name, self.store(exchange), expires_at=at)


def _shop(cipher: str) -> str:
    """Return `ROW_` and a digest, always the same for one shop, of what could be a token; else the cipher."""
    found = _CIPHER.fullmatch(cipher)
    return f"{found[1]}_{hashlib.sha256(cipher.encode('utf-8', 'replace')).hexdigest()[:12]}" if found else cipher


def _resource(url: str) -> list[str]:
    """Return the segments without version; the group is left out where the resource says it: orders, 1, split."""
    parts = paths.segments(url)
    if parts[:1] == ["api"]:
        parts = parts[1:]
    parts = [part for part in parts if not paths.is_version(part)]
    if len(parts) > 1 and _GROUPS.get(parts[0]) == parts[1]:
        return parts[1:]
    return parts
