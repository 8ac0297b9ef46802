"""requests: `Session.request` is the call, `Session.send` its attempts (redirects come through it again)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests
from opentelemetry import propagate
from wrapt import wrap_function_wrapper

from openclaw_otel.instrumentation.call import Call, active, guarded
from openclaw_otel.instrumentation.capture import capped, plain, text
from openclaw_otel.instrumentation.switch import Switch
from openclaw_otel.instrumentation.tail import Tail, worth_waiting
from openclaw_otel.record import Exchange

Wrapped = Callable[..., requests.Response]


def patch(switch: Switch) -> None:
    """Wrap the two methods, once per process; they do nothing while the switch is off."""

    def request(wrapped: Wrapped, session: requests.Session, args: Any, kwargs: Any) -> requests.Response:
        calls = switch.calls
        if calls is None:
            return wrapped(*args, **kwargs)
        method, url = _named(args, kwargs, "method", 0), _named(args, kwargs, "url", 1)
        call = calls.begin(session, text(method), text(url))
        return wrapped(*args, **kwargs) if call is None else _run(call, lambda: wrapped(*args, **kwargs))

    def send(wrapped: Wrapped, session: requests.Session, args: Any, kwargs: Any) -> requests.Response:
        calls = switch.calls
        if calls is None:
            return wrapped(*args, **kwargs)
        call = active(session)
        if call is not None:
            return wrapped(*args, **kwargs) if call.inside else _attempts(call, wrapped, args, kwargs)
        prepared = _named(args, kwargs, "request", 0)
        call = calls.begin(session, text(getattr(prepared, "method", "")), text(getattr(prepared, "url", "")))
        if call is None:
            return wrapped(*args, **kwargs)
        return _run(call, lambda: _attempts(call, wrapped, args, kwargs))

    wrap_function_wrapper(requests.Session, "request", request)
    wrap_function_wrapper(requests.Session, "send", send)


def _run(call: Call, work: Callable[[], requests.Response]) -> requests.Response:
    call.enter()
    try:
        response = work()
    except Exception as error:
        _raised(call, error)
        raise
    except BaseException as error:
        call.abort(error)
        raise
    finally:
        call.leave()
    if not _returned(call, response):
        call.give_up()
    return response


def _attempts(call: Call, wrapped: Wrapped, args: Any, kwargs: Any) -> requests.Response:
    """Send, and send again while the store's policy says so."""
    prepared = call.request = _named(args, kwargs, "request", 0)
    call.inside = True
    if call.sends_context:
        propagate.inject(prepared.headers)
    stream = bool(kwargs.get("stream"))
    while True:
        try:
            response = wrapped(*args, **kwargs)
        except Exception as error:
            wait = _wait(call, prepared, None, error, stream)
            if wait is None:
                raise
        else:
            wait = _wait(call, prepared, response, None, stream)
            if wait is None:
                return response
            response.close()
        call.resends += 1
        time.sleep(wait)


@guarded
def _wait(
    call: Call, prepared: Any, response: requests.Response | None, failure: Exception | None, stream: bool
) -> float | None:
    policy = call.calls.retries.policy(call.adapter.name, call.url)
    if policy is None or stream or not isinstance(prepared.body, str | bytes | None):
        return None
    if not policy.allows(call.method, prepared.headers):
        return None
    return call.wait_before_retry(policy, _exchange(call, response), failure)


@guarded
def _returned(call: Call, response: requests.Response) -> bool:
    _count_library_retries(call, response)
    exchange = _exchange(call, response)
    if not isinstance(response._content, bytes) and worth_waiting(exchange):  # stream=True
        _follow(response, Tail(call, response, exchange))
    else:
        call.finish(exchange, response)
    return True


@guarded
def _raised(call: Call, error: Exception) -> None:
    response = getattr(error, "response", None)
    if not isinstance(response, requests.Response):
        response = None
    else:
        _count_library_retries(call, response)
    call.failed(error, _exchange(call, response), *([] if response is None else [response]))


def _exchange(call: Call, response: requests.Response | None) -> Exchange:
    request = call.request if response is None or response.request is None else response.request
    known: dict[str, Any] = {}
    if request is not None:
        body, cut = capped(request.body)
        known |= {
            "method": request.method or call.method,
            "url": request.url or call.url,
            "request_headers": plain(request.headers),
            "request_body": body,
            "request_truncated": cut,
        }
    if response is not None:
        content = response._content
        body, cut = capped(content if isinstance(content, bytes) else b"", drop=response.status_code < 400)
        known |= {
            "status": response.status_code,
            "response_headers": plain(response.headers),
            "response_body": body,
            "response_truncated": cut,
        }
    return call.exchange(**known)


def _follow(response: requests.Response, tail: Tail) -> None:
    """Watch the application read a streamed body: everything but `.raw` goes through `iter_content`."""
    iter_content, close, raise_for_status = response.iter_content, response.close, response.raise_for_status

    def watched(*args: Any, **kwargs: Any) -> Iterator[Any]:
        try:
            for chunk in iter_content(*args, **kwargs):
                tail.feed(chunk.encode() if isinstance(chunk, str) else chunk)
                yield chunk
        except Exception as error:
            tail.finish(error)
            raise
        tail.finish()

    def closing() -> None:
        close()
        tail.finish()

    def raising() -> None:
        tail.finish()
        raise_for_status()

    tail.watch(iter_content=watched, close=closing, raise_for_status=raising)


def _count_library_retries(call: Call, response: requests.Response) -> None:
    history = getattr(getattr(response.raw, "retries", None), "history", ())
    call.resends += sum(1 for entry in history if not getattr(entry, "redirect_location", None))


def _named(args: tuple[Any, ...], kwargs: Mapping[str, Any], name: str, position: int) -> Any:
    return args[position] if len(args) > position else kwargs.get(name)
