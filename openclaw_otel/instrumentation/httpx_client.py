"""httpx: `Client.send` and `AsyncClient.send` are the call, redirects and authentication included."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
from opentelemetry import propagate
from wrapt import wrap_function_wrapper

from openclaw_otel.instrumentation.call import Call, active, guarded
from openclaw_otel.instrumentation.capture import capped
from openclaw_otel.instrumentation.switch import Switch
from openclaw_otel.instrumentation.tail import Tail, worth_waiting
from openclaw_otel.record import Exchange


def patch(switch: Switch) -> None:
    """Wrap the two methods, once per process; they do nothing while the switch is off."""

    def send(wrapped: Callable[..., httpx.Response], client: httpx.Client, args: Any, kwargs: Any) -> httpx.Response:
        call = _begin(switch, client, args, kwargs)
        return wrapped(*args, **kwargs) if call is None else _run(call, wrapped, args, kwargs)

    def send_async(
        wrapped: Callable[..., Awaitable[httpx.Response]], client: httpx.AsyncClient, args: Any, kwargs: Any
    ) -> Awaitable[httpx.Response]:
        call = _begin(switch, client, args, kwargs)
        return wrapped(*args, **kwargs) if call is None else _run_async(call, wrapped, args, kwargs)

    wrap_function_wrapper(httpx.Client, "send", send)
    wrap_function_wrapper(httpx.AsyncClient, "send", send_async)


def _begin(switch: Switch, client: object, args: Any, kwargs: Any) -> Call | None:
    calls = switch.calls
    request = args[0] if args else kwargs.get("request")
    if calls is None or not isinstance(request, httpx.Request) or active(client) is not None:
        return None
    call = calls.begin(client, request.method, str(request.url))
    if call is not None:
        call.request = request
        if call.sends_context:
            propagate.inject(request.headers)
    return call


def _run(call: Call, wrapped: Callable[..., httpx.Response], args: Any, kwargs: Any) -> httpx.Response:
    stream = bool(kwargs.get("stream"))
    call.enter()
    try:
        while True:
            try:
                response = wrapped(*args, **kwargs)
            except Exception as error:
                wait = _wait(call, None, error, stream)
                if wait is None:
                    _raised(call, error)
                    raise
            else:
                wait = _wait(call, response, None, stream)
                if wait is None:
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


async def _run_async(
    call: Call, wrapped: Callable[..., Awaitable[httpx.Response]], args: Any, kwargs: Any
) -> httpx.Response:
    stream = bool(kwargs.get("stream"))
    call.enter()
    try:
        while True:
            try:
                response = await wrapped(*args, **kwargs)
            except Exception as error:
                wait = _wait(call, None, error, stream)
                if wait is None:
                    _raised(call, error)
                    raise
            else:
                wait = _wait(call, response, None, stream)
                if wait is None:
                    break
            call.resends += 1
            await asyncio.sleep(wait)
    except BaseException as error:
        call.abort(error)
        raise
    finally:
        call.leave()
    if not _returned(call, response):
        call.give_up()
    return response


@guarded
def _wait(call: Call, response: httpx.Response | None, failure: Exception | None, stream: bool) -> float | None:
    policy = call.calls.retries.policy(call.adapter.name, call.url)
    replayable = hasattr(call.request, "_content")
    if policy is None or stream or not replayable or not policy.allows(call.method, call.request.headers):
        return None
    return call.wait_before_retry(policy, _exchange(call, response), failure)


@guarded
def _returned(call: Call, response: httpx.Response) -> bool:
    exchange = _exchange(call, response)
    if not hasattr(response, "_content") and worth_waiting(exchange):  # stream=True
        _follow(response, Tail(call, response, exchange, encoded=True))
    else:
        call.finish(exchange, response)
    return True


@guarded
def _raised(call: Call, error: Exception) -> None:
    response = getattr(error, "response", None)
    found = response if isinstance(response, httpx.Response) else None
    call.failed(error, _exchange(call, found), *([] if found is None else [found]))


def _exchange(call: Call, response: httpx.Response | None) -> Exchange:
    request = call.request if response is None else response.request
    body, cut = capped(getattr(request, "_content", b""))
    known: dict[str, Any] = {
        "method": request.method,
        "url": str(request.url),
        "request_headers": dict(request.headers),
        "request_body": body,
        "request_truncated": cut,
    }
    if response is not None:
        body, cut = capped(getattr(response, "_content", b""), drop=response.status_code < 400)
        known |= {
            "status": response.status_code,
            "response_headers": dict(response.headers),
            "response_body": body,
            "response_truncated": cut,
        }
    return call.exchange(**known)


def _follow(response: httpx.Response, tail: Tail) -> None:
    """Watch the application read a streamed body: every way of reading goes through `response.stream`."""
    stream, raise_for_status = response.stream, response.raise_for_status
    response.stream = (
        _Watched(stream, tail) if isinstance(stream, httpx.SyncByteStream) else _WatchedAsync(stream, tail)
    )

    def raising() -> httpx.Response:
        tail.finish()
        return raise_for_status()

    tail.watch(raise_for_status=raising)


class _Watched(httpx.SyncByteStream):
    """A stream whose bytes we see when the application does."""

    def __init__(self, stream: httpx.SyncByteStream, tail: Tail) -> None:
        self._stream = stream
        self._tail = tail

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._stream:
                self._tail.feed(chunk)
                yield chunk
        except Exception as error:
            self._tail.finish(error)
            raise

    def close(self) -> None:
        self._stream.close()
        self._tail.finish()


class _WatchedAsync(httpx.AsyncByteStream):
    """The same for asynchronous clients."""

    def __init__(self, stream: Any, tail: Tail) -> None:
        self._stream = stream
        self._tail = tail

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                self._tail.feed(chunk)
                yield chunk
        except Exception as error:
            self._tail.finish(error)
            raise

    async def aclose(self) -> None:
        await self._stream.aclose()
        self._tail.finish()
