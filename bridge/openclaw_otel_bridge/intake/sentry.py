"""What is an event in a Sentry envelope, and what it says; pure.

| an item                                                 | becomes               |
|---------------------------------------------------------|-----------------------|
| event with an exception                                 | an event              |
| event without one, of level error or fatal              | an event, its message |
| event without one, of a lower level; any other item     | counted               |
| event dropped by the sender's processors                | counted               |

https://develop.sentry.dev/sdk/data-model/event-payloads/
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from openclaw_otel import attributes as names
from openclaw_otel.record import ErrorRecord, Severity
from openclaw_otel_bridge.intake.envelope import Envelope
from openclaw_otel_bridge.intake.facts import Occurrence, record_of, sender_view
from openclaw_otel_bridge.intake.foreign_json import loads
from openclaw_otel_bridge.intake.found import Found, Reading
from openclaw_otel_bridge.intake.identity import NAMESPACE, stamped_id
from openclaw_otel_bridge.intake.items import Source
from openclaw_otel_bridge.intake.sentry_facts import CONTEXT, facts_of, snapshot_of, text_of
from openclaw_otel_bridge.intake.sentry_stack import stack_text, type_name
from openclaw_otel_bridge.intake.values import shorten
from openclaw_otel_bridge.json_bytes import dump

log = logging.getLogger(__name__)
LEVELS: Mapping[str, Severity] = {
    "fatal": Severity.CRITICAL,
    "error": Severity.ERROR,
    "warning": Severity.WARN,
    "info": Severity.INFO,
    "debug": Severity.INFO,
}
LARGEST = 1024 * 1024
"""Bytes of one event, as at Sentry itself; of a larger one the bulky parts are left out."""
_BULKY = ("breadcrumbs", "extra", "modules", "threads", "contexts", "spans", "debug_meta", "request")


def read_envelope(envelope: Envelope, project_id: int) -> Reading:
    """Return the failures of an envelope; what cannot be read is counted as rejected."""
    reading = Reading(resources=[{}])
    for fault in envelope.faults:
        reading.lose(fault)
    for item in envelope.items:
        reading.seen += 1
        if item.type != "event":
            continue
        try:
            event = loads(item.payload)
        except ValueError as error:
            reading.reject(f"the event is not JSON: {str(error)[:200]}")
            continue
        if not isinstance(event, dict):
            reading.reject("the event is not a JSON object")
            continue
        if len(item.payload) > LARGEST:
            event = _slim(event)
        try:
            found = read_event(event, envelope.event_id, project_id)
        except Exception as error:  # of values nobody thought of; the other events are fine
            log.exception("an event of Sentry cannot be read")
            reading.reject(f"the event cannot be read: {type(error).__name__}")
            continue
        if found is not None:
            reading.found.append(found)
    return reading


def read_event(event: Mapping[str, Any], envelope_id: str | None, project_id: int) -> Found | None:
    """Return the failure an event tells of, raw; None when it tells of none."""
    errors = _values(event.get("exception"))
    level = LEVELS.get(text_of(event.get("level")) or "error", Severity.ERROR)
    if event.get("type") == "transaction" or (not errors and level not in (Severity.ERROR, Severity.CRITICAL)):
        return None
    facts = facts_of(event, errors)
    if facts.get(names.RECORD_DROPPED) in (True, "true"):
        return None  # by a processor of the sender; a storm's samples stand for it
    trace = _context(event, "trace")
    trace_id, span_id = _hex(trace.get("trace_id"), 32), _hex(trace.get("span_id"), 16)
    at = _time(event.get("timestamp"))
    said = _exception(facts, event, errors)
    record = record_of(facts, {}, Occurrence(at, trace_id, span_id, said))
    stamped = stamped_id(text_of(facts.get(names.RECORD_ID)))
    record = replace(record, message=record.message or said, snapshot=record.snapshot or snapshot_of(event))
    if stamped is None:
        record = replace(record, severity=level)
    return Found(
        id=stamped or _event_id(event, envelope_id, project_id),
        source=Source.SENTRY,
        record=_with_fingerprint(record, event, facts),
        timed=at is not None,
        stamped=stamped is not None,
        # The log record of a stamped failure carries its snapshot: it tells more.
        weak=stamped is not None,
        sender=sender_view(facts),
    )


def _exception(facts: dict[str, Any], event: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> str:
    """Put the exception raised last into the facts, with the chain as text; return what it says in words."""
    platform = text_of(event.get("platform")) or "other"
    if not errors:
        said = _message(event)
        facts[names.EXCEPTION_TYPE], facts[names.EXCEPTION_MESSAGE] = "", shorten(said)
        thread = _threads(event)
        facts[names.EXCEPTION_STACKTRACE] = shorten(stack_text(thread, platform)) if thread else ""
        return said
    raised = errors[-1]
    said = text_of(raised.get("value")) or ""
    facts[names.EXCEPTION_TYPE] = type_name(raised, platform)
    facts[names.EXCEPTION_MESSAGE] = shorten(said)
    chain = errors if any("stacktrace" in error for error in errors) else _threads(event, raised) or errors
    facts[names.EXCEPTION_STACKTRACE] = shorten(stack_text(chain, platform))
    return said


def _threads(event: Mapping[str, Any], raised: Mapping[str, Any] | None = None) -> list[Mapping[str, Any]]:
    """Return the thread that failed, as an exception: where frames lie when the exception has none."""
    found = [each for each in _values(event.get("threads")) if each.get("crashed") or each.get("current")]
    stack = found[0].get("stacktrace") if found else event.get("stacktrace")
    return [{**(raised or {"value": _message(event)}), "stacktrace": stack}] if stack else []


def _message(event: Mapping[str, Any]) -> str:
    entry = event.get("logentry")
    message = event.get("message")
    for source in (entry, message):
        if isinstance(source, Mapping):
            found = text_of(source.get("formatted")) or text_of(source.get("message"))
            if found:
                return found
    return text_of(message) or ""


def _with_fingerprint(record: ErrorRecord, event: Mapping[str, Any], facts: Mapping[str, Any]) -> ErrorRecord:
    """Return the record with the fingerprint the team set; Sentry's default, and ours sent back, are none."""
    given = event.get("fingerprint")
    if record.explicit_fingerprint or not isinstance(given, list):
        return record
    parts = tuple(str(part) for part in given if isinstance(part, str | int) and part != "")
    ours = {facts.get(names.ERROR_GROUPING_HASH), facts.get(names.ERROR_FINGERPRINT_HASH)}
    if len(parts) <= 1 and (not parts or parts[0].replace(" ", "") == "{{default}}" or parts[0] in ours):
        return record
    return replace(record, explicit_fingerprint=parts[:20])


