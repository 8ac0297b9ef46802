"""The application's own spans around a failed call: they record its exception too, raw, and as if it were another one.

The SDK's `Span.record_exception` and `Span.set_status` are wrapped: an exception that belongs to a recorded failure
gets that record's id, and its text is the redacted one. Any other exception is given an id of its own when it is
first recorded, so that the spans it passes through on its way out are known to show one and the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from opentelemetry.sdk.trace import Span
from opentelemetry.trace import Status
from wrapt import wrap_function_wrapper

from openclaw_otel import attributes as names
from openclaw_otel.exceptions import stack_text
from openclaw_otel.failures import Failures, mark, marked
from openclaw_otel.ids import uuid7
from openclaw_otel.instrumentation.call import guarded
from openclaw_otel.instrumentation.calls import Calls
from openclaw_otel.instrumentation.switch import Switch
from openclaw_otel.runtime import process

_RAW = "_openclaw_raw_text"


def patch(switch: Switch) -> None:
    """Wrap the two methods, once per process; they do nothing while the switch is off."""
    failures = process().failures

    def record_exception(wrapped: Callable[..., None], span: Span, args: Any, kwargs: Any) -> None:
        if switch.calls is not None:
            args, kwargs = _linked(failures, switch.calls, span, args, kwargs) or (args, kwargs)
        wrapped(*args, **kwargs)

    def set_status(wrapped: Callable[..., None], span: Span, args: Any, kwargs: Any) -> None:
        raw = getattr(span, _RAW, None)
        if raw is not None:
            args, kwargs = _described(raw, args, kwargs) or (args, kwargs)
        wrapped(*args, **kwargs)

    wrap_function_wrapper(Span, "record_exception", record_exception)
    wrap_function_wrapper(Span, "set_status", set_status)


@guarded
def _linked(failures: Failures, calls: Calls, span: Span, args: Any, kwargs: Any) -> tuple[Any, Any] | None:
    exception = args[0] if args else kwargs["exception"]
    given = (args[1] if len(args) > 1 else kwargs.get("attributes")) or {}
    context = span.get_span_context()
    if names.RECORD_ID in given or context is None:
        return None
    rest = {name: value for name, value in kwargs.items() if name not in ("exception", "attributes")}
    record_id = failures.of(exception, trace_id=context.trace_id, at=time.time_ns())
    if record_id is None:
        stamp = marked(exception) or uuid7()
        mark(exception, stamp)
        return (exception, {**given, names.RECORD_ID: stamp}, *args[2:]), rest
    mark(exception, record_id)  # the spans further out see the same object
    text = str(exception)
    message = calls.redact_text(text)
    setattr(span, _RAW, (text, message))
    attributes = {
        **given,
        names.RECORD_ID: record_id,
        names.EXCEPTION_MESSAGE: message,
        names.EXCEPTION_STACKTRACE: calls.redact_text(stack_text(exception)),
    }
    return (exception, attributes, *args[2:]), rest


@guarded
def _described(raw: tuple[str, str], args: Any, kwargs: Any) -> tuple[Any, Any] | None:
    text, redacted = raw
    status = args[0] if args else kwargs["status"]
    if isinstance(status, Status):
        if not text or text not in (status.description or ""):
            return None
        changed = Status(status.status_code, (status.description or "").replace(text, redacted))
        return (changed, *args[1:]), {name: value for name, value in kwargs.items() if name != "status"}
    description = args[1] if len(args) > 1 else kwargs.get("description")
    if not text or text not in (description or ""):
        return None
    return (status, (description or "").replace(text, redacted)), {}
