"""Telling copies of one exception apart from equal failures, by where telemetry shows them.

The same text on a child span and then on its parent is one exception passing through; the same text on two siblings
is two failures. A log and a span event of one span that say the same are a pair: each takes one of the other, so that
fifty logs of fifty failing orders stay fifty.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import format_span_id, format_trace_id

from openclaw_otel import attributes as names

_KEPT = 4096
Key = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """One appearance of an exception in telemetry."""

    side: Literal["span", "log"]
    type: str
    message: str
    stack: str
    trace_id: int
    span_id: int
    parent_id: int = 0

    @classmethod
    def of_span(cls, span: ReadableSpan, attributes: Mapping[str, Any]) -> Seen:
        """Return the appearance on a span's event."""
        context, parent = span.context, span.parent
        return cls(
            "span",
            *_texts(attributes),
            trace_id=context.trace_id if context else 0,
            span_id=context.span_id if context else 0,
            parent_id=parent.span_id if parent else 0,
        )

    @classmethod
    def of_log(cls, record: Any, attributes: Mapping[str, Any]) -> Seen:
        """Return the appearance in a log record."""
        return cls("log", *_texts(attributes), trace_id=record.trace_id or 0, span_id=record.span_id or 0)

    @property
    def trace_hex(self) -> str | None:
        """The trace id as records carry it."""
        return format_trace_id(self.trace_id) if self.trace_id else None

    @property
    def span_hex(self) -> str | None:
        """The span id as records carry it."""
        return format_span_id(self.span_id) if self.span_id else None


class Copies:
    """The most recent appearances. Thread safe and bounded."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._aliases: OrderedDict[str, str] = OrderedDict()
        self._from_children: OrderedDict[Key, str] = OrderedDict()
        self._unpaired: OrderedDict[tuple[str, Key], deque[str]] = OrderedDict()
        self._announced: OrderedDict[tuple[str, Key], deque[str]] = OrderedDict()
        self._lock = threading.Lock()

    def announce(self, seen: Seen, record_id: str) -> None:
        """Give an exception its id before telemetry shows it: an error tracker has just captured it.

        The next span event and the next log record of the same span that say the same take it.
        """
        with self._lock:
            for side in ("span", "log"):
                _queue(self._announced, (side, _key(seen, seen.span_id))).append(record_id)
            _cut(self._announced, self._kept)

    def id_for(self, seen: Seen, new_id: str, stamped: str | None = None) -> str:
        """Return the record id of an appearance: that of the exception it is a copy of, else `stamped`, else `new_id`.

        `stamped` is the id the exception object was given when it was recorded.
        """
        if not seen.trace_id:
            return stamped or new_id
        with self._lock:
            other = self._unpaired.get(("log" if seen.side == "span" else "span", _key(seen, seen.span_id)))
            paired = other.popleft() if other else None
            waiting = self._announced.get((seen.side, _key(seen, seen.span_id)))
            announced = waiting.popleft() if waiting else None  # taken even where a pair decides: one each
            child = self._from_children.get(_key(seen, seen.span_id)) if seen.side == "span" else None
            found = (
                (self._aliases.get(stamped) if stamped else None) or paired or stamped or announced or child or new_id
            )
            self._keep(seen, found, stamped, is_paired=paired is not None)
        return found

    def _keep(self, seen: Seen, record_id: str, stamped: str | None, *, is_paired: bool) -> None:
        if stamped and stamped != record_id:
            self._aliases[stamped] = record_id  # the log came first, with an id of its own
        if seen.side == "span":
            self._from_children[_key(seen, seen.parent_id)] = record_id
        if not is_paired:
            _queue(self._unpaired, (seen.side, _key(seen, seen.span_id))).append(record_id)
        for kept in (self._aliases, self._from_children, self._unpaired):
            _cut(kept, self._kept)


def _queue(queues: OrderedDict[tuple[str, Key], deque[str]], key: tuple[str, Key]) -> deque[str]:
    return queues.setdefault(key, deque(maxlen=256))


def _cut(kept: OrderedDict[Any, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)


def _key(seen: Seen, span_id: int) -> Key:
    return seen.trace_id, span_id, seen.type, seen.message


def _texts(attributes: Mapping[str, Any]) -> tuple[str, str, str]:
    kind, message, stack = (
        str(attributes.get(name, ""))
        for name in (names.EXCEPTION_TYPE, names.EXCEPTION_MESSAGE, names.EXCEPTION_STACKTRACE)
    )
    return kind, message, stack
