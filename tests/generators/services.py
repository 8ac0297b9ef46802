"""Exceptions of services as spans with stacks: one template per kind, then varied per event."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.bridge.otlp_messages import exception_event, span

VERBS = (
    "push", "pull", "map", "sync", "load", "save", "price", "ship", "refund", "quote", "book", "match", "merge",
    "parse", "render", "reserve", "release", "round", "split", "total", "track", "update", "verify", "import",
    "export", "fetch", "close", "open", "count", "check", "cancel", "apply", "assign", "build", "convert", "delete",
)  # fmt: skip
NOUNS = (
    "order", "refund", "stock", "listing", "payout", "label", "webhook", "token", "price", "address", "invoice",
    "parcel", "variant", "tax", "voucher", "return", "claim", "review", "picture", "bundle", "batch", "wallet",
    "shipment", "carrier", "currency", "discount", "ledger", "message", "warehouse", "category", "brand", "customs",
    "customer", "basket", "payment", "dispute", "size", "region", "campaign", "settlement", "quota", "route",
    "manifest", "barcode", "supplier", "contract", "deposit", "fee", "margin", "forecast", "report", "schedule",
    "queue", "cursor", "cache", "index", "session", "profile", "setting", "channel", "template", "feed", "attribute",
    "courier", "slot", "zone",
)  # fmt: skip
FAULTS = (
    ("KeyError", "'sku-{order}'"),
    ("erp.errors.Refused", "document {order} refused: the period is closed"),
    ("sqlalchemy.exc.OperationalError", "could not serialize access to order {order}"),
    ("requests.exceptions.ReadTimeout", "HTTPSConnectionPool(host='erp.internal', port=443): Read timed out."),
    ("ValueError", "cannot map {order}: unexpected value of the platform"),
)
SERVICES = ("erp-sync", "pricing", "checkout", "stock", "labels", "payouts", "ledger", "feeds", "tax", "mailer")
_MARK = "4815162342108"


@dataclass(frozen=True)
class _Template:
    root: Span
    failed: Span
    message: str
    stack: str


class Raised:
    """Kinds of exceptions by number: each is an issue of its own."""

    SPANS = 2
    """Of each trace: the request, and the step in it that failed."""

    def __init__(self, seed: int) -> None:
        self._templates: dict[int, _Template] = {}

    def service(self, number: int) -> str:
        """Return the service that raises it."""
        return SERVICES[number % len(SERVICES)]

    def spans(self, number: int, at: datetime, chance: random.Random) -> list[Span]:
        """Return one occurrence as a trace of two spans."""
        template = self._templates.get(number)
        if template is None:
            template = self._templates[number] = _template(number, self.service(number))
        nanos = int(at.timestamp() * 1_000_000) * 1000
        trace, order = chance.randbytes(16), f"{chance.randrange(10**12, 10**13)}"
        root, failed = Span(), Span()
        root.CopyFrom(template.root)
        failed.CopyFrom(template.failed)
        for each, took in ((root, 900), (failed, 400)):
            each.trace_id, each.span_id = trace, chance.randbytes(8)
            each.end_time_unix_nano = nanos
            each.start_time_unix_nano = nanos - took * chance.randrange(10**5, 10**7)
            each.attributes[0].value.string_value = f"/v1/{order}/{template.failed.name}"
        failed.parent_span_id = root.span_id
        event = failed.events[0]
        event.time_unix_nano = nanos
        event.attributes[1].value.string_value = template.message.replace(_MARK, order)
        event.attributes[2].value.string_value = template.stack.replace(_MARK, order)
        return [root, failed]


def _template(number: int, service: str) -> _Template:
    function = f"{VERBS[number % len(VERBS)]}_{NOUNS[number // len(VERBS) % len(NOUNS)]}"
    turn = number // (len(VERBS) * len(NOUNS))
    kind, text = FAULTS[(number + turn) % len(FAULTS)]
    chance = random.Random(number)
    module = service.replace("-", "_")
    frames = [
        f'  File "/srv/app/{module}/{NOUNS[chance.randrange(len(NOUNS))]}.py", line {chance.randrange(20, 400)}, '
        f"in {VERBS[chance.randrange(len(VERBS))]}_all\n    return step(payload, context)\n"
        for _ in range(chance.randrange(4, 18))
    ]
    frames.append(
        f'  File "/srv/app/{module}/part{turn}.py", line {chance.randrange(20, 400)}, in {function}\n'
        f"    raise problem\n"
    )
    message = text.format(order=_MARK)
    stack = f"Traceback (most recent call last):\n{''.join(frames)}{kind}: {message}\n"
    attributes = {"url.path": "", "http.request.method": "POST", "thread.name": f"worker-{number % 8}"}
    return _Template(
        span(failed=False, kind=Span.SPAN_KIND_SERVER, name=f"POST /{function}", attributes=attributes),
        span(exception_event(kind, "", ""), kind=Span.SPAN_KIND_INTERNAL, name=function, attributes=attributes),
        message,
        stack,
    )
