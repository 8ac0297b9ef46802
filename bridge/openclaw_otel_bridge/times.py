"""Times as people read them: relative words, and the clock of the reader's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from openclaw_otel_bridge.messages import t

MINUTE, HOUR, DAY = 60, 3600, 86400


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """Return a time zone by IANA name; UTC for one this machine does not know."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not found, a directory, a path that leads outside
        return UTC


def known_zone(name: str) -> bool:
    """Say whether an IANA name can be used."""
    return name == "UTC" or zone(name) is not UTC


def relative(at: datetime, now: datetime, locale: str) -> str:
    """Return "3 min ago", "in 2 h" in the reader's language; days from two days on."""
    seconds = (now - at).total_seconds()
    direction = "ago" if seconds >= 0 else "in"
    distance = abs(seconds)
    if distance < MINUTE:
        return t("time.now" if direction == "ago" else "time.soon", locale)
    unit, size = _unit(distance)
    return t(f"time.{direction}.{unit}", locale, n=int(distance // size))


def absolute(at: datetime, timezone: str, *, seconds: bool = False) -> str:
    """Return `2025-11-22 17:30` by the clock of a zone."""
    return at.astimezone(zone(timezone)).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def span_of_minutes(minutes: int, locale: str) -> str:
    """Return a length of time in its largest whole unit: "2 h", "3 d", "90 min"."""
    for unit, size in (("days", 1440), ("hours", 60)):
        if minutes and minutes % size == 0:
            return t(f"time.{unit}", locale, n=minutes // size)
    return t("time.minutes", locale, n=minutes)


def milliseconds(value: float) -> str:
    """Return a duration given in milliseconds: "840 µs", "12.4 ms", "1.52 s"."""
    if value < 1:
        return f"{value * 1000:.0f} µs"
    if value < 1000:
        return f"{value:.0f} ms" if value >= 100 else f"{value:.1f} ms"
    return str(timedelta(seconds=round(value / 1000))) if value >= 100_000 else f"{value / 1000:.2f} s"


def _unit(distance: float) -> tuple[str, int]:
    if distance < HOUR:
        return "minute", MINUTE
    return ("hour", HOUR) if distance < 2 * DAY else ("day", DAY)
