"""From candidates to columns and chunk lines; pure."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from openclaw_otel.record import ErrorRecord, Snapshot
from openclaw_otel_bridge.archive import event_line
from openclaw_otel_bridge.intake.items import Candidate
from openclaw_otel_bridge.intake.reconcile import Known
from openclaw_otel_bridge.json_bytes import dump
from openclaw_otel_bridge.partitions import chunk_id_at

MESSAGE_SHOWN = 300
ATTRIBUTES_KEPT = 64
ATTRIBUTE_LENGTH = 256
ATTRIBUTE_BYTES = 4096
"""Of one row; what does not fit lies in the chunk."""
_NO_ATTRIBUTES: Mapping[str, Any] = MappingProxyType({})
_TEXT = frozenset({str})
CHUNK_EVENTS = 512
"""Events whose details share a chunk: near-identical neighbours are nearly free, and one is read in a millisecond."""
CHUNK_BYTES = 1 << 20
"""Raw bytes after which a chunk is full."""
MOST_OCCURRENCES = 10_000_000
CHUNK_COLUMNS = ("day", "id", "raw_bytes", "data")
EVENT_COLUMNS = tuple(
    "day id project_id occurred_at received_at occurrences platform store operation category code severity env service "
    "release order_id request_id trace_id message exception_type attributes "  # those of `row_of`
    "grouping_id sources span_id parent_id copy_hash chunk span_chunk".split()
)
_T = TypeVar("_T")


def chunk_id() -> int:
    """Return a new chunk id: its time and 21 random bits, so that ids ascend and never meet."""
    return chunk_id_at(datetime.now(UTC)) | int.from_bytes(os.urandom(3), "big") >> 3


class Written(NamedTuple):
    """A new event as it is stored: its own columns, and the line that a chunk holds of it."""

    event: Known
    columns: tuple[Any, ...]
    line: bytes


def written(event: Known) -> Written:
    """Return what is stored of an event of this batch."""
    candidate = candidate_of(event)
    attributes = candidate.record.attributes
    shown = shown_attributes(attributes)
    details = details_of(candidate, hidden_attributes(attributes, shown))
    return Written(event, _own_columns(candidate, shown), event_line(event.key[1], details))


def event_row(written: Written, chunk: int, span_chunk: int | None) -> tuple[Any, ...]:
    """Return the values of EVENT_COLUMNS."""
    event = written.event
    return (
        *written.columns,
        event.grouping_id,
        int(event.sources),
        event.span_id,
        event.parent_id,
        event.copy_hash,
        chunk,
        span_chunk,
    )


def row_of(candidate: Candidate) -> dict[str, Any]:
    """Return the columns of an event that its record decides."""
    return dict(
        zip(EVENT_COLUMNS, _own_columns(candidate, shown_attributes(candidate.record.attributes)), strict=False)
    )


def _own_columns(candidate: Candidate, shown: Mapping[str, Any]) -> tuple[Any, ...]:
    record = candidate.record
    error = record.exception
    return (
        candidate.day,
        candidate.id,
        candidate.project_id,
        record.occurred_at,
        candidate.received_at,
        min(max(record.occurrences, 1), MOST_OCCURRENCES),
        record.platform,
        record.store,
        record.operation,
        record.category._value_,
        record.code,
        record.severity._value_,
        record.environment,
        record.service,
        record.release,
        _key(record.objects.get("order")),
        _key(record.request_id),
        bytes.fromhex(record.trace_id) if record.trace_id else None,
        record.message[:MESSAGE_SHOWN],
        error.type[:MESSAGE_SHOWN] if error else None,
        _json(shown),
    )


def details_of(candidate: Candidate, hidden: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the row does not hold: fields of `EventDetails`, empty ones too; `hidden` are its attributes."""
    record = candidate.record
    mark = record.fingerprint
    error = record.exception
    return {
        "message": record.message if len(record.message) > MESSAGE_SHOWN else "",
        "exception": {"type": error.type, "message": error.message, "stacktrace": error.stacktrace} if error else {},
        "snapshot": snapshot_json(record.snapshot),
        "evidence": record.evidence._value_,
        "codes": record.codes,
        "fields": record.fields,
        "meaning": record.meaning,
        "status": record.status,
        "objects": record.objects,
        "webhook_topic": record.webhook_topic,
        "retryable": record.retryable,
        "owner_hint": record.owner_hint.value if record.owner_hint else None,
        "explanation": record.explanation,
        "next_step": record.next_step,
        "classifier": record.classifier,
        "notes": record.notes,
        "fingerprint": mark.hash if mark else "",
        "fingerprint_parts": mark.parts if mark else (),
        "grouping_parts": mark.grouping_parts if mark else (),
        "sender": candidate.sender,
        "attributes": {**hidden, **candidate.resource} if hidden else candidate.resource,
    }


