"""Reading values of HTTP headers and bodies: Retry-After, HTTP dates, timestamps."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

_NANOSECONDS = re.compile(r"(\.\d{6})\d+")


def retry_after_seconds(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds of a Retry-After header: integer, float (Shopify sends `2.0`) or HTTP date; else None."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        pass
    else:
        return seconds if 0 <= seconds < 1e9 else None
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())


def timestamp(value: str | int | float | None) -> datetime | None:
    """Return a UTC time of what platforms send: ISO 8601 (nanoseconds too), epoch seconds or milliseconds; else None.

    A time without zone is UTC.
    """
    if value is None or isinstance(value, bool) or value == "":
        return None
    try:
        number = float(value)
    except ValueError:
        return _iso_time(str(value))
    try:
        return datetime.fromtimestamp(number / 1000 if abs(number) > 1e11 else number, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _iso_time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(_NANOSECONDS.sub(r"\1", text.strip()))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def expires_at(seconds: Any, started: datetime | None = None) -> datetime | None:
    """Return when something ends that lives for `seconds` from `started` (default: now); None: no duration."""
    if isinstance(seconds, str) and seconds.isdecimal() and len(seconds) < 12:
        seconds = int(seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 10**9:
        return None
    return (started or datetime.now(UTC)) + timedelta(seconds=seconds)
