"""What intake stores, ready and redacted (leaf).

What comes by the thousand is a named tuple: a frozen dataclass of a dozen fields costs five times as much to make.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntFlag
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from openclaw_otel.record import ErrorRecord

NONE: Mapping[str, Any] = MappingProxyType({})


class Source(IntFlag):
    """By which ways an event came; the column `events.sources`."""

    SPAN_EVENT = 1
    LOG = 2
    SENTRY = 4
    WEBHOOK = 8
    SPAN = 16


class Candidate(NamedTuple):
    """One occurrence that may become an event, or turn out to be a copy of one."""

    project_id: int
    id: UUID
    day: date
    source: Source
    record: ErrorRecord
    received_at: datetime
    parent_id: bytes | None = None
    """The span whose equal exception would be a copy of this."""
    copy_hash: int | None = None
    """Keyed hash of raw exception type and message; None when an id is stamped and nothing has to be compared."""
    weak: bool = False
    """A short copy of a record whose carrier is a log record: gives way to it."""
    sender: Mapping[str, Any] = NONE
    """The sender's own classification."""
    resource: Mapping[str, Any] = NONE
    """Redacted resource attributes."""

    @property
    def key(self) -> tuple[date, UUID, int]:
        """The primary key of the event."""
        return (self.day, self.id, self.project_id)


class TraceSpans(NamedTuple):
    """Spans of one error trace that came in one request, redacted."""

    project_id: int
    trace_id: str
    day: date
    lines: Sequence[bytes]
    """As a chunk holds them: `archive.span_line`."""


@dataclass(frozen=True, slots=True, eq=False)
class InboxRow:
    """One delivery of a platform, verified or not."""

    project_id: int
    platform: str
    store: str
    dedup_key: str
    id: UUID
    day: date
    received_at: datetime
    topic: str
    delivery_id: str | None
    verified: bool
    occurred_at: datetime | None
    data: bytes
    """zstd JSON of redacted headers and body."""


@dataclass(frozen=True, slots=True, eq=False)
class Reject:
    """Items refused beside valid ones, or a refused request."""

    protocol: str
    reason: str
    n: int = 1
    detail: str = ""
    project_id: int | None = None


Item = Candidate | TraceSpans | InboxRow | Reject