def shown_attributes(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the attributes that fit the row: few, short, and cut where longer; the same object when all fit."""
    if _all_fit(attributes):
        return attributes
    shown: dict[str, Any] = {}
    room = ATTRIBUTE_BYTES
    for name, value in attributes.items():
        if len(shown) >= ATTRIBUTES_KEPT or len(name) > ATTRIBUTE_LENGTH:
            continue
        short = value[:ATTRIBUTE_LENGTH] if isinstance(value, str) else _plain(value)
        if isinstance(short, dict):
            continue
        size = len(name) + (len(short) if isinstance(short, str) else 12 * len(short) if isinstance(short, list) else 8)
        if size <= room and (not isinstance(short, list) or len(_json(short)) <= ATTRIBUTE_LENGTH):
            shown[name] = short
            room -= size
    return shown


def hidden_attributes(attributes: Mapping[str, Any], shown: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the attributes of which the row, where those `shown` are, holds nothing, or not all."""
    if shown is attributes:
        return _NO_ATTRIBUTES
    return {name: value for name, value in attributes.items() if shown.get(name) != _plain(value)}


def _all_fit(attributes: Mapping[str, Any]) -> bool:
    """Say whether all are short texts, as nearly always: then no one has to be weighed alone."""
    values = attributes.values()
    if len(attributes) > ATTRIBUTES_KEPT or not _TEXT.issuperset(map(type, values)):
        return False
    size = len("".join(values))
    if size > ATTRIBUTE_LENGTH and max(map(len, values)) > ATTRIBUTE_LENGTH:
        return False
    return size + len("".join(attributes)) <= ATTRIBUTE_BYTES


def snapshot_json(snapshot: Snapshot | None) -> dict[str, Any]:
    """Return the fields of a snapshot that are not empty."""
    if snapshot is None:
        return {}
    return {name: value for name, value in asdict(snapshot).items() if value not in ("", None, {}, False)}


def slices(events: Iterable[_T], most: int) -> Iterator[list[_T]]:
    """Yield lists of at most `most`."""
    found: list[_T] = []
    for event in events:
        found.append(event)
        if len(found) == most:
            yield found
            found = []
    if found:
        yield found


def bundles(events: Iterable[Written], most: int) -> Iterator[list[Written]]:
    """Yield what shares a chunk: at most `most` lines, and no more once they are CHUNK_BYTES long."""
    found: list[Written] = []
    size = 0
    for event in events:
        found.append(event)
        size += len(event.line)
        if len(found) == most or size >= CHUNK_BYTES:
            yield found
            found, size = [], 0
    if found:
        yield found


def candidate_of(event: Known) -> Candidate:
    """Return the candidate of an event of this batch."""
    assert event.candidate is not None, "only events of this batch are written"
    return event.candidate


def issue_of(record: ErrorRecord) -> dict[str, Any]:
    """Return the columns of an issue that its first record decides."""
    return {
        "platform": record.platform,
        "category": record.category._value_,
        "code": record.code,
        "message": record.message[:2000],
        "exception_type": record.exception.type[:MESSAGE_SHOWN] if record.exception else None,
        "service": record.service,
        "severity": record.severity._value_,
        "owner_hint": record.owner_hint.value if record.owner_hint else None,
        "retryable": record.retryable,
        "explanation": _json(record.explanation),
        "next_step": _json(record.next_step),
    }


def _key(text: str | None) -> str | None:
    """Ids are indexed: one of more than a kilobyte is no id, and no index would take it."""
    return text[:512] if text else None


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _json(value: Any) -> str:
    return dump(value).decode()
