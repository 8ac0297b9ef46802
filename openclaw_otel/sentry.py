"""Beside Sentry: what openclaw-otel knows of a failure goes along with Sentry's event, and nothing leaves unredacted.

    sentry_sdk.init(dsn, integrations=[OpenClawIntegration()])

    event processor   classification as tags and context, our grouping as fingerprint, the record id, OTel's trace ids
    before_send       the team's own hook first, then redaction; what cannot be redacted is blanked

An event processor that fails lets its event pass as it was, a `before_send` that fails drops it: that is why the
redaction sits there. https://docs.sentry.io/platforms/python/configuration/filtering/
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any

import sentry_sdk
import sentry_sdk.integrations
from opentelemetry import trace
from opentelemetry.trace import SpanContext
from sentry_sdk.integrations import Integration
from sentry_sdk.scope import add_global_event_processor, global_event_processors

from openclaw_otel import attributes as names
from openclaw_otel.copies import Seen
from openclaw_otel.emit import facts_of
from openclaw_otel.exceptions import exception_info
from openclaw_otel.failures import mark, marked
from openclaw_otel.hookspecs import Side, Stage
from openclaw_otel.ids import uuid7
from openclaw_otel.pipeline import WITHHELD, Pipeline
from openclaw_otel.record import ErrorRecord
from openclaw_otel.registry import load
from openclaw_otel.runtime import Runtime, runtime

log = logging.getLogger(__name__)
CONTEXT = "openclaw"
"""Name of the event's context that carries all of the classification; tags hold at most 200 characters."""
TAG_LENGTH = 200
TAGS = (
    names.RECORD_ID,
    names.PLATFORM_NAME,
    names.STORE_ID,
    names.OPERATION_NAME,
    names.ORDER_ID,
    names.REQUEST_ID,
    names.WEBHOOK_TOPIC,
    names.ERROR_CATEGORY,
    names.ERROR_CODE,
    names.ERROR_RETRYABLE,
    names.ERROR_SEVERITY,
    names.OWNER_HINT,
)
_KEPT = frozenset(
    "event_id timestamp start_timestamp received type platform level release environment dist sdk modules debug_meta "
    "transaction_info measurements _meta".split()
)
"""What names things and carries no data of buyers."""
_OWN_IDS = (names.RECORD_ID, names.ERROR_FINGERPRINT_HASH, names.ERROR_GROUPING_HASH)
_HOOKS = ("before_send", "before_send_transaction", "before_send_log")
_DEFAULT = "{{default}}"
_HASH = re.compile(r"v\d+:[0-9a-f]{32}")
Event = MutableMapping[str, Any]
Hook = Callable[[Any, Any], Any]


