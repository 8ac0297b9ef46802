"""What `instrument()` set up: which calls are of a platform, and what all of them share."""

from __future__ import annotations

import functools
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from opentelemetry import context as otel_context
from opentelemetry import trace

from openclaw_otel.emit import Emitter
from openclaw_otel.instrumentation.call import Call, guarded
from openclaw_otel.instrumentation.retry import Retries
from openclaw_otel.instrumentation.tries import under_way
from openclaw_otel.otel_logs import SCHEMA_URL, SCOPE, own_version
from openclaw_otel.record import Exchange
from openclaw_otel.runtime import Runtime

if TYPE_CHECKING:
    from openclaw_otel.instrumentation.tail import Tail

OBSERVE_SECONDS = 1.0


class Calls:
    """Everything `instrument()` set up: which calls are of a platform, and what is made of them."""

    def __init__(self, runtime: Runtime, hosts: Mapping[str, str]) -> None:
        self.hosts = hosts
        self.platforms = runtime.platforms
        self.emitter = Emitter(runtime)
        self.failures = runtime.process.failures
        self.retries = Retries(runtime.config, runtime.platforms)
        self.tracer = trace.get_tracer(SCOPE, own_version(), schema_url=SCHEMA_URL)
        self.shows_urls = bool(runtime.pipeline.redactors)
        self.redact_text = runtime.pipeline.redact_text
        self.adapter = functools.lru_cache(512)(lambda url: self.platforms.adapter_for_url(url, self.hosts))
        self._looked: dict[tuple[str, str | None, str | None], float] = {}
        self.abandoned: deque[Tail] = deque()
        """Calls whose response was collected unread. A finaliser only appends: it may run inside any lock."""
        runtime.process.drains.add(self.drain)

    @guarded
    def begin(self, owner: object, method: str, url: str) -> Call | None:
        """Open a call to a platform; None when it is not ours to watch."""
        adapter = self.adapter(url)
        if adapter is None:
            return None
        context = otel_context.get_current()
        if context.get(otel_context._SUPPRESS_INSTRUMENTATION_KEY):
            return None
        self.drain()
        tries = under_way()
        again = tries.resume(method.upper(), url) if tries is not None else None
        if again is not None:
            return again.resent(owner)
        return Call(self, adapter, owner, method.upper(), url, tries)

    def observe(self, call: Call, exchange: Exchange) -> None:
        """Look for a health observation, at most once a second per store and operation: it is about minutes."""
        key = (call.adapter.name, call.store, call.operation)
        now = time.monotonic()
        if now - self._looked.get(key, -OBSERVE_SECONDS) < OBSERVE_SECONDS:
            return
        if len(self._looked) >= 4096:
            self._looked.clear()
        self._looked[key] = now
        observation = call.adapter.observe(exchange)
        if observation is not None:
            store = call.account(exchange, observation.store)
            self.emitter.observed(replace(observation, store=store), call.span)

    def drain(self) -> None:
        """Finish the calls whose responses were let go unread."""
        while self.abandoned:
            self.abandoned.popleft().finish()
