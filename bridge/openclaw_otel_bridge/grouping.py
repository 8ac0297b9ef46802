"""From a record to the grouping it belongs to inside its project: the key, and what it shows of itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from openclaw_otel.record import ErrorRecord


@dataclass(frozen=True, slots=True)
class Grouping:
    """`key` is unique in a project. `store` and `operation` are those all its events share, or None."""

    key: str
    fingerprint: str
    parts: tuple[str, ...]
    store: str | None
    operation: str | None


def grouping_of(record: ErrorRecord) -> Grouping:
    """Return the grouping of a processed record.

    The fingerprint processor has applied the split table already; without one, the plain facts make the key.
    """
    mark = record.fingerprint
    if mark is None:
        kind = record.exception.type if record.exception else ""
        facts = (record.platform, record.operation, record.category, record.code, str(record.status), kind)
        parts = tuple(part or "" for part in facts)
        key = "v0:" + hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
        return Grouping(key, key, parts, None, record.operation)
    parts = mark.grouping_parts
    return Grouping(
        key=mark.grouping,
        fingerprint=mark.hash,
        parts=parts,
        store=record.store if f"store={record.store}" in parts else None,
        operation=record.operation if f"operation={record.operation}" in parts else None,
    )
