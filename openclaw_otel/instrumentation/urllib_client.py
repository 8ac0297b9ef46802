"""urllib: `OpenerDirector.open` is the call; redirects and authentication come through it again.

An error answer is raised as HTTPError with its body unread. Its beginning is read here, as whoever catches it would,
and given back through the same object: without it the platform's code would not be known.
"""

from __future__ import annotations

import io
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Any

from opentelemetry import propagate
from wrapt import wrap_function_wrapper

from openclaw_otel.instrumentation.call import Call, active, guarded
from openclaw_otel.instrumentation.capture import BODY_CAP, capped
from openclaw_otel.instrumentation.switch import Switch
from openclaw_otel.instrumentation.tail import Tail, decoded, worth_waiting
from openclaw_otel.record import Exchange, Headers

Wrapped = Callable[..., Any]


def patch(switch: Switch) -> None:
    """Wrap the method, once per process; it does nothing while the switch is off."""

    def open_(wrapped: Wrapped, opener: urllib.request.OpenerDirector, args: Any, kwargs: Any) -> Any:
        calls = switch.calls
        if calls is None or active(opener) is not None:
            return wrapped(*args, **kwargs)
        target = args[0] if args else kwargs.get("fullurl")
        url = target.full_url if isinstance(target, urllib.request.Request) else target
        if not isinstance(url, str) or not url.startswith(("http:", "https:")):
            return wrapped(*args, **kwargs)
        data = args[1] if len(args) > 1 else kwargs.get("data")
        call = calls.begin(opener, _method(target, data), url)
        if call is None:
            return wrapped(*args, **kwargs)
        # `open` would build the same Request of a URL; ours lets us see the headers that were sent.
        call.request = target if isinstance(target, urllib.request.Request) else urllib.request.Request(target, data)
        rest = {name: value for name, value in kwargs.items() if name != "fullurl"}
        return _run(call, wrapped, (call.request, *args[1:]), rest)

    wrap_function_wrapper(urllib.request.OpenerDirector, "open", open_)


def _run(call: Call, wrapped: Wrapped, args: Any, kwargs: Any) -> Any:
    call.enter()
    try:
        if call.sends_context:
            propagate.inject(call.request.headers)
        while True:
            try:
                response = wrapped(*args, **kwargs)
            except Exception as error:
                exchange = _failed_exchange(call, error)
                wait = _wait(call, exchange, error)
                if wait is None:
                    _raised(call, error, exchange)
                    raise
                if isinstance(error, urllib.error.HTTPError):
                    error.close()
            else:
                break
            call.resends += 1
            time.sleep(wait)
    except BaseException as error:
        call.abort(error)
        raise
    finally:
        call.leave()
    if not _returned(call, response):
        call.give_up()
    return response


@guarded
def _wait(call: Call, exchange: Exchange | None, failure: Exception) -> float | None:
    policy = call.calls.retries.policy(call.adapter.name, call.url)
    replayable = isinstance(call.request.data, bytes | None)
    if policy is None or exchange is None or not replayable:
        return None
    if not policy.allows(call.method, dict(call.request.header_items())):
        return None
    return call.wait_before_retry(policy, exchange, failure)


@guarded
def _failed_exchange(call: Call, error: Exception) -> Exchange | None:
    if not isinstance(error, urllib.error.HTTPError):
        return _exchange(call)
    body = _peek(error)
    headers = Headers(dict(error.headers.items()) if error.headers else {})
    return _exchange(
        call,
        status=error.code,
        response_headers=headers,
        response_body=decoded(body[:BODY_CAP], headers.get("Content-Encoding", "")),
        response_truncated=len(body) > BODY_CAP,
    )


@guarded
def _raised(call: Call, error: Exception, exchange: Exchange | None) -> None:
    call.failed(error, exchange or call.exchange())


@guarded
def _returned(call: Call, response: Any) -> bool:
    exchange = _exchange(
        call, status=getattr(response, "status", None), response_headers=dict(response.headers.items())
    )
    if isinstance(response, HTTPResponse) and worth_waiting(exchange):
        _follow(response, Tail(call, response, exchange, encoded=True))
    else:
        call.finish(exchange, response)
    return True


def _exchange(call: Call, **answer: Any) -> Exchange:
    body, cut = capped(call.request.data)
    return call.exchange(
        method=call.request.get_method(),
        url=call.request.full_url,
        request_headers={name: str(value) for name, value in call.request.header_items()},
        request_body=body,
        request_truncated=cut,
        **answer,
    )


def _peek(error: urllib.error.HTTPError) -> bytes:
    """Return the beginning of an error's body and put it back; a body that was read, or breaks off, gives what came."""
    source: Any = error.fp
    if source is None or getattr(source, "closed", False):
        return b""
    head = bytearray()
    failure: Exception | None = None
    try:
        while len(head) <= BODY_CAP and (chunk := source.read(BODY_CAP + 1 - len(head))):
            head += chunk
    except Exception as broken:  # noqa: BLE001 - kept: whoever reads on meets the same
        failure = broken
    replay = io.BufferedReader(_Replay(bytes(head), source, failure))
    error.fp = error.file = replay
    for name in ("read", "readline", "readlines", "__iter__"):
        vars(error).pop(name, None)  # the wrapper caches bound methods of the old file
    return bytes(head)


class _Replay(io.RawIOBase):
    """A file that gives the bytes read ahead first, then the rest of the real one, or its failure."""

    def __init__(self, head: bytes, source: Any, failure: Exception | None) -> None:
        self._head = memoryview(head)
        self._source = source
        self._failure = failure

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._head:
            count = min(len(buffer), len(self._head))
            buffer[:count] = self._head[:count]
            self._head = self._head[count:]
            return count
        if self._failure is not None:
            raise self._failure
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._source.close()
        super().close()


def _follow(response: HTTPResponse, tail: Tail) -> None:
    """Watch the application read: `read`, `read1`, `readline`, `readinto`; the last byte or `close` ends the call."""
    depth = 0

    def watched(original: Callable[..., Any]) -> Callable[..., Any]:
        def read(*args: Any) -> Any:
            nonlocal depth
            depth += 1
            try:
                data = original(*args)
            except Exception as error:
                tail.finish(error)
                raise
            finally:
                depth -= 1
            if depth == 0:
                tail.feed(bytes(args[0][:data]) if isinstance(data, int) else data)
                if response.isclosed():
                    tail.finish()
            return data

        return read

    close = response.close

    def closing() -> None:
        close()
        if depth == 0:
            tail.finish()

    reads = {name: watched(getattr(response, name)) for name in ("read", "read1", "readline", "readinto")}
    tail.watch(close=closing, **reads)


def _method(target: Any, data: Any) -> str:
    if isinstance(target, urllib.request.Request):
        return target.get_method() if data is None else target.method or "POST"
    return "GET" if data is None else "POST"
