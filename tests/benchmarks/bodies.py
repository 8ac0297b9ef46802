"""Bodies and batches like those platforms and senders make; every run makes the same ones, with fresh ids."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.generators.exchanges import PLATFORMS
from tests.generators.planted import Planter

HOSTS = ("demo.myshopify.com", "api-m.paypal.com", "api.mercadolibre.com", "partner.shopeemobile.com")
MODULES = ("orders", "refunds", "stock", "listings", "payouts", "labels", "webhooks", "tokens")
FAULTS = (
    ("erp_sync.errors.Throttled", "order {order} throttled, contact {email}", 429),
    ("erp_sync.errors.Refused", "payout batch {order} refused for {email}: account is restricted", 422),
    ("requests.exceptions.ReadTimeout", "HTTPSConnectionPool(host='{host}', port=443): Read timed out.", None),
    ("KeyError", "'sku-{order}'", 200),
)


def orders(count: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Yield orders as platforms answer with: persons, addresses, lines, links."""
    chance = random.Random(seed)
    for number in range(count):
        person = {"first_name": f"Ana{number}", "last_name": "Souza", "email": f"buyer{number}@example.com"}
        yield {
            "id": 10**12 + number,
            "name": f"#{1000 + number}",
            "currency": "EUR",
            "total_price": f"{chance.randint(100, 99999) / 100:.2f}",
            "customer": {**person, "phone": f"+49151{chance.randint(10**7, 10**8 - 1)}", "note": "ring twice"},
            "shipping_address": {**person, "address1": f"Hauptstr. {number}", "city": "Bonn", "zip": "53111"},
            "line_items": [
                {"id": 10**11 + line, "sku": f"SKU-{line:05d}", "title": "Mug, blue", "quantity": 1 + line % 3}
                for line in range(chance.randint(1, 12))
            ],
            "tags": ["wholesale", "eu"],
            "order_status_url": f"https://{HOSTS[0]}/orders/{chance.getrandbits(128):032x}/authenticate?key=abc",
        }


def documents(count: int) -> list[str]:
    """Return orders as the JSON of a response body."""
    return [json.dumps({"orders": [order]}) for order in orders(count)]


def log_lines(size: int) -> str:
    """Return log lines and frames with nothing to find."""
    lines, total = list[str](), 0
    while total < size:
        number = len(lines)
        lines.append(
            f"2026-03-01 10:00:{number % 60:02d} INFO worker-3 batch finished in 3.{number % 9} s\n"
            f'  File "/srv/app/orders.py", line {number % 900}, in step_{number % 40}\n    return call(order)\n'
        )
        total += len(lines[-1])
    return "".join(lines)[:size]


class Impersonal(Planter):
    """Makes sentences about nobody."""

    def sentence(self) -> str:
        return self.pick(
            "Quantity must be positive", "sku MUG-3 is not active in this region", "请求过于频繁，请稍后重试"
        )

    def email(self) -> str:
        return self.pick("limit", "sku", "status")


def answers(count: int, seed: int = 7) -> list[str]:
    """Return JSON bodies of failed calls to every platform; as in the field, one in eight speaks of a buyer."""
    planters, texts = (Planter(seed), Impersonal(seed)), list[str]()
    while len(texts) < count:
        shape = PLATFORMS[planters[1].pick(*PLATFORMS)]
        planter = planters[len(texts) % 8 != 0]
        body = planter.pick(*shape.refusals)[1](planter) if planter is planters[1] else shape.buyer(planter)
        if not isinstance(body, str):
            texts.append(json.dumps(body, ensure_ascii=planter.random.random() < 0.5))
    return texts


def batch(spans: int, seed: int = 7) -> bytes:
    """Return an export request of failed calls, each with its exception and stack."""
    chance = random.Random(seed)
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    _put(group.resource.attributes, {"service.name": "erp-sync", "deployment.environment.name": "prod"})
    scope = group.scope_spans.add()
    for number in range(spans):
        kind, message, status = FAULTS[number % len(FAULTS)]
        host = HOSTS[chance.randrange(len(HOSTS))]
        module = MODULES[chance.randrange(len(MODULES))]
        order = chance.randint(10**9, 10**10)
        span = scope.spans.add(name="POST", kind=3, trace_id=os.urandom(16), span_id=os.urandom(8))
        span.start_time_unix_nano = time.time_ns() - 10**8
        span.end_time_unix_nano = time.time_ns()
        span.status.code = 2
        called = {"http.request.method": "POST", "url.full": f"https://{host}/v1/orders/{order}/{module}"}
        _put(span.attributes, called | ({} if status is None else {"http.response.status_code": str(status)}))
        event = span.events.add(name="exception", time_unix_nano=span.end_time_unix_nano)
        text = message.format(order=order, host=host, email=f"buyer{number}@example.com")
        stack = _stack(module, chance.randint(6, 24), f"{kind}: {text}")
        _put(
            event.attributes,
            {"exception.type": kind, "exception.message": text, "exception.stacktrace": stack},
        )
    return request.SerializeToString()


def _stack(module: str, depth: int, last: str) -> str:
    frames = (
        f'  File "/srv/app/erp_sync/{module if level == depth - 1 else MODULES[level % len(MODULES)]}.py", '
        f"line {40 + level}, in step_{level}\n    return call(order)\n"
        for level in range(depth)
    )
    return f"Traceback (most recent call last):\n{''.join(frames)}{last}"


def _put(attributes: Any, values: dict[str, str]) -> None:
    for key, value in values.items():
        attributes.add(key=key).value.string_value = value
