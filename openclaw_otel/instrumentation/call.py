"""One call to a platform from start to end: its span, its attempts, its verdict. The HTTP libraries are only doors.

Everything here is called from inside somebody else's call: `guarded` keeps our faults out of it.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from openclaw_otel import attributes as names
from openclaw_otel.emit import Source
from openclaw_otel.exceptions import application_frame, calling_frame, exception_info, packages_of, qualified_name
from openclaw_otel.failures import mark
from openclaw_otel.ids import uuid7
from openclaw_otel.instrumentation.retry import RetryPolicy
from openclaw_otel.record import ErrorRecord, Exchange

if TYPE_CHECKING:
    from openclaw_otel.adapters.base import Adapter
    from openclaw_otel.instrumentation.calls import Calls
    from openclaw_otel.instrumentation.tries import Held, Tries

log = logging.getLogger(__name__)
_ACTIVE = otel_context.create_key("openclaw-call")
_OTHERS = frozenset(
    f"opentelemetry.instrumentation.{name}" for name in ("requests", "httpx", "urllib", "urllib3", "aiohttp_client")
)
P = ParamSpec("P")
R = TypeVar("R")
Site = tuple[dict[str, Any], frozenset[str]]
"""Where a call was made from: as attributes, and the client libraries in between."""


def guarded(function: Callable[P, R]) -> Callable[P, R | None]:
    """Make a function of ours safe to call inside the application's call: a fault is logged, never raised."""

    @functools.wraps(function)
    def safe(*args: P.args, **kwargs: P.kwargs) -> R | None:
        try:
            return function(*args, **kwargs)
        except Exception:
            log.warning("openclaw-otel failed to observe a call; the call itself is not affected", exc_info=True)
            return None

    return safe


def active(owner: object) -> Call | None:
    """Return the call that is running in this context through the same client object (a redirect, an inner layer)."""
    call = otel_context.get_value(_ACTIVE)
    return call if isinstance(call, Call) and call.owner is owner else None


