"""aiohttp: `ClientSession._request` is the call; it returns before the body is read, so the body is watched."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from opentelemetry import propagate
from wrapt import ObjectProxy, wrap_function_wrapper

from openclaw_otel.instrumentation.call import Call, active, guarded
from openclaw_otel.instrumentation.capture import capped, plain, text
from openclaw_otel.instrumentation.switch import Switch
from openclaw_otel.instrumentation.tail import Tail, worth_waiting
from openclaw_otel.record import Exchange

Wrapped = Callable[..., Awaitable[aiohttp.ClientResponse]]
if TYPE_CHECKING:
    _Proxy = ObjectProxy[aiohttp.StreamReader]
else:
    _Proxy = ObjectProxy


def patch(switch: Switch) -> None:
    """Wrap the method, once per process; it does nothing while the switch is off."""

    def request(
        wrapped: Wrapped, session: aiohttp.ClientSession, args: Any, kwargs: Any
    ) -> Awaitable[aiohttp.ClientResponse]:
        calls = switch.calls
        if calls is None or active(session) is not None:
            return wrapped(*args, **kwargs)
        method = args[0] if args else kwargs.get("method", "")
        target = args[1] if len(args) > 1 else kwargs.get("str_or_url", "")
        call = calls.begin(session, text(method), _url(session, target))
        return wrapped(*args, **kwargs) if call is None else _run(call, wrapped, args, kwargs)

    wrap_function_wrapper(aiohttp.ClientSession, "_request", request)


def _url(session: aiohttp.ClientSession, target: Any) -> str:
    base = getattr(session, "_base_url", None)
    return str(target) if base is None else str(session._build_url(target))


async def _run(call: Call, wrapped: Wrapped, args: Any, kwargs: Any) -> aiohttp.ClientResponse:
    if call.sends_context:
        headers = dict(kwargs.get("headers") or {})
        propagate.inject(headers)
        kwargs = {**kwargs, "headers": headers}
    call.request = kwargs
    call.enter()
    try:
        while True:
            try:
                response = await wrapped(*args, **kwargs)
            except Exception as error:
                wait = _wait(call, None, error)
                if wait is None:
                    _raised(call, error)
                    raise
            else:
                wait = _wait(call, response, None)
                if wait is None:
                    break
                response.release()
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
def _wait(call: Call, response: aiohttp.ClientResponse | None, failure: Exception | None) -> float | None:
    """Return the wait before the next try. The body is unread here: an answer is judged by its status and headers."""
    policy = call.calls.retries.policy(call.adapter.name, call.url)
    replayable = _request_body(call.request) is not None
    headers = plain(call.request.get("headers") or {})
    if policy is None or not replayable or not policy.allows(call.method, headers):
        return None
    return call.wait_before_retry(policy, _exchange(call, response, failure), failure)


@guarded
def _returned(call: Call, response: aiohttp.ClientResponse) -> bool:
    exchange = _exchange(call, response, None)
    if worth_waiting(exchange):
        _follow(response, Tail(call, response, exchange))
    else:
        call.finish(exchange, response)
    return True


@guarded
def _raised(call: Call, error: Exception) -> None:
    call.failed(error, _exchange(call, None, error))


def _exchange(call: Call, response: aiohttp.ClientResponse | None, error: Exception | None) -> Exchange:
    body, cut = capped(_request_body(call.request))
    known: dict[str, Any] = {"request_body": body, "request_truncated": cut}
    info = getattr(response, "request_info", None) or getattr(error, "request_info", None)
    if info is not None:
        known |= {"method": info.method, "url": str(info.real_url), "request_headers": plain(info.headers)}
    else:
        known |= {"request_headers": plain(call.request.get("headers") or {})}
    if response is not None:
        known |= {"status": response.status, "response_headers": plain(response.headers)}
    elif isinstance(error, aiohttp.ClientResponseError) and error.status:  # raise_for_status=True
        known |= {"status": error.status, "response_headers": plain(error.headers or {})}
    return call.exchange(**known)


def _request_body(kwargs: Mapping[str, Any]) -> bytes | None:
    """Return the body of a request as it is sent, or None when it is a stream or form that cannot be known."""
    if kwargs.get("json") is not None:
        return json.dumps(kwargs["json"], default=str).encode()
    data = kwargs.get("data")
    if isinstance(data, Mapping):
        plain_values = all(isinstance(value, str | int | float) for value in data.values())
        return urlencode(dict(data)).encode() if plain_values else None
    if isinstance(data, str):
        return data.encode()
    return b"" if data is None else data if isinstance(data, bytes) else None


def _follow(response: aiohttp.ClientResponse, tail: Tail) -> None:
    """Watch the application read: `text` and `json` go through `read`; without reading, letting go ends the call.

    stripe reads `content` and lets go of the response at once.
    """
    read, release, close = response.read, response.release, response.close
    raise_for_status = response.raise_for_status
    busy = False

    async def reading() -> bytes:
        nonlocal busy
        busy = True
        try:
            body = await read()
        except Exception as error:
            tail.finish(error)
            raise
        finally:
            busy = False
        tail.feed(body)
        tail.finish()
        return body

    def releasing() -> Any:
        if not busy:
            tail.finish()
        return release()

    def closing() -> None:
        close()
        if not busy:  # a read that fails closes the response before it raises
            tail.finish()

    def raising() -> None:
        if not response.ok:
            tail.finish()
        raise_for_status()

    tail.watch(read=reading, release=releasing, close=closing, raise_for_status=raising)
    watched: Any = _Content(response.content, tail, lambda: busy)
    response.content = watched


class _Content(_Proxy):
    """The stream of a body, whose `read` we see; iterating over it is left alone."""

    def __init__(self, stream: aiohttp.StreamReader, tail: Tail, is_busy: Callable[[], bool]) -> None:
        super().__init__(stream)
        self._self_tail = tail
        self._self_is_busy = is_busy

    async def read(self, n: int = -1) -> bytes:
        if self._self_is_busy():
            return bytes(await self.__wrapped__.read(n))
        try:
            data = bytes(await self.__wrapped__.read(n))
        except Exception as error:
            self._self_tail.finish(error)
            raise
        self._self_tail.feed(data)
        if self.__wrapped__.at_eof():
            self._self_tail.finish()
        return data
