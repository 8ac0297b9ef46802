"""UUIDv7 record ids: time-ordered, so that the day of an event is a function of its id (RFC 9562 §5.7)."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime


def uuid7(at: datetime | None = None) -> str:
    """Return a new UUIDv7 as text; `at` (default: now) gives its millisecond time."""
    millis = int((at.timestamp() if at else time.time()) * 1000) & ((1 << 48) - 1)
    raw = bytearray(millis.to_bytes(6, "big") + os.urandom(10))
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def time_of(record_id: str) -> datetime | None:
    """Return the UTC time inside a UUIDv7, or None when it is another kind of id."""
    text = record_id.replace("-", "")
    if len(text) != 32 or text[12] != "7":
        return None
    try:
        return datetime.fromtimestamp(int(text[:12], 16) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
