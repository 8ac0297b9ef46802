"""The frame of Sentry's envelopes: a header line, then items of a header line and a payload; pure.

https://develop.sentry.dev/sdk/data-model/envelopes/#serialization-format
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from openclaw_otel_bridge.problems import Problem

MOST_ITEMS = 10_000
CATEGORIES: Mapping[str, str] = {
    "event": "error",
    "transaction": "transaction",
    "span": "span",
    "session": "session",
    "sessions": "session",
    "attachment": "attachment",
    "log": "log_item",
    "trace_metric": "trace_metric",
    "client_report": "internal",
    "profile": "profile",
    "profile_chunk": "profile_chunk",
    "check_in": "monitor",
    "feedback": "feedback",
    "user_report": "feedback",
}
"""Item type → data category as SDKs name it in rate limits; all others are `default`."""


@dataclass(frozen=True, slots=True)
class EnvelopeItem:
    """One item: its type and what it carries."""

    type: str
    payload: bytes

    @property
    def category(self) -> str:
        """The data category of the item."""
        return CATEGORIES.get(self.type, "default")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A whole envelope."""

    header: Mapping[str, Any]
    items: tuple[EnvelopeItem, ...]

    @property
    def event_id(self) -> str | None:
        """The id of the event the envelope is about, as its header names it."""
        found = self.header.get("event_id")
        return found if isinstance(found, str) else None

    @property
    def key(self) -> str:
        """The public key in the DSN of the header, where a browser sends no other; "" without one."""
        dsn = self.header.get("dsn")
        try:
            return (urlsplit(dsn).username or "") if isinstance(dsn, str) else ""
        except ValueError:
            return ""


def parse_envelope(data: bytes) -> Envelope:
    """Return the envelope in `data`.

    Raises:
        Problem: 400; the message names the line or item that is wrong.
    """
    end = data.find(b"\n")
    header = _header(data if end < 0 else data[:end], "the envelope's header")
    return Envelope(header, tuple(_items(data, len(data) if end < 0 else end + 1)))


def _items(data: bytes, at: int) -> Iterator[EnvelopeItem]:
    size, number = len(data), 0
    while at < size:
        if data[at] == 0x0A:  # trailing newlines, and those some SDKs put between items
            at += 1
            continue
        number += 1
        if number > MOST_ITEMS:
            raise Problem(f"the envelope holds more than {MOST_ITEMS} items", code="bad_envelope")
        end = data.find(b"\n", at)
        end = size if end < 0 else end
        header = _header(data[at:end], f"the header of item {number}")
        kind = header.get("type")
        if not isinstance(kind, str) or not kind:
            raise Problem(f"item {number} has no type", code="bad_envelope")
        start = min(end + 1, size)
        stop = _end(data, start, header.get("length"), number)
        yield EnvelopeItem(kind, data[start:stop])
        at = stop + 1


def _end(data: bytes, start: int, length: Any, number: int) -> int:
    """Return where a payload ends: after its length, or at the end of its line."""
    if length is None:
        found = data.find(b"\n", start)
        return len(data) if found < 0 else found
    if not isinstance(length, int) or isinstance(length, bool) or length < 0:
        raise Problem(f"item {number}: length {str(length)[:40]!r} is not a whole number", code="bad_envelope")
    stop = start + length
    if stop > len(data):
        raise Problem(f"item {number} ends after {len(data) - start} of {length} bytes", code="bad_envelope")
    if stop < len(data) and data[stop] != 0x0A:
        raise Problem(f"item {number}: no newline after its {length} bytes", code="bad_envelope")
    return stop


def _header(line: bytes, what: str) -> dict[str, Any]:
    try:
        found = orjson.loads(line)
    except ValueError as error:
        raise Problem(f"{what} is not JSON: {error}", code="bad_envelope") from error
    if not isinstance(found, dict):
        raise Problem(f"{what} is not a JSON object", code="bad_envelope")
    return found
