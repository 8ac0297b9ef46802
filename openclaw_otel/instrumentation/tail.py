"""Bodies the application reads later: we see what it reads, never read for it, and decide when it has finished."""

from __future__ import annotations

import weakref
import zlib
from dataclasses import replace
from typing import Any

from openclaw_otel.exceptions import exception_info
from openclaw_otel.instrumentation.call import Call, guarded
from openclaw_otel.instrumentation.capture import BODY_CAP
from openclaw_otel.record import Exchange

_TEXTUAL = ("json", "xml", "text", "html", "x-www-form-urlencoded")


class Tail:
    """The rest of a call whose answer has come and whose body has not been read.

    Holds the response weakly, so that it is collected when the application lets go of it; the call then ends too.
    """

    def __init__(self, call: Call, response: Any, exchange: Exchange, *, encoded: bool = False) -> None:
        self._call = call
        self._exchange = exchange
        self._encoded = encoded
        self._parts: list[bytes] = []
        self._size = 0
        self._watched: tuple[str, ...] = ()
        self._response = weakref.ref(response)
        self._on_collect = weakref.finalize(response, call.calls.abandoned.append, self)

    def watch(self, **methods: Any) -> None:
        """Put our methods over the response's own until the call ends.

        They hold the response, so that a bare `response.read` keeps it alive as ever; taking them away again keeps
        that from becoming a cycle for everybody who reads or closes.
        """
        response = self._response()
        if response is not None:
            self._watched = tuple(methods)
            vars(response).update(methods)

    def feed(self, data: Any) -> None:
        """Note what the application has just read."""
        if isinstance(data, bytes) and data and self._size <= BODY_CAP:
            self._parts.append(data[: BODY_CAP + 1 - self._size])
            self._size += len(data)

    @guarded
    def finish(self, error: BaseException | None = None) -> None:
        """End the call with what was read; `error` when reading failed."""
        if self._call.done:
            return
        self._on_collect.detach()
        response = self._response()
        for name in self._watched if response is not None else ():
            vars(response).pop(name, None)
        body = b"".join(self._parts)
        truncated = len(body) > BODY_CAP
        if truncated and (self._exchange.status or 0) < 400 and error is None:
            body = b""  # a long fine answer: not looked into
        if self._encoded:
            body = decoded(body, self._exchange.response_headers.get("content-encoding", ""))
        exchange = replace(self._exchange, response_body=body[:BODY_CAP], response_truncated=truncated)
        if error is not None:
            exchange = replace(exchange, error=exception_info(error))
        self._parts.clear()
        self._call.finish(exchange, *(each for each in (error, response) if each is not None))


def worth_waiting(exchange: Exchange) -> bool:
    """Say whether the body may tell something: every error answer, and short textual fine ones."""
    status = exchange.status or 0
    if status >= 400:
        return True
    kind = exchange.response_headers.get("content-type", "").lower()
    length = exchange.response_headers.get("content-length", "0")
    return any(word in kind for word in _TEXTUAL) and (not length.isdecimal() or int(length) <= BODY_CAP)


def decoded(body: bytes, encoding: str) -> bytes:
    """Return as much of a gzip or deflate body as can be decoded, at most the cap; any other as it is."""
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return body
    for window in (47, -15):
        try:
            return zlib.decompressobj(window).decompress(body, BODY_CAP + 1)
        except zlib.error:
            continue
    return body
