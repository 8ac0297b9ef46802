"""What a folded grouping keeps of its first record, so that rules can still read it when it is unfolded; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openclaw_otel.record import ErrorRecord

_FIELDS: Mapping[str, str] = {
    "platform": "platform",
    "store": "store",
    "env": "environment",
    "service": "service",
    "request": "request_id",
    "trace": "trace_id",
    "release": "release",
}
"""Key of the query language → field of a record."""


def kept_of(record: ErrorRecord, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what rules read of a record as JSON; `attributes` are those an event's row would show."""
    kept: dict[str, Any] = {key: getattr(record, name) for key, name in _FIELDS.items()}
    kept |= {"order": record.objects.get("order"), "attributes": dict(attributes)}
    return {key: value for key, value in kept.items() if value}


def record_of(kept: Mapping[str, Any], ident: str) -> ErrorRecord:
    """Return a record that rules read as they would have read the first one."""
    return ErrorRecord(
        id=ident,
        objects={"order": kept["order"]} if "order" in kept else {},
        attributes=kept.get("attributes", {}),
        **{name: kept[key] for key, name in _FIELDS.items() if key in kept},
    )
