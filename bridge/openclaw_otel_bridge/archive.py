"""Chunks: what events and spans hold beyond their row, many together in one zstd frame.

Intake packs; the API and the pages read an event's details with `event_details` and its trace with `trace_spans`.
A chunk is lines of `<key> <JSON>`; the key (event id, or trace and span id, in hex) finds a line without parsing all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import zstandard

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.json_bytes import dump

LEVEL = 3
MOST_RAW = 64 * 1024 * 1024
"""Bytes a chunk may unpack to; more is not one of ours."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EventDetails:
    """Everything of an event beyond its row, redacted."""

    message: str = ""
    """In full; the row has its first 300 characters."""
    exception: Mapping[str, str] = field(default_factory=dict)
    """type, message, stacktrace."""
    snapshot: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `openclaw_otel.record.Snapshot` that are not empty."""
    evidence: str = ""
    codes: Sequence[str] = ()
    fields: Sequence[str] = ()
    meaning: str | None = None
    status: int | None = None
    objects: Mapping[str, str] = field(default_factory=dict)
    """Ids by kind: order, product, …"""
    webhook_topic: str | None = None
    retryable: bool = False
    owner_hint: str | None = None
    explanation: Mapping[str, str] = field(default_factory=dict)
    next_step: Mapping[str, str] = field(default_factory=dict)
    classifier: str = ""
    notes: Sequence[str] = ()
    """Why each decision was taken."""
    fingerprint: str = ""
    fingerprint_parts: Sequence[str] = ()
    grouping_parts: Sequence[str] = ()
    sender: Mapping[str, Any] = field(default_factory=dict)
    """The sender's own classification: category, code, severity, retryable, fingerprint."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """Those that did not fit the row."""


class StoredSpan(NamedTuple):
    """One span of a trace, redacted; `kind` and `status` as OTLP numbers them, ids in hex."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: int
    service: str | None
    started_at: datetime
    ended_at: datetime
    status: int = 0
    status_text: str = ""
    attributes: Mapping[str, Any] = MappingProxyType({})
    events: Sequence[Mapping[str, Any]] = ()
    """Each {"name", "at" (ISO 8601), "attributes"}."""


_DETAILS = tuple(item.name for item in fields(EventDetails))


def event_line(event_id: UUID, details: Mapping[str, Any]) -> bytes:
    """Return the line of an event of fields of `EventDetails`; empty ones are left out."""
    return event_id.hex.encode() + b" " + dump({name: value for name, value in details.items() if value})


def span_line(trace_id: str, span_id: str, row: Sequence[Any]) -> bytes:
    """Return the line of a span.

    `row`: parent_id, name, kind, service, start, length, status, status_text, attributes, events; times, also those of
    events, are microseconds since 1970.
    """
    return f"{trace_id}{span_id} ".encode() + dump(row)


def pack(lines: Iterable[bytes]) -> tuple[int, bytes]:
    """Return the raw size and the compressed chunk of the lines."""
    raw = b"\n".join(lines)
    return len(raw), zstandard.ZstdCompressor(level=LEVEL).compress(raw)


def find_event(data: bytes, event_id: UUID) -> EventDetails:
    """Return the details of one event of a chunk; empty when the chunk does not hold it."""
    line = next(_lines(data, event_id.hex.encode()), None)
    if line is None:
        return EventDetails()
    found = json.loads(line)
    return EventDetails(**{name: value for name, value in found.items() if name in _DETAILS})


def find_spans(data: bytes, trace_id: str) -> Iterator[StoredSpan]:
    """Yield the spans of one trace in a chunk."""
    for line in _lines(data, trace_id.encode(), key_length=48, with_key=True):
        key, _, text = line.partition(b" ")
        parent, name, kind, service, start, length, status, status_text, attributes, events = json.loads(text)
        yield StoredSpan(
            trace_id=trace_id,
            span_id=key[32:].decode(),
            parent_id=parent,
            name=name,
            kind=kind,
            service=service,
            started_at=_moment(start),
            ended_at=_moment(start + length),
            status=status,
            status_text=status_text,
            attributes=attributes,
            events=[_event(event) for event in events],
        )


def event_details(conn: Connection, day: date, event_id: UUID, chunk: int) -> EventDetails:
    """Return the details of the event with this `day`, `id` and `chunk` (columns of its row)."""
    row = conn.execute(queries("archive")["snapshot_chunk"], (day, chunk)).fetchone()
    return find_event(row[0], event_id) if row else EventDetails()


def trace_spans(conn: Connection, project_id: int, trace_id: str) -> list[StoredSpan]:
    """Return the stored spans of a trace (32 hex digits), by start time; each once, however often it was sent."""
    rows = conn.execute(queries("archive")["span_chunks"], {"project": project_id, "trace": bytes.fromhex(trace_id)})
    found = {span.span_id: span for row in rows for span in find_spans(row[0], trace_id)}
    return sorted(found.values(), key=lambda span: (span.started_at, span.ended_at, span.span_id))


def unpack(data: bytes) -> bytes:
    """Return the lines of a chunk."""
    return zstandard.ZstdDecompressor().decompress(data, max_output_size=MOST_RAW)


def _lines(data: bytes, prefix: bytes, *, key_length: int = 32, with_key: bool = False) -> Iterator[bytes]:
    raw = b"\n" + unpack(data)
    at = raw.find(b"\n" + prefix)
    while at >= 0:
        end = raw.find(b"\n", at + 1)
        line = raw[at + 1 : end if end >= 0 else len(raw)]
        yield line if with_key else line[key_length + 1 :]
        at = raw.find(b"\n" + prefix, at + 1 + len(line)) if end >= 0 else -1


def _event(event: Mapping[str, Any]) -> Mapping[str, Any]:
    at = event.get("at")
    if not isinstance(at, int):  # none, or text in chunks of early versions
        return event
    return {**event, "at": _moment(at).isoformat()}


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
