"""Ids of orders and other objects out of a call: query, form and JSON bodies, by the names a platform gives them.

Leaf module; never raises on any bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openclaw_otel import bodies
from openclaw_otel.record import Exchange

_DEPTH = 3
_LIST = 3
"""How many entries of a list are looked at: one id is enough to find a failure by."""
_MAX_ID = 80
_MAX_BODY = 100_000


def named_ids(exchange: Exchange, kinds: Mapping[str, str]) -> dict[str, str]:
    """Return {kind: id} of what the request names; `kinds`: parameter or key (`order_sn`) → kind (`order`).

    The first of a kind wins: query, form, then JSON. Of a list the first entry counts.
    """
    found: dict[str, str] = {}
    body = exchange.request_body[:_MAX_BODY]
    document = bodies.read_json(body)
    sources = [query(exchange.url), {} if document is not None else bodies.read_form(body)]
    for source in sources:
        for name, kind in kinds.items():
            value = source.get(name, "").split(",", 1)[0].strip('[]" ')
            if value and len(value) <= _MAX_ID:
                found.setdefault(kind, value)
    for key, value in _inside(document, kinds, 0):
        found.setdefault(kinds[key], value)
    return found


def query(url: str) -> dict[str, str]:
    """Return the query parameters of a URL; of equal names the last wins; any text is taken."""
    try:
        return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=200))
    except ValueError:
        return {}


def _inside(value: Any, kinds: Mapping[str, str], depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEPTH:
        return
    for key, inner in bodies.mapping(value).items():
        if key in kinds:
            first = inner[0] if isinstance(inner, list) and inner else inner
            name = bodies.code(first)
            if name and len(name) <= _MAX_ID:
                yield key, name
                continue
        if isinstance(inner, Mapping):
            yield from _inside(inner, kinds, depth + 1)
        elif isinstance(inner, list):
            for one in inner[:_LIST]:
                yield from _inside(one, kinds, depth + 1)
