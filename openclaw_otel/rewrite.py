"""Making others' telemetry fit to leave: exceptions become records, and every text is redacted. Fails closed.

An exception event or log gets what our own records have: an id, a category, a fingerprint. Copies of a failure that
we recorded ourselves, or of an exception seen on a child span or in a log, get the id that exists already.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

from openclaw_otel import attributes as names
from openclaw_otel.copies import Copies, Seen
from openclaw_otel.ids import uuid7
from openclaw_otel.otel_logs import SCOPE
from openclaw_otel.pipeline import WITHHELD
from openclaw_otel.record import ErrorRecord, ExceptionInfo, Exchange
from openclaw_otel.runtime import Runtime
from openclaw_otel.wire import classification, from_attributes, to_attributes

log = logging.getLogger(__name__)
_KNOWN = names.OWN | names.STANDARD
_EXCEPTION = frozenset({names.EXCEPTION_TYPE, names.EXCEPTION_MESSAGE, names.EXCEPTION_STACKTRACE})
_OF_RESOURCE = frozenset({names.SERVICE_NAME, names.SERVICE_VERSION, names.DEPLOYMENT_ENVIRONMENT_NAME})
_PLAIN_RESOURCE = ("service.", "deployment.", "telemetry.", "host.", "os.", "cloud.", "k8s.", "container.")


class Rewriter:
    """Rewrites spans and log records for export. Thread safe."""

    def __init__(self, runtime: Runtime) -> None:
        self._pipeline = runtime.pipeline
        self._platforms = runtime.platforms
        self._failures = runtime.process.failures
        self._copies: Copies = runtime.process.copies
        self._resource: tuple[Resource, Resource] | None = None

    def span(self, span: ReadableSpan) -> ReadableSpan:
        """Return a span that may leave the process; one that cannot be made safe leaves as a bare outline."""
        try:
            return self._span(span)
        except Exception:
            log.exception("a span could not be redacted; only its outline is sent")
            return _outline(span)

    def log(self, item: ReadableLogRecord) -> ReadableLogRecord | None:
        """Return a log record that may leave the process, or None when it cannot be made safe."""
        try:
            return self._log(item)
        except Exception:
            log.exception("a log record could not be redacted; it is not sent")
            return None

    # -- spans ------------------------------------------------------------------------------------------

    def _span(self, span: ReadableSpan) -> ReadableSpan:
        attributes = dict(span.attributes or {})
        own = span.instrumentation_scope is not None and span.instrumentation_scope.name == SCOPE
        events = tuple(self._event(event, span, own) for event in span.events)
        extra: dict[str, Any] = {}
        if not own and _failed_silently(span, attributes):
            extra = self._judged_span(span, attributes)
        return ReadableSpan(
            name=span.name if own else self._pipeline.redact_text(span.name),
            context=span.context,
            parent=span.parent,
            resource=self._safe_resource(span.resource),
            attributes=self._safe(attributes, keep=_KNOWN if own else names.OWN) | extra,
            events=events,
            links=tuple(Link(link.context, self._safe(dict(link.attributes or {}))) for link in span.links),
            kind=span.kind,
            status=span.status if own else self._safe_status(span.status),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )

    def _event(self, event: Event, span: ReadableSpan, own: bool) -> Event:
        attributes = dict(event.attributes or {})
        if not (names.EXCEPTION_TYPE in attributes or names.EXCEPTION_MESSAGE in attributes):
            return Event(self._pipeline.redact_text(event.name), self._safe(attributes), event.timestamp)
        if own and names.RECORD_ID in attributes:  # written by us, redacted then
            return Event(event.name, self._safe(attributes, keep=_KNOWN), event.timestamp)
        seen = Seen.of_span(span, attributes)
        merged = {**(span.resource.attributes or {}), **(span.attributes or {}), **attributes}
        return Event(event.name, self._exception(attributes, merged, seen, event.timestamp or 0), event.timestamp)

    def _judged_span(self, span: ReadableSpan, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the classification of a CLIENT or CONSUMER span that failed without an exception."""
        at = span.end_time or 0
        merged = {**(span.resource.attributes or {}), **attributes}
        record = self._record(merged, uuid7(_time(at)), at)
        message = span.status.description or ""
        seen = Seen.of_span(span, {})
        record = replace(record, message=record.message or message, trace_id=seen.trace_hex, span_id=seen.span_hex)
        done = self._pipeline.run(record)
        if done is None:
            return {names.RECORD_DROPPED: True}
        return {**_judgement(done), **classification(done)}

    # -- logs -------------------------------------------------------------------------------------------

    def _log(self, item: ReadableLogRecord) -> ReadableLogRecord:
        scope, record = item.instrumentation_scope, item.log_record
        resource = self._safe_resource(item.resource)
        if scope is not None and scope.name == SCOPE:
            return replace(item, resource=resource)
        attributes = dict(record.attributes or {})
        if names.EXCEPTION_TYPE in attributes or names.EXCEPTION_MESSAGE in attributes:
            at = record.timestamp or record.observed_timestamp or 0
            seen = Seen.of_log(record, attributes)
            merged = {**(item.resource.attributes or {}), **attributes}
            safe = self._exception(attributes, merged, seen, at)
        else:
            safe = self._safe(attributes)
        changed = copy.copy(record)
        changed.attributes = safe
        changed.body = self._safe_body(record.body)
        return replace(item, log_record=changed, resource=resource)

    # -- both -------------------------------------------------------------------------------------------

    def _exception(self, attributes: dict[str, Any], merged: Mapping[str, Any], seen: Seen, at: int) -> dict[str, Any]:
        """Return the attributes of an exception seen in telemetry, redacted, with what was made of it."""
        stamped = attributes.get(names.RECORD_ID)
        ours = stamped if isinstance(stamped, str) and self._failures.get(stamped) else None
        ours = ours or self._failures.alike(seen.type, seen.message, seen.stack, trace_id=seen.trace_id, at=at)
        if ours is not None:
            return {**self._safe(attributes), names.RECORD_ID: ours}
        record_id = self._copies.id_for(seen, uuid7(_time(at)), stamped if isinstance(stamped, str) else None)
        record = self._record(merged, record_id, at)
        record = replace(record, trace_id=seen.trace_hex, span_id=seen.span_hex)
        done = self._pipeline.run(record)
        shown = done or self._pipeline.redact(record)
        rest = {name: value for name, value in attributes.items() if name not in _EXCEPTION}
        error = shown.exception or ExceptionInfo(seen.type)
        safe = {
            **self._safe(rest),
            names.EXCEPTION_TYPE: error.type,
            names.EXCEPTION_MESSAGE: error.message,
            names.EXCEPTION_STACKTRACE: error.stacktrace,
            **classification(shown),
        }
        return {**safe, **_judgement(shown)} if done else {**safe, names.RECORD_DROPPED: True}

    def _record(self, merged: Mapping[str, Any], record_id: str, at: int) -> ErrorRecord:
        """Return the record of foreign attributes: by the platform's adapter where a URL tells the platform."""
        record = replace(from_attributes(merged, occurred_at=_time(at)), id=record_id)
        url = merged.get(names.URL_FULL) or merged.get("http.url")
        adapter = self._platforms.adapter_for_url(url, {}) if isinstance(url, str) and record.platform is None else None
        if adapter is None:
            return record
        method = merged.get(names.HTTP_REQUEST_METHOD) or merged.get("http.method")
        exchange = Exchange(
            str(method or "GET"), str(url), status=record.status, error=record.exception, started_at=record.occurred_at
        )
        judged = adapter.handle_error(exchange)
        if judged is None:
            return record
        return replace(
            judged,
            id=record_id,
            store=self._platforms.account(adapter.name, exchange.url, judged.store),
            service=record.service,
            environment=record.environment,
            release=record.release,
            attributes=record.attributes,
            explicit_fingerprint=record.explicit_fingerprint,
        )

    def _safe(self, attributes: dict[str, Any], keep: frozenset[str] = names.OWN) -> dict[str, Any]:
        kept = {name: value for name, value in attributes.items() if name in keep}
        rest = {name: value for name, value in attributes.items() if name not in keep}
        return {**self._pipeline.redact_attributes(rest), **kept} if rest else kept

    def _safe_body(self, body: Any) -> Any:
        if body is None or isinstance(body, bool | int | float):
            return body
        return self._pipeline.redact_text(body) if isinstance(body, str) else self._pipeline.redact_tree(body)

    def _safe_status(self, status: Status) -> Status:
        if status.status_code is not StatusCode.ERROR or not status.description:
            return Status(status.status_code)
        return Status(status.status_code, self._pipeline.redact_text(status.description))

    def _safe_resource(self, resource: Resource) -> Resource:
        """Return the resource with what names a service kept and the rest (command lines, …) redacted."""
        cached = self._resource
        if cached is not None and cached[0] is resource:
            return cached[1]
        plain = {name: value for name, value in resource.attributes.items() if name.startswith(_PLAIN_RESOURCE)}
        rest = {name: value for name, value in resource.attributes.items() if name not in plain}
        safe = Resource({**plain, **self._pipeline.redact_attributes(rest)}, resource.schema_url)
        self._resource = (resource, safe)
        return safe


def _judgement(record: ErrorRecord) -> dict[str, Any]:
    """Return what was made of a foreign exception, without what its telemetry carries already."""
    values = to_attributes(replace(record, attributes={}, exception=None, snapshot=None))
    return {name: value for name, value in values.items() if name not in _OF_RESOURCE}


def _failed_silently(span: ReadableSpan, attributes: Mapping[str, Any]) -> bool:
    return (
        span.kind in (SpanKind.CLIENT, SpanKind.CONSUMER)
        and span.status.status_code is StatusCode.ERROR
        and names.RECORD_ID not in attributes
        and not any(names.EXCEPTION_TYPE in (event.attributes or {}) for event in span.events)
    )


def _outline(span: ReadableSpan) -> ReadableSpan:
    service = {name: value for name, value in span.resource.attributes.items() if name.startswith("service.")}
    return ReadableSpan(
        name=WITHHELD,
        context=span.context,
        parent=span.parent,
        resource=Resource(service),
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _time(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC) if nanoseconds else datetime.now(UTC)
