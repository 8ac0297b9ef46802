"""Client libraries of platforms that send a failed request again by themselves: where such a call begins and ends.

Other libraries' retries happen inside the HTTP library (urllib3's `Retry`) and are counted there.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

from wrapt import wrap_function_wrapper

from openclaw_otel.instrumentation.call import guarded
from openclaw_otel.instrumentation.switch import Switch
from openclaw_otel.instrumentation.tries import one_call, under_way


@guarded
def patch_stripe(switch: Switch, library: ModuleType) -> None:
    """stripe, `max_network_retries`: connection failures, 409 and 5xx, with one Idempotency-Key for all tries.

    https://github.com/stripe/stripe-python/blob/master/stripe/_http_client.py
    """

    def retrying(wrapped: Callable[..., Any], _client: object, args: Any, kwargs: Any) -> Any:
        if switch.calls is None:
            return wrapped(*args, **kwargs)
        with one_call("stripe", whole=True):
            return wrapped(*args, **kwargs)

    async def retrying_async(wrapped: Callable[..., Awaitable[Any]], _client: object, args: Any, kwargs: Any) -> Any:
        if switch.calls is None:
            return await wrapped(*args, **kwargs)
        with one_call("stripe", whole=True):
            return await wrapped(*args, **kwargs)

    for name in ("request_with_retries", "request_stream_with_retries"):
        _wrap(library, "HTTPClient", name, retrying)
        _wrap(library, "HTTPClient", f"{name}_async", retrying_async)


@guarded
def patch_paypalrestsdk(switch: Switch, library: ModuleType) -> None:
    """paypalrestsdk: after a 401 it fetches a new token and sends the request once more.

    https://github.com/paypal/PayPal-Python-SDK/blob/master/paypalrestsdk/api.py
    """

    def request(wrapped: Callable[..., Any], _api: object, args: Any, kwargs: Any) -> Any:
        if switch.calls is None:
            return wrapped(*args, **kwargs)
        with one_call("paypalrestsdk", whole=True):
            return wrapped(*args, **kwargs)

    _wrap(library, "Api", "request", request)


@guarded
def patch_sp_api(switch: Switch, library: ModuleType) -> None:
    """python-amazon-sp-api: `@retry`, `@sp_retry`, `@throttle_retry` around the application's own function.

    Functions decorated before `instrument()` are not known: each of their tries is a failure of its own.
    https://github.com/saleweaver/python-amazon-sp-api/blob/master/sp_api/util/retry.py
    """

    def retry(wrapped: Callable[..., Any], _module: object, args: Any, kwargs: Any) -> Any:
        decorate = wrapped(*args, **kwargs)

        def decorator(function: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(function)
            def turn(*given: Any, **named: Any) -> Any:
                tries = under_way()
                if tries is not None:
                    tries.turn += 1
                return function(*given, **named)

            retried = decorate(turn)

            @functools.wraps(retried)
            def bracketed(*given: Any, **named: Any) -> Any:
                if switch.calls is None:
                    return retried(*given, **named)
                with one_call("sp_api", whole=False):
                    return retried(*given, **named)

            return bracketed

        return decorator

    if hasattr(library, "retry"):
        wrap_function_wrapper(library, "retry", retry)


def _wrap(library: ModuleType, owner: str, name: str, wrapper: Callable[..., Any]) -> None:
    """Wrap a method where this version of the library has it."""
    if hasattr(getattr(library, owner, None), name):
        wrap_function_wrapper(library, f"{owner}.{name}", wrapper)
