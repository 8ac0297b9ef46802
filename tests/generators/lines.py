"""Labelled lines: failed calls, exceptions of four runtimes, deliveries; each with what was planted in it.

`{"id", "platform", "exchange": HAR entry, "exception", "canaries": [{"kind", "value"}], "ids"}` of a call,
`{"id", "service", "attributes", "exception", "canaries", "ids"}` of an exception,
`{"id", "platform", "delivery": {"method", "url", "headers", "body"}, "canaries", "ids"}` of a delivery.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.generators.exchanges import PLATFORMS, exchange
from tests.generators.planted import Planter

Line = dict[str, Any]
WEBHOOK_SECRET = "the secret of the stores that take deliveries"


def lines(seed: int, count: int) -> Iterator[Line]:
    """Yield so many lines; every platform and every kind is among the first forty."""
    platforms = [*PLATFORMS]
    for number in range(count):
        p = Planter(f"{seed}/{number}")
        kind = number % 20
        if kind < len(platforms):
            line = call(p, platforms[kind])
        elif kind < 17:
            line = raised(p, [*STACKS][kind - len(platforms)])
        else:
            line = delivery(p, "shopify" if number % 2 else "woocommerce", genuine=kind != 19)
        text = json.dumps(line, ensure_ascii=False) + "".join(texts(line))
        canaries = [each for each in p.canaries if each["value"] in text or quote(each["value"], safe="@") in text]
        ids = [each for each in p.ids if each in text]
        yield {"id": f"g{seed}-{number}", **line, "canaries": canaries, "ids": ids}


def texts(value: Any) -> Iterator[str]:
    """Yield every text inside JSON-like data, JSON inside texts read."""
    if isinstance(value, str):
        yield value
        if value[:1] in "{[" and value[1:]:
            try:
                yield from texts(json.loads(value))
            except ValueError:
                return
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


def read(path: Path) -> Iterator[Line]:
    """Yield the lines of a file of the same shape."""
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def call(p: Planter, platform: str) -> Line:
    """Return a failed call, mostly with the exception it raised."""
    entry = exchange(p, platform)
    told = p.random.random() < 0.8
    return {"platform": platform, "exchange": entry, "exception": client_error(p, entry) if told else None}


def client_error(p: Planter, entry: Mapping[str, Any]) -> dict[str, str]:
    """Return what a client library raises: with the URL, the answer, and frames that show the arguments."""
    request = entry["request"]
    answer = (entry["response"] or {}).get("content", {}).get("text", "Connection aborted.")
    told = p.pick(f"body={answer}", f"body={answer!r}", f"HTTPError 400: {request['postData']['text']}")
    message = f"{p.pick('422 Client Error', 'Request failed')} for url: {request['url']}\n{told}"
    stack = python_stack(p, "requests.exceptions.HTTPError", message, f"headers={dict_of(request['headers'])!r}")
    return {"type": "requests.exceptions.HTTPError", "message": message, "stacktrace": stack}


def dict_of(headers: list[dict[str, str]]) -> dict[str, str]:
    """Return listed headers as a mapping."""
    return {header["name"]: header["value"] for header in headers}


def python_stack(p: Planter, kind: str, message: str, code: str) -> str:
    return (
        "Traceback (most recent call last):\n"
        f'  File "/srv/shopd/{p.pick("orders", "stock", "labels")}/sync.py", line {p.digits(2)}, in push\n    {code}\n'
        f"{kind}: {message}\n"
    )


def node_stack(p: Planter, kind: str, message: str, code: str) -> str:
    at = f"    at push (/usr/src/app/dist/{p.pick('orders', 'stock')}.js:{p.digits(2)}:11)"
    return f"{kind}: {message}\n{at}\n    at async run (node:internal/x:1:2) {{\n  config: {{ {code} }}\n}}"


def java_stack(p: Planter, kind: str, message: str, code: str) -> str:
    at = f"\tat com.kiln.{p.pick('Orders', 'Stock')}.push(Orders.java:{p.digits(2)})"
    return f"{kind}: {message}\n{at}\nCaused by: java.lang.IllegalStateException: {code}\n\t... 12 more"


def php_stack(p: Planter, kind: str, message: str, code: str) -> str:
    head = f"{kind}: {message} in /var/www/shop/src/Order.php:{p.digits(2)}"
    return f"{head}\nStack trace:\n#0 Order->push('{code}')\n#1 {{main}}"


STACKS: Mapping[str, tuple[str, Callable[[Planter, str, str, str], str]]] = {
    "python": ("kiln.errors.SyncError", python_stack),
    "node": ("AxiosError", node_stack),
    "java": ("com.kiln.PushException", java_stack),
    "php": ("Kiln\\PushException", php_stack),
}


def raised(p: Planter, runtime: str) -> Line:
    """Return an exception of a service, with what its span knew."""
    kind, stack = STACKS[runtime]
    payload = {"email": p.email(), "phone": p.phone(), "name": p.name(), "order_id": p.keep(p.digits(11))}
    message = p.pick(
        f"{p.sentence()} (order {p.keep(p.digits(11))})",
        f"cannot map {json.dumps(payload, ensure_ascii=False)}",
        f"Duplicate entry '{p.email()}' for key 'customers.email'",
        f"connect to postgresql://app:{p.secret()}@db.internal:5432/shop failed",
    )
    code = p.pick(
        f"client.push(token='{p.token()}')", f"Authorization: Bearer {p.secret()}", f'password: "{p.secret()}"',
        f"send({payload!r})",
    )  # fmt: skip
    attributes = {
        "service.name": "stock-sync",
        "url.full": f"https://shop.example/checkout?email={p.email()}&token={p.secret()}",
        "http.request.header.authorization": f"Bearer {p.token()}",
        "user.email": p.email(),
        "enduser.id": p.email(),
        "db.query.text": f"select * from customers where email = '{p.email()}'",
        "order.id": p.keep(p.digits(12)),
        "buyer.phone": p.phone(),
    }
    return {
        "service": "stock-sync",
        "attributes": attributes,
        "exception": {"type": kind, "message": message, "stacktrace": stack(p, kind, message, code)},
    }


def delivery(p: Planter, platform: str, *, genuine: bool) -> Line:
    """Return a delivery, signed with WEBHOOK_SECRET or forged."""
    make = PLATFORMS[platform].buyer
    body = json.dumps({"id": int(p.digits(12)), **make(p)}, ensure_ascii=False)
    digest = hmac.new(WEBHOOK_SECRET.encode(), body.encode(), hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode() if genuine else p.plant("signature", f"{p.of('abcdefghij', 40)}=")
    names = (
        ("X-Shopify-Hmac-Sha256", "X-Shopify-Topic", "X-Shopify-Webhook-Id")
        if platform == "shopify"
        else ("X-WC-Webhook-Signature", "X-WC-Webhook-Topic", "X-WC-Webhook-Delivery-ID")
    )
    headers = dict(zip(names, (signature, "orders/create", p.made("{8h}-{4h}-4{3h}-a{3h}-{12h}")), strict=True))
    headers |= {"Content-Type": "application/json", "Authorization": f"Bearer {p.token()}", "Cookie": f"s={p.secret()}"}
    headers |= {"X-Forwarded-User": p.email(), "X-Shopify-Shop-Domain": "kiln.myshopify.com"}
    url = f"https://hooks.example.com/in?token={p.secret()}&email={p.email()}"
    return {"platform": platform, "delivery": {"method": "POST", "url": url, "headers": headers, "body": body}}
