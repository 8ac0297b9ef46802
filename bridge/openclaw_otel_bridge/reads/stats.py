"""Committed totals, cheap to poll."""

from __future__ import annotations

from dataclasses import dataclass

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.reads.view import rows_of


@dataclass(frozen=True, slots=True)
class Stats:
    """Events and issues of the whole bridge, and its deliveries by status."""

    events: int
    issues: int
    queued: int
    sent: int
    failed: int
    dead: int


def stats(conn: Connection) -> Stats:
    """Return the totals as committed: folded sums and what is not folded yet."""
    return rows_of(conn, "stats", {}, Stats)[0]
