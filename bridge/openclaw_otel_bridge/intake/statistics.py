"""Statistics of the day's events, as soon as there are some.

Autovacuum comes a minute after them. Until then the planner takes "of these days" for few rows and a trace for many, so
that a storm in the first minute of a day would read all of it for every batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from psycopg import sql

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.partitions import child_name

ENOUGH = 2000
"""Events of a day that tell what the others will be like."""


class Statistics:
    """Counts what is written, and has it looked at once. One per connection-owning thread."""

    def __init__(self) -> None:
        self._written: Counter[date] = Counter()
        self._looked_at: set[date] = set()

    def wrote(self, days: Iterable[date]) -> None:
        """Count events by their days."""
        self._written.update(days)

    def refresh(self, conn: Connection) -> None:
        """Analyze the partitions of days with enough new events, unless somebody has. `conn` in autocommit."""
        due = {day for day, count in self._written.items() if count >= ENOUGH} - self._looked_at
        for day in due:
            self._looked_at.add(day)
            name = child_name("events", day)
            if conn.execute(queries("partitions")["never_analyzed"], (name,)).fetchone():
                conn.execute(sql.SQL("analyze (skip_locked) {}").format(sql.Identifier(name)))
        if len(self._written) > 4096:  # years of uptime
            self._written.clear()
            self._looked_at.clear()
