"""Recognising one failure when it shows up again: re-raised, wrapped by a client library, logged by the application.

A failed call is recorded once, by us. Afterwards the same failure often appears as an exception on the application's
own spans and in its logs. Those copies must carry the id of our record, or one failure would be counted twice.
In order of certainty: the exception or a response it holds is marked with our id · it was raised because of a marked
one · in the same trace, its text is that of our failure · or its text quotes it (the URL, the platform's message) ·
or it is of the client library that made the call.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MARK = "_openclaw_record_id"
_KEPT = 2048
_CHAIN = 10
_AFTER_NS = 60_000_000_000
"""Without a trace, how long after the failure a log line of the same text may come."""
_TELLING = 12
"""Shorter texts (`Not Found`) are no proof of anything."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What later copies of a recorded failure are recognised by. Raw texts: it never leaves the process."""

    record_id: str
    at: int
    """Nanoseconds since the epoch."""
    trace_id: int = 0
    type: str = ""
    message: str = ""
    quotes: tuple[str, ...] = ()
    """Texts that only this failure would bring: its URL without query, the platform's message, the request id."""
    packages: frozenset[str] = frozenset()
    """Client libraries that made the call."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What was made of it, as attributes: redacted, without texts and snapshot."""


class Failures:
    """The most recent failures of this process. Thread safe and bounded."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._by_id: OrderedDict[str, Failure] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, failure: Failure, *holders: object) -> None:
        """Keep the failure and mark the exceptions and responses that stand for it."""
        for holder in holders:
            mark(holder, failure.record_id)
        with self._lock:
            self._by_id[failure.record_id] = failure
            while len(self._by_id) > self._kept:
                self._by_id.popitem(last=False)

    def get(self, record_id: str) -> Failure | None:
        """Return the failure of a record id while it is remembered."""
        return self._by_id.get(record_id)

    def of(self, error: BaseException, *, trace_id: int = 0, at: int = 0) -> str | None:
        """Return the record id an exception belongs to, or None when it is a failure of its own."""
        found = marked(error)
        if found is not None:
            return found if found in self._by_id else None  # else a mark of something that is no failure of a call
        if not trace_id:
            return None
        kind = type(error)
        name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        return self.alike(name, _text(error), "", trace_id=trace_id, at=at)

    def alike(self, kind: str, message: str, stack: str, *, trace_id: int, at: int) -> str | None:
        """Return the record id of the failure an exception seen as text is a copy of, newest first."""
        with self._lock:
            recent = [f for f in reversed(self._by_id.values()) if f.at <= at]
        same_trace = [f for f in recent if trace_id and f.trace_id == trace_id]
        for failure in same_trace:
            if _same(failure, kind, message, stack) or _quotes(failure, message):
                return failure.record_id
        if same_trace and kind.partition(".")[0] in same_trace[0].packages:
            return same_trace[0].record_id
        if trace_id:
            return None
        near = (f for f in recent if at - f.at <= _AFTER_NS)
        return next((f.record_id for f in near if _same(f, kind, message, stack) or _quotes(f, message)), None)


def mark(holder: object, record_id: str) -> None:
    """Note on an exception or response which record stands for it; text only, so that it still pickles."""
    try:
        setattr(holder, MARK, record_id)
    except (AttributeError, TypeError):  # __slots__: the texts must do
        return


def marked(error: BaseException) -> str | None:
    """Return the record id an exception, one it was raised because of, or a response it holds, is marked with."""
    for link in _chain(error):
        for holder in (link, *_held(link)):
            found = _mark_of(holder)
            if found is not None:
                return found
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(_CHAIN):
        if link is None:
            return
        yield link
        link = link.__cause__ or (link.__context__ if _speaks_for_its_context(link) else None)


def _speaks_for_its_context(error: BaseException) -> bool:
    """Say whether an exception raised while another was handled stands for it.

    A library's own exception does, and whatever was raised `from None`; a KeyError in the handler is a bug of its own.
    """
    return error.__suppress_context__ or type(error).__module__ != "builtins"


def _held(error: BaseException) -> Iterator[Any]:
    yield from error.args
    yield from getattr(error, "__dict__", {}).values()


def _mark_of(holder: object) -> str | None:
    try:
        found = getattr(holder, "__dict__", {}).get(MARK)
    except Exception:  # noqa: BLE001 - foreign objects may do anything in attribute access
        return None
    return found if isinstance(found, str) else None


def _same(failure: Failure, kind: str, message: str, stack: str) -> bool:
    if kind == failure.type and message == failure.message:
        return True
    return len(failure.message) >= _TELLING and failure.message in stack


def _quotes(failure: Failure, message: str) -> bool:
    return any(len(quote) >= _TELLING and quote in message for quote in failure.quotes)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a broken __str__
        return ""
