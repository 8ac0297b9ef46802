"""OTLP values → plain Python: attributes, ids, times; any bytes give a stated result."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

MOST_ATTRIBUTES = 1000
"""Of one item; further ones are counted in `otel.dropped_attributes_count`."""
LONGEST_TEXT = 64 * 1024
"""Characters of one attribute; the middle of a longer one is left out, because stacks tell most at both ends."""
DEEPEST = 32
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DROPPED = "otel.dropped_attributes_count"


def attributes(pairs: Sequence[KeyValue]) -> dict[str, Any]:
    """Return attributes as a dict; of a repeated key the last counts, an empty key is left out."""
    found: dict[str, Any] = {}
    for pair in pairs if len(pairs) <= MOST_ATTRIBUTES else pairs[:MOST_ATTRIBUTES]:
        key, item = pair.key, pair.value
        text = item.string_value
        if text and key and len(text) <= LONGEST_TEXT and "\0" not in text and "\0" not in key:
            found[key] = text  # nearly all there are: the way through `value` costs twice as much
        elif key:
            found[clean(key)] = value(item)
    if len(pairs) > MOST_ATTRIBUTES:
        found[DROPPED] = len(pairs) - MOST_ATTRIBUTES
    return found


def value(item: AnyValue, depth: int = 0) -> Any:
    """Return an AnyValue as str, bool, int, float, list, dict or None (the empty value); bytes as base64."""
    kind = item.WhichOneof("value")
    if kind == "string_value":
        return shorten(clean(item.string_value))
    if kind == "array_value":
        return [value(each, depth + 1) for each in item.array_value.values] if depth < DEEPEST else "[…]"
    if kind == "kvlist_value":
        if depth >= DEEPEST:
            return "{…}"
        return {clean(pair.key): value(pair.value, depth + 1) for pair in item.kvlist_value.values}
    if kind == "bytes_value":
        return shorten(base64.b64encode(item.bytes_value).decode())
    if kind == "double_value":
        number = item.double_value
        return number if number - number == 0 else str(number)  # JSON has no NaN and no infinity
    return getattr(item, kind) if kind else None


def clean(text: str) -> str:
    """Return the text with NUL, which PostgreSQL cannot store, made visible."""
    return text.replace("\0", "␀") if "\0" in text else text


def shorten(text: str, limit: int = LONGEST_TEXT) -> str:
    """Return the text with its middle left out when it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    return f"{text[: limit // 3]}\n[…]\n{text[-(limit - limit // 3 - 5) :]}"


def time(nanos: int) -> datetime | None:
    """Return a time of nanoseconds since 1970, or None when there is none."""
    return None if nanos <= 0 else _EPOCH + timedelta(microseconds=nanos // 1000)


def is_id(raw: bytes, length: int) -> bool:
    """Say whether an id has its length and is not all zero."""
    return len(raw) == length and raw.count(0) != length
