"""What reading telemetry finds, still raw (leaf)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from openclaw_otel.record import ErrorRecord
from openclaw_otel_bridge.intake.items import NONE, Source


class Found(NamedTuple):
    """One failure. `record` is raw: it never leaves the process before the pipeline has run."""

    id: UUID
    source: Source
    record: ErrorRecord
    timed: bool = True
    """The sender gave a time."""
    stamped: bool = False
    """The id is a record id of the library."""
    weak: bool = False
    parent_id: bytes | None = None
    sender: Mapping[str, Any] = NONE
    resource: int = 0
    """Index of its resource in `Reading.resources`."""


SeenSpan = tuple[Any, int, bool]
"""Span message, index of its resource, whether events were made of it."""


@dataclass(slots=True)
class Reading:
    """What one request held."""

    found: list[Found] = field(default_factory=list)
    resources: list[dict[str, Any]] = field(default_factory=list)
    """Raw resource attributes."""
    spans: dict[bytes, list[SeenSpan]] = field(default_factory=dict)
    """By trace."""
    failed: set[bytes] = field(default_factory=set)
    """Traces in which something failed."""
    seen: int = 0
    """Spans or log records, all of them."""
    rejected: dict[str, int] = field(default_factory=dict)
    """Reason → how many."""

    @property
    def quiet(self) -> set[bytes]:
        """The traces in which nothing failed here."""
        return set(self.spans) - self.failed

    def lose(self, reason: str, n: int = 1) -> None:
        """Count items that could not even be read."""
        self.seen += n
        self.rejected[reason] = self.rejected.get(reason, 0) + n

    def reject(self, reason: str) -> None:
        """Count an item that cannot be taken."""
        self.rejected[reason] = self.rejected.get(reason, 0) + 1
