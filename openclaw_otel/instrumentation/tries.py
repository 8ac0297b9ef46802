"""The tries of one call of a client library that retries by itself: their failures are held until the last is known.

Between two tries nobody can tell whether another one follows; when the library's own function returns, everybody can.
So a failure inside it waits, a later try of the same request carries the same call on, and what stands at the end is
recorded: one span, one record, `http.request.resend_count`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opentelemetry import context as otel_context

from openclaw_otel.failures import mark
from openclaw_otel.record import Exchange

if TYPE_CHECKING:
    from openclaw_otel.instrumentation.call import Call, Site

_TRIES = otel_context.create_key("openclaw-tries")


@dataclass(frozen=True, slots=True)
class Held:
    """A failed try that may be tried again."""

    call: Call
    exchange: Exchange
    holders: tuple[object, ...]
    site: Site
    at: int
    """When it failed, nanoseconds since the epoch."""
    turn: int


class Tries:
    """One call of a library's retrying function. It runs in one thread or task, so nothing is locked."""

    def __init__(self, library: str, *, whole: bool) -> None:
        self.library = library
        self.whole = whole
        """True where all requests inside are steps of one call: whatever fails on the way, it fails once."""
        self.turn = 0
        """Counted up where the library starts over; a request repeated within one turn is another request."""
        self._held: list[Held] = []
        self._closed = False

    def hold(self, call: Call, exchange: Exchange, holders: tuple[object, ...]) -> bool:
        """Keep a failure until it is known to be final; False when it is none, or final already."""
        if self._closed or call.judge(exchange) is None:
            return False
        self._held.append(Held(call, exchange, holders, call.site(), time.time_ns(), self.turn))
        for holder in holders:  # spans the exception passes on its way show the id the record will have
            mark(holder, call.record_id)
        return True

    def resume(self, method: str, url: str) -> Call | None:
        """Return the held call whose request is now sent again."""
        for position, held in enumerate(self._held):
            again = self.whole or held.turn < self.turn
            if again and held.call.method == method and held.call.url == url:
                return self._held.pop(position).call
        return None

    def close(self) -> None:
        """Record what stands: the last failure, and where the steps were separate calls, every one."""
        self._closed = True
        last: Held | None = None
        for held in reversed(self._held):
            if last is None or not self.whole:
                held.call.close(held)
                last = held
            else:
                held.call.close(held, last.call.record_id)
        self._held.clear()


def under_way() -> Tries | None:
    """Return the library call this code runs inside of."""
    found = otel_context.get_value(_TRIES)
    return found if isinstance(found, Tries) else None


@contextmanager
def one_call(library: str, *, whole: bool) -> Iterator[None]:
    """Bracket a library's retrying function; inside another one of the same library it is a part of that."""
    outer = under_way()
    if outer is not None and outer.library == library:
        yield
        return
    tries = Tries(library, whole=whole)
    token = otel_context.attach(otel_context.set_value(_TRIES, tries))
    try:
        yield
    finally:
        otel_context.detach(token)
        tries.close()
