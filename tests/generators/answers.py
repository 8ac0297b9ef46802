"""Error answers of platforms, made by the real adapters and the real pipeline once per kind, then varied per event."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from openclaw_otel import attributes as names
from openclaw_otel.adapters import get_adapter
from openclaw_otel.catalog import shipped
from openclaw_otel.config import Config
from openclaw_otel.hookspecs import Side
from openclaw_otel.ids import uuid7
from openclaw_otel.pipeline import build_pipeline
from openclaw_otel.record import Exchange
from openclaw_otel.wire import to_attributes
from tests.bridge.otlp_messages import log

REGIONS = ("us", "us", "eu", "sea", "br", "mx")
SPLIT = ("auth", "webhook_signature", "permission", "rate_limit", "quota")
RESOURCES = (
    "orders", "products", "refunds", "fulfillments", "returns", "inventory", "prices", "listings", "shipments",
    "payouts", "disputes", "customers", "labels", "invoices", "promotions", "reviews", "categories", "warehouses",
    "taxes", "packages", "campaigns", "settlements", "messages", "tracking",
)  # fmt: skip
# What differs from event to event of a kind stands in its template by these marks; each has its own length.
_ORDER, _REQUEST, _STORE = "4815162342108", "5e1f0c2ab7d94e6f", "mark-store-07"
_NUMBERS = re.compile("71000[0-9]{3}")


@dataclass(frozen=True)
class Shape:
    """How a platform is called and how it answers with an error: (code, message) → status and body."""

    url: str
    answer: Callable[[str, str], tuple[int, Any]]
    request_id: str = "x-request-id"


SHAPES: Mapping[str, Shape] = {
    "shopify": Shape(
        f"https://{_STORE}.myshopify.com/admin/api/2026-01/graphql.json",
        lambda code, text: (200, {"errors": [{"message": text, "extensions": {"code": code}}]}),
    ),
    "paypal": Shape(
        f"https://api-m.paypal.com/v2/{{resource}}/{_ORDER}",
        lambda code, text: (422, {"name": "UNPROCESSABLE_ENTITY", "debug_id": _REQUEST, "message": "refused",
                                  "details": [{"issue": code, "description": text}]}),
        "paypal-debug-id",
    ),
    "shopee": Shape(
        f"https://partner.shopeemobile.com/api/v2/{{resource}}/update?order_sn={_ORDER}&shop_id=71000001",
        lambda code, text: (200, {"error": code, "message": text, "request_id": _REQUEST}),
    ),
    "lazada": Shape(
        f"https://api.lazada.sg/rest/{{resource}}/update?order_id={_ORDER}",
        lambda code, text: (200, {"code": code, "type": "ISV", "message": text, "request_id": _REQUEST}),
    ),
    "stripe": Shape(
        f"https://api.stripe.com/v1/{{resource}}/{_ORDER}",
        lambda code, text: (400, {"error": {"type": "invalid_request_error", "code": code, "message": text}}),
        "request-id",
    ),
    "woocommerce": Shape(
        f"https://{_STORE}.example/wp-json/wc/v3/{{resource}}/{_ORDER}",
        lambda code, text: (400, {"code": code, "message": text, "data": {"status": 400}}),
    ),
}  # fmt: skip
PLATFORMS = tuple(SHAPES)


@dataclass(frozen=True)
class _Kind:
    platform: str
    resource: str
    code: str
    text: str
    stores: tuple[str, ...]


@dataclass(frozen=True)
class _Template:
    record: LogRecord
    texts: tuple[tuple[int, str], ...]
    """(position of the attribute, its text with marks)."""
    record_id: int
    stores: tuple[str, ...]


class Answers:
    """Kinds of answers by number: each is an issue of its own."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._pipeline = build_pipeline(Side.SOURCE, Config())
        self._templates: dict[int, _Template] = {}

    def service(self, number: int) -> str:
        """Return the service that makes the call."""
        return f"{PLATFORMS[number % len(PLATFORMS)]}-sync"

    def record(self, number: int, at: datetime, chance: random.Random) -> LogRecord:
        """Return one occurrence as the library sends it."""
        template = self._templates.get(number)
        if template is None:
            template = self._templates[number] = self._template(number)
        made = LogRecord()
        made.CopyFrom(template.record)
        made.time_unix_nano = int(at.timestamp() * 1_000_000) * 1000
        made.trace_id, made.span_id = chance.randbytes(16), chance.randbytes(8)
        order, request = f"{chance.randrange(10**12, 10**13)}", f"{chance.getrandbits(64):016x}"
        store = chance.choice(template.stores)
        for position, text in template.texts:
            filled = text.replace(_ORDER, order).replace(_REQUEST, request).replace(_STORE, store)
            if "71000" in filled:
                filled = _NUMBERS.sub(lambda _: str(chance.randrange(10**7, 10**8)), filled)
            made.attributes[position].value.string_value = filled
        made.attributes[template.record_id].value.string_value = uuid7(at)
        return made

    def _template(self, number: int) -> _Template:
        kind = self._kind(number)
        shape = SHAPES[kind.platform]
        status, body = shape.answer(kind.code, kind.text)
        exchange = Exchange(
            method="POST",
            url=shape.url.format(resource=kind.resource),
            request_headers={"Content-Type": "application/json", "User-Agent": "sync/3.2", "Authorization": "Bearer x"},
            request_body=json.dumps(_sent(kind)).encode(),
            status=status,
            response_headers={shape.request_id: _REQUEST, "Server": "nginx", "CF-RAY": "71000009", "Date": "71000010"},
            response_body=json.dumps(body).encode(),
            elapsed=0.1 + number % 40 / 20,
        )
        raw = get_adapter(kind.platform).handle_error(exchange)
        assert raw is not None, kind
        record = self._pipeline.run(raw.but(store=_STORE, objects={**raw.objects, "order": _ORDER}))
        assert record is not None, kind
        values = to_attributes(record)
        texts = [
            (position, text)
            for position, text in enumerate(values.values())
            if isinstance(text, str) and (_ORDER in text or _REQUEST in text or _STORE in text or "71000" in text)
        ]
        made = log(values, event_name=names.EVENT_API_EXCEPTION, severity_number=13, body=kind.text)
        # One store where the grouping holds it, whatever the catalog's row said before the answer was judged.
        stores = kind.stores[:1] if record.shipped_category.value in SPLIT else kind.stores
        return _Template(made, tuple(texts), list(values).index(names.RECORD_ID), stores)

    def _kind(self, number: int) -> _Kind:
        platform = PLATFORMS[number % len(PLATFORMS)]
        turn, at = divmod(number // len(PLATFORMS), len(_codes(platform)))
        code, text, category = _codes(platform)[at]
        chance = random.Random(number)
        stores = [store_name(chance.randrange(40)) for _ in range(min(12, int(chance.paretovariate(0.9))))]
        if category in SPLIT:
            stores = [store_name(turn)]
        return _Kind(platform, RESOURCES[turn % len(RESOURCES)], code, text, tuple(stores))


def store_name(number: int) -> str:
    """Return the name of a store: `us-kiln-07`."""
    return f"{REGIONS[number % len(REGIONS)]}-kiln-{number:02d}"


@cache
def _codes(platform: str) -> tuple[tuple[str, str, str], ...]:
    """Return (code, text, category) of the codes of a platform that mean one thing."""
    # PayPal takes words in capitals alone as the issue of a detail; a code with `*` is a pattern of codes.
    rows = [row for row in shipped(platform).rows if row.code and "*" not in str(row.code)]
    if platform == "paypal":
        rows = [row for row in rows if str(row.code).isupper()]
    by_code: dict[str, list[Any]] = {}
    for row in rows:
        by_code.setdefault(str(row.code), []).append(row)
    return tuple(
        (code, found[0].explanation["en"], found[0].category.value)
        for code, found in by_code.items()
        if len(found) == 1
    )


def _sent(kind: _Kind) -> dict[str, Any]:
    order = {
        "id": int(_ORDER),
        "kind": kind.resource,
        "currency": "EUR",
        "total": "71000002",
        "lines": [
            {"sku": f"SKU-7100000{line}", "title": "Mug, blue", "quantity": 1 + line % 3, "price": f"7100010{line}"}
            for line in range(3, 7)
        ],
        "customer": {"email": "buyer@example.com", "first_name": "Ana", "phone": "+4915112345678"},
    }
    if kind.platform != "shopify":
        return order
    call = f"{kind.resource}Update(input: $input) {{ userErrors {{ code message }} }}"
    return {"query": f"mutation save($input: Input!) {{ {call} }}", "variables": {"input": order}}