def _event_id(event: Mapping[str, Any], envelope_id: str | None, project_id: int) -> UUID:
    """Return Sentry's event id; an event without one gets the same id each time it is sent."""
    for text in (event.get("event_id"), envelope_id):
        found = stamped_id(text) if isinstance(text, str) else None
        if found is not None:
            return found
    return uuid5(NAMESPACE, f"{project_id}/sentry/{hashlib.sha256(dump(event)).hexdigest()}")


def _values(interface: Any) -> list[Mapping[str, Any]]:
    """Return the members of a list interface: {"values": […]}, a bare list, or one member."""
    if isinstance(interface, Mapping):
        interface = interface.get("values", [interface])
    return [each for each in interface if isinstance(each, Mapping)] if isinstance(interface, list) else []


def _context(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    contexts = event.get("contexts")
    found = contexts.get(name) if isinstance(contexts, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _hex(value: Any, length: int) -> str | None:
    text = value.replace("-", "").lower() if isinstance(value, str) else ""
    is_id = len(text) == length and set(text) <= set("0123456789abcdef") and set(text) != {"0"}
    return text if is_id else None


def _time(value: Any) -> datetime | None:
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo else found.replace(tzinfo=UTC)  # Sentry's times are UTC
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _slim(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event without what swells: it keeps its exception, its frames and its words."""
    slim = {name: value for name, value in event.items() if name not in _BULKY}
    contexts = event.get("contexts")
    if isinstance(contexts, Mapping):
        slim["contexts"] = {name: contexts[name] for name in ("trace", CONTEXT) if name in contexts}
    for error in _values(slim.get("exception")):
        stack = error.get("stacktrace")
        for frame in stack.get("frames") or () if isinstance(stack, Mapping) else ():
            for name in ("vars", "pre_context", "post_context"):
                if isinstance(frame, dict):
                    frame.pop(name, None)
    return slim
