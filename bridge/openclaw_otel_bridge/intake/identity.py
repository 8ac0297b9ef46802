"""Which event an occurrence is: its id, the day it lies in, and what tells a copy."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, SafeUUID

from openclaw_otel.ids import time_of

NAMESPACE = UUID("8d0f2a4e-6c43-5f0b-9a6e-0d7f3b1c5e21")
"""Of our UUIDv5 ids; never changes, or resends would be counted twice."""
_NAMESPACE_BYTES = NAMESPACE.bytes
NO_DAY = date(1970, 1, 1)
"""Where the sender's time cannot be right. A constant, so that a resend meets its first copy."""
FUTURE = timedelta(hours=24)
PAST = timedelta(days=400)
_LONG_AGO = -PAST
_VERSION_BITS, _VARIANT_BITS = 0xF << 76, 0x3 << 62
_V5, _V7 = 0x5 << 76 | 0x2 << 62, 0x7 << 76 | 0x2 << 62
"""Version and variant of an id as RFC 9562 sets them."""


def stamped_id(text: object) -> UUID | None:
    """Return the record id the library stamped on all copies, or None when there is none that can be one."""
    if not isinstance(text, str) or not text or len(text) > 40:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None


def span_event_id(project_id: int, trace_id: str, span_id: str, index: int) -> UUID:
    """Return the id of the exception at position `index` of a span's events (-1: the span itself)."""
    return _uuid5(f"{project_id}/{trace_id}/{span_id}/{index}")


def log_id(project_id: int, trace_id: str | None, span_id: str | None, nanos: int, text: str) -> UUID:
    """Return the id of a log record without one: by its trace, span and time, and what it says."""
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return _uuid5(f"{project_id}/{trace_id or ''}/{span_id or ''}/log/{nanos}/{digest}")


def place(event_id: UUID, occurred_at: datetime | None, received_at: datetime) -> tuple[date, datetime]:
    """Return the day of an event and the time it occurred as it is stored.

    The day is a function of the event alone. A time that cannot be right (none, before 400 days ago, more than a day
    ahead) becomes the time of receipt, and the day a constant.
    """
    is_v7 = event_id.int & (_VERSION_BITS | _VARIANT_BITS) == _V7
    stamp = time_of(event_id.hex) if is_v7 else None
    if occurred_at is None or not _is_possible(occurred_at, received_at):
        occurred_at = None
    if stamp is not None:
        day = stamp.date() if _is_possible(stamp, received_at) else NO_DAY
    else:
        day = _utc_day(occurred_at) if occurred_at else NO_DAY
    return day, occurred_at or received_at


def copy_hash(key: bytes, kind: str, message: str) -> int:
    """Return a keyed 64-bit hash of a raw exception type and message: equal means equal, and nothing can be read."""
    text = f"{kind}\0{message}".encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8, key=key[:64]).digest(), "big", signed=True)


def _uuid5(name: str) -> UUID:
    """Return `uuid.uuid5(NAMESPACE, name)`, at a third of its price."""
    digest = hashlib.sha1(_NAMESPACE_BYTES + name.encode(), usedforsecurity=False).digest()
    number = int.from_bytes(digest[:16], "big") & ~(_VERSION_BITS | _VARIANT_BITS) | _V5
    made = object.__new__(UUID)  # what its __init__ sets, without the questions it asks
    object.__setattr__(made, "int", number)
    object.__setattr__(made, "is_safe", SafeUUID.unknown)
    return made


def _is_possible(at: datetime, received_at: datetime) -> bool:
    return _LONG_AGO <= at - received_at <= FUTURE


def _utc_day(at: datetime) -> date:
    return at.date() if at.tzinfo is UTC else at.astimezone(UTC).date()