class OpenClawIntegration(Integration):
    """Classifies, links and redacts what sentry-sdk sends. Beside OTLPIntegration use its `setup_propagator=False`."""

    identifier = "openclaw_otel"

    def __init__(self, chosen: Runtime | None = None) -> None:
        """`chosen`: settings of its own instead of the environment's."""
        self._runtime = chosen or runtime()
        loaded = load(self._runtime.config)
        # Not the process's pipeline: `burst` must not count a failure again because Sentry hears of it too.
        judges = tuple(each for each in loaded.processors if each.stage is not Stage.BURST)
        self._pipeline = Pipeline(replace(loaded, processors=judges), Side.SOURCE)
        # sentry-sdk sets an integration up once per process. A second init() has hooks of its own, and they need the
        # redaction behind them before the first log, which no event processor would see.
        getattr(sentry_sdk.integrations, "_processed_integrations", set()).discard(self.identifier)

    @staticmethod
    def setup_once() -> None:
        """Hear of every event (called by sentry-sdk)."""
        if _process not in global_event_processors:
            add_global_event_processor(_process)

    def setup_once_with_options(self, options: dict[str, Any] | None = None) -> None:
        """Put the redaction behind the hooks of a client (called by sentry-sdk)."""
        if options is None:
            return
        guard(options, self)
        for each in options.get("integrations") or ():
            if getattr(each, "identifier", "") == "otlp" and getattr(each, "setup_propagator", False):
                log.warning(
                    "Sentry's OTLPIntegration replaces the propagator: `traceparent` is no longer sent, and traces "
                    "break at the next service; use OTLPIntegration(setup_propagator=False)"
                )

    def enrich(self, event: Event, hint: Mapping[str, Any]) -> None:
        """Add what is known of the event's exception; an event without one gets OpenTelemetry's trace ids alone."""
        context = trace.get_current_span().get_span_context()
        if context.is_valid and sentry_sdk.get_current_span() is None:
            ids = {
                "trace_id": trace.format_trace_id(context.trace_id),
                "span_id": trace.format_span_id(context.span_id),
            }
            _part(_part(event, "contexts"), "trace").update(ids)
        error = (hint.get("exc_info") or (None, None))[1]
        if not isinstance(error, BaseException):
            return
        facts = self._facts(error, context)
        _part(event, "contexts")[CONTEXT] = {**facts}
        _part(event, "tags").update({name: _tag(facts[name]) for name in TAGS if name in facts})
        given = event.get("fingerprint") or [_DEFAULT]
        if [str(part).replace(" ", "") for part in given] == [_DEFAULT] and names.ERROR_GROUPING_HASH in facts:
            event["fingerprint"] = [facts[names.ERROR_GROUPING_HASH]]

    def redacted(self, event: Event) -> Event:
        """Return the event fit to leave: each part redacted by key and value, or blanked."""
        try:
            for name in [key for key in event if key not in _KEPT]:
                event[name] = self._part(name, event[name])
        except Exception as error:  # noqa: BLE001 - fail closed
            log.error("a Sentry event could not be redacted, only its outline is sent: %s", type(error).__name__)
            return outline(event)
        return event

    def redacted_log(self, entry: Event) -> Event | None:
        """Return a log of Sentry's fit to leave; None when it cannot be made so."""
        try:
            entry["body"] = self._pipeline.redact_text(str(entry.get("body", "")))
            entry["attributes"] = self._pipeline.redact_attributes(entry.get("attributes") or {})
        except Exception as error:  # noqa: BLE001 - fail closed
            log.error("a Sentry log could not be redacted, it is not sent: %s", type(error).__name__)
            return None
        return entry

    def _part(self, name: str, value: Any) -> Any:
        if isinstance(value, str):
            return self._pipeline.redact_text(value)
        if name == "fingerprint":
            return [
                str(part) if _HASH.fullmatch(str(part)) else self._pipeline.redact_text(str(part)) for part in value
            ]
        done = self._pipeline.redact_tree(value, name)
        if done == WITHHELD:
            raise ValueError(name)
        own = value.get(CONTEXT) if name == "contexts" and isinstance(value, Mapping) else value
        if name in ("contexts", "tags") and isinstance(own, Mapping) and isinstance(done, MutableMapping):
            into = done.get(CONTEXT) if name == "contexts" else done
            if isinstance(into, MutableMapping):
                into.update({key: own[key] for key in _OWN_IDS if key in own})
        return done

    def _facts(self, error: BaseException, context: SpanContext) -> Mapping[str, Any]:
        """Return the classification of an exception: that of the call it comes from, else one of its own."""
        process = self._runtime.process
        known = process.failures.of(error, trace_id=context.trace_id, at=time.time_ns())
        failure = process.failures.get(known) if known else None
        if failure is not None:
            return {**failure.facts, names.RECORD_ID: failure.record_id}
        record_id = marked(error) or uuid7()
        mark(error, record_id)
        info = exception_info(error)
        if context.is_valid:
            seen = Seen("span", info.type, info.message, "", context.trace_id, context.span_id)
            process.copies.announce(seen, record_id)
        record = ErrorRecord(id=record_id, exception=info, message=info.message)
        done = self._pipeline.run(record)
        return facts_of(done or self._pipeline.redact(record), dropped=done is None)


class Guard:
    """A hook of the team with our redaction behind it."""

    def __init__(self, integration: OpenClawIntegration, kind: str, inner: Hook | None) -> None:
        self.inner = inner
        self._redact = integration.redacted_log if kind == "before_send_log" else integration.redacted

    def __call__(self, item: Any, hint: Any) -> Any:
        """Return what may leave; None when the team's hook drops it. What that hook raises, sentry-sdk hears of."""
        found = item if self.inner is None else self.inner(item, hint)
        return None if found is None else self._redact(found)


def guard(options: MutableMapping[str, Any], integration: OpenClawIntegration) -> None:
    """Put the redaction behind the hooks of a client's options, once."""
    experiments = options.get("_experiments") or {}
    for name in _HOOKS:
        present = options.get(name) or experiments.get(name)
        if not isinstance(present, Guard):
            options[name] = Guard(integration, name, present)


def outline(event: Mapping[str, Any]) -> Event:
    """Return what may be sent of an event that could not be redacted: its ids, and the types of its exceptions."""
    kept = ("event_id", "timestamp", "start_timestamp", "type", "platform", "level", "release", "environment", "sdk")
    found: Event = {name: event[name] for name in kept if name in event}
    errors = event.get("exception")
    values = errors.get("values") if isinstance(errors, Mapping) else None
    if isinstance(values, list):
        types = [str(each.get("type") or "") for each in values if isinstance(each, Mapping)]
        found["exception"] = {"values": [{"type": each, "value": WITHHELD} for each in types]}
    else:
        found["message"] = WITHHELD
    return found


def _process(event: Any, hint: Any) -> Any:
    client = sentry_sdk.get_client()
    integration = client.get_integration(OpenClawIntegration)
    if integration is None:
        return event
    guard(client.options, integration)
    if event.get("type") not in ("transaction", "check_in"):
        try:
            integration.enrich(event, hint)
        except Exception:
            log.exception("a Sentry event could not be classified; it is redacted all the same")
    return event


def _part(holder: Event, name: str) -> Event:
    """Return a mapping inside an event, made where there is none."""
    found = holder.get(name)
    if not isinstance(found, MutableMapping):
        found = holder[name] = dict(found) if isinstance(found, list | tuple) else {}
    return found


def _tag(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)[:TAG_LENGTH]
