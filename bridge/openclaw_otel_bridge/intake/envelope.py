"""The frame of Sentry's envelopes: a header line, then items of a header line and a payload; pure.

https://develop.sentry.dev/sdk/data-model/envelopes/#serialization-format
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from openclaw_otel_bridge.problems import Problem

MOST_ITEMS = 10_000
LONGEST_HEADER = 1000
"""Bytes of an item's header where one is looked for behind a broken item."""
_LINE = re.compile(rb"[^\n]")
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
    faults: tuple[str, ...] = ()
    """What is wrong with the items that could not be read."""

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
    """Return the envelope in `data`; what of it cannot be read is left out and named in `faults`.

    Raises:
        Problem: 400, nothing of it can be read, or it is endless; the message names the line or item that is wrong.
    """
    end = data.find(b"\n")
    header = _header(data if end < 0 else data[:end], "the envelope's header")
    items = _Items(data)
    found = tuple(items.read(len(data) if end < 0 else end + 1))
    if items.faults and not found:
        raise Problem(items.faults[0], code="bad_envelope")
    return Envelope(header, found, tuple(items.faults))


class _Items:
    """Reads items one after the other; where one is broken, goes on at the next line that can begin another."""

    def __init__(self, data: bytes) -> None:
        self.faults: list[str] = []
        self._data = data
        self._lost = False

    def read(self, at: int) -> Iterator[EnvelopeItem]:
        data, number = self._data, 0
        while start := _LINE.search(data, at):  # past trailing newlines, and those some SDKs put between items
            at = start.start()
            number += 1
            if number > MOST_ITEMS:
                raise Problem(f"the envelope holds more than {MOST_ITEMS} items", code="bad_envelope")
            end = _line_end(data, at)
            header = self._item_header(data[at:end], number)
            at = end + 1
            if header is None:
                continue
            stop = self._end(min(at, len(data)), header.get("length"), number)
            if stop is None:
                continue
            yield EnvelopeItem(header["type"], data[at:stop])
            at = stop + 1

    def _item_header(self, line: bytes, number: int) -> dict[str, Any] | None:
        """Return an item's header; None where the line is none, which is a fault once for all lines in a row."""
        if self._lost and not _may_begin(line):
            return None
        try:
            header = _header(line, f"the header of item {number}")
            if not isinstance(header.get("type"), str) or not header["type"]:
                raise Problem(f"item {number} has no type")
        except Problem as problem:
            if not self._lost:
                self.faults.append(problem.message)
            self._lost = True
            return None
        self._lost = False
        return header

    def _end(self, start: int, length: Any, number: int) -> int | None:
        """Return where a payload ends: after its length, or at the end of its line; None where it is cut.

        Some SDKs count characters where bytes are meant: a length that ends within a line is not believed.
        """
        data = self._data
        if not isinstance(length, int) or isinstance(length, bool) or length < 0:
            return _line_end(data, start)
        stop = start + length
        if stop > len(data):
            self.faults.append(f"item {number} ends after {len(data) - start} of {length} bytes")
            self._lost = True  # what follows is its payload, and perhaps a further item
            return None
        return stop if stop == len(data) or data[stop] == 0x0A else _line_end(data, stop)


def _line_end(data: bytes, at: int) -> int:
    end = data.find(b"\n", at)
    return len(data) if end < 0 else end


def _may_begin(line: bytes) -> bool:
    """Say whether a line after a broken item may be the header of the next, and not a payload."""
    return len(line) < LONGEST_HEADER and b'"type"' in line and b'"event_id"' not in line


def _header(line: bytes, what: str) -> dict[str, Any]:
    try:
        found = orjson.loads(line)
    except ValueError as error:
        raise Problem(f"{what} is not JSON: {error}", code="bad_envelope") from error
    if not isinstance(found, dict):
        raise Problem(f"{what} is not a JSON object", code="bad_envelope")
    return found