class Call:
    """A running call. `enter` and `leave` bracket the client library's work; `finish` decides, once."""

    __slots__ = (
        "adapter", "calls", "done", "held", "inside", "method", "operation", "owner", "record_id", "request", "resends",
        "reused", "span", "started", "started_at", "store", "token", "tries", "url",
    )  # fmt: skip

    def __init__(
        self, calls: Calls, adapter: Adapter, owner: object, method: str, url: str, tries: Tries | None = None
    ) -> None:
        self.calls = calls
        self.adapter = adapter
        self.owner = owner
        self.method = method
        self.url = url
        self.resends = 0
        self.done = False
        self.inside = False
        self.operation: str | None = None
        self.store: str | None = None
        self.request: Any = None
        """The library's own request object, once it exists."""
        self.started = time.perf_counter()
        self.started_at = datetime.now(UTC)
        self.token: Any = None
        self.tries = tries
        self.held = False
        """It failed, and the client library may try again."""
        self.record_id = uuid7() if tries is not None else ""
        current = trace.get_current_span()
        scope = getattr(current, "instrumentation_scope", None)
        self.reused = scope is not None and scope.name in _OTHERS and current.is_recording()
        self.span = current if self.reused else self._open()

    def _open(self) -> trace.Span:
        values: dict[str, Any] = {
            names.HTTP_REQUEST_METHOD: self.method,
            names.PLATFORM_NAME: self.adapter.name,
        }
        parts = urlsplit(self.url)
        if parts.hostname:
            values[names.SERVER_ADDRESS] = parts.hostname
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
        if port:
            values[names.SERVER_PORT] = port
        if self.calls.shows_urls:
            host = parts.netloc.rpartition("@")[2]
            values[names.URL_FULL] = f"{parts.scheme}://{host}{self._path(parts.path)}"
        return self.calls.tracer.start_span(
            f"{self.method} {self.adapter.name}", kind=SpanKind.CLIENT, attributes=values
        )

    def _path(self, path: str) -> str:
        """Return the path as a span may show it: looked into only where something long or personal could be."""
        plain = "@" not in path and "%40" not in path and all(len(part) < 24 for part in path.split("/"))
        return path if plain else self.calls.redact_text(path)

    def resent(self, owner: object) -> Call:
        """Carry on with the next try of the client library."""
        self.owner = owner
        self.resends += 1
        self.held = self.inside = False
        self.request = None
        if self.reused:
            self.span = trace.get_current_span()
        return self

    def enter(self) -> None:
        """Make the span current and keep other HTTP instrumentations from opening a second one."""
        context = otel_context.set_value(_ACTIVE, self, trace.set_span_in_context(self.span))
        context = otel_context.set_value(otel_context._SUPPRESS_HTTP_INSTRUMENTATION_KEY, True, context)
        self.token = otel_context.attach(context)

    def leave(self) -> None:
        """Restore the caller's context."""
        if self.token is not None:
            otel_context.detach(self.token)
            self.token = None

    @property
    def sends_context(self) -> bool:
        """True where trace context is sent along: to the team's own systems, never to a public platform."""
        return self.adapter.name.startswith("custom:")

    def exchange(self, **parts: Any) -> Exchange:
        """Return the exchange of this call; `parts` say what the library knows."""
        values: dict[str, Any] = {
            "method": self.method,
            "url": self.url,
            "elapsed": time.perf_counter() - self.started,
            "attempt": self.resends,
            "started_at": self.started_at,
        }
        return Exchange(**values | parts)

    @guarded
    def judge(self, exchange: Exchange) -> ErrorRecord | None:
        """Return the record of an attempt, without writing anything: for the retry policy."""
        return self.adapter.handle_error(exchange)

    def wait_before_retry(self, policy: RetryPolicy, exchange: Exchange, failure: Exception | None) -> float | None:
        """Return the seconds until this attempt is tried again, or None when it stands."""
        if failure is not None and exchange.error is None:
            exchange = replace(exchange, error=exception_info(failure))
        record = self.judge(exchange)
        if record is None or not record.retryable:
            return None
        return policy.wait(self.resends + 1, self.adapter.retry_after(exchange))

    def finish(self, exchange: Exchange, *holders: object) -> None:
        """Decide on the call and end it; `holders` are the exception and response that stand for it. Only once."""
        if self.done or self._hold(exchange, holders):
            return
        self.done = True
        try:
            self._settle(exchange, holders)
        finally:
            if not self.reused:
                self.span.end()

    @guarded
    def _hold(self, exchange: Exchange, holders: tuple[object, ...]) -> bool:
        self.held = self.tries is not None and self.tries.hold(self, exchange, holders)
        if self.held and self.reused:  # that span ends before the last try is known
            self._describe(exchange, None)
            self.span.set_attribute(names.RECORD_ID, self.record_id)
        return self.held

    def close(self, held: Held, record_id: str | None = None) -> None:
        """Finish a held call; `record_id`: the record of what failed after it and because of it."""
        self.done = True
        try:
            if record_id is None:
                self._settle(held.exchange, held.holders, held.site)
            else:
                self._describe(held.exchange, None)
                self._belongs(record_id, held.holders)
        finally:
            if not self.reused:
                self.span.end(held.at)

    def abort(self, error: BaseException) -> None:
        """End the call that was cancelled from outside (KeyboardInterrupt, CancelledError): no failure of anyone."""
        if not self.done and not self.held:
            self.span.set_attribute(names.ERROR_TYPE, qualified_name(type(error)))
        self.give_up()

    def give_up(self) -> None:
        """End the call without a verdict, unless it has one."""
        if self.done or self.held:
            return
        self.done = True
        if not self.reused:
            self.span.end()

    def failed(self, error: BaseException, exchange: Exchange, *holders: object) -> None:
        """Finish a call that raised."""
        self.finish(replace(exchange, error=exception_info(error, calling_frame())), error, *holders)

    def account(self, exchange: Exchange, said: str | None) -> str | None:
        """Return the account of this call; `said`: what the adapter reads from the call alone."""
        return self.calls.platforms.account(self.adapter.name, exchange.url, said)

    @guarded
    def _settle(self, exchange: Exchange, holders: tuple[object, ...], site: Site | None = None) -> None:
        raised = next((holder for holder in holders if isinstance(holder, BaseException)), None)
        known = self.calls.failures.of(raised) if raised is not None else None
        record = self.adapter.handle_error(exchange)
        if record is not None:
            record = replace(record, store=self.account(exchange, record.store))
        self._describe(exchange, record)
        if known is not None:  # a call made inside this one failed, and its exception came through
            self._belongs(known, holders)
        elif record is not None:
            facts, packages = site or self.site()
            record = replace(record, id=self.record_id or record.id, attributes={**record.attributes, **facts})
            self.calls.emitter.failed(record, self.span, Source(holders, exchange.url.partition("?")[0], packages))
        else:
            self.calls.observe(self, exchange)

    def _belongs(self, record_id: str, holders: tuple[object, ...]) -> None:
        self.span.set_attribute(names.RECORD_ID, record_id)
        self.span.set_status(StatusCode.ERROR)
        for holder in holders:
            mark(holder, record_id)

    def _describe(self, exchange: Exchange, record: ErrorRecord | None) -> None:
        if not self.span.is_recording():
            return
        operation = self.operation = record.operation if record else self.adapter.operation(exchange)
        store = self.store = record.store if record else self.account(exchange, self.adapter.store(exchange))
        values: dict[str, Any] = {names.PLATFORM_NAME: self.adapter.name}
        if operation:
            values[names.OPERATION_NAME] = operation
            if not self.reused:
                self.span.update_name(f"{self.adapter.name} {operation}")
        if store:
            values[names.STORE_ID] = store
        if exchange.status is not None:
            values[names.HTTP_RESPONSE_STATUS_CODE] = exchange.status
        if self.resends:
            values[names.HTTP_REQUEST_RESEND_COUNT] = self.resends
        self.span.set_attributes(values)

    def site(self) -> Site:
        """Return where this call is made from; asked while the client library's frames are on the stack."""
        frame = calling_frame()
        return self._facts(application_frame(frame)), packages_of(frame)

    def _facts(self, frame: Any) -> dict[str, Any]:
        facts: dict[str, Any] = {names.HTTP_REQUEST_METHOD: self.method}
        if self.resends:
            facts[names.HTTP_REQUEST_RESEND_COUNT] = self.resends
        if frame is not None:
            facts[names.CODE_FILE_PATH] = frame.f_code.co_filename
            facts[names.CODE_FUNCTION_NAME] = frame.f_code.co_qualname
            facts[names.CODE_LINE_NUMBER] = frame.f_lineno
        return facts
