"""A partition per day: made when the first row of its day comes, dropped whole when its time is over."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from psycopg import sql

from openclaw_otel_bridge.config import Retention
from openclaw_otel_bridge.db import Connection, queries

log = logging.getLogger(__name__)
EVENT_TABLES = ("events", "snapshots", "event_copies")
SPAN_TABLES = ("spans", "trace_spans")
INBOX_TABLES = ("webhook_inbox",)
AHEAD = timedelta(days=2)
_CHILD = re.compile(r"_d(\d{4})(\d\d)(\d\d)$")


class Partitions:
    """Makes what is missing; remembers what is there. One per connection-owning thread."""

    def __init__(self, retention: Retention) -> None:
        self._keep = {
            **dict.fromkeys(EVENT_TABLES, retention.events),
            **dict.fromkeys(SPAN_TABLES, retention.spans),
            **dict.fromkeys(INBOX_TABLES, retention.inbox),
        }
        self._made: set[tuple[str, date]] = set()

    def ensure(self, conn: Connection, table: str, days: Collection[date], today: date) -> None:
        """Make the partitions of `days` inside the window of retention; other days live in the default partition.

        `conn` must be in autocommit and outside a transaction: partitions are made in short ones of their own.
        """
        for day in sorted(set(days)):
            if (table, day) in self._made or not today - timedelta(days=self._keep[table]) <= day <= today + AHEAD:
                continue
            make(conn, table, day)
            self._made.add((table, day))
        if len(self._made) > 4096:  # years of uptime: forget, and look again
            self._made.clear()


def make(conn: Connection, table: str, day: date) -> bool:
    """Make the partition of `table` for `day`; False when it was there already."""
    names = {
        "parent": sql.Identifier(table),
        "child": sql.Identifier(child_name(table, day)),
        "default": sql.Identifier(f"{table}_default"),
        "day": sql.Literal(day),
        "next_day": sql.Literal(day + timedelta(days=1)),
    }
    found = queries("partitions")
    if conn.execute(found["exists"], (child_name(table, day),)).fetchone():
        return False
    with conn.transaction():
        conn.execute(found["lock"])
        if conn.execute(found["exists"], (child_name(table, day),)).fetchone():
            return False
        for step in ("make", "hold_default", "move", "attach"):
            conn.execute(sql.SQL(found[step]).format(**names))
    log.info("partition %s made", child_name(table, day))
    return True


def expired(conn: Connection, retention: Retention, today: date) -> list[tuple[str, str]]:
    """Return (table, partition) of every partition whose days are over, oldest first."""
    keep: Mapping[str, int] = Partitions(retention)._keep
    found = []
    for table, days in keep.items():
        oldest = today - timedelta(days=days)
        for (name,) in conn.execute(queries("partitions")["children"], (table, table)):
            match = _CHILD.search(name)
            if match and date(*map(int, match.groups())) < oldest:
                found.append((table, name))
    return sorted(found, key=lambda pair: pair[1][-8:])


def drop(conn: Connection, table: str, child: str) -> None:
    """Detach and drop one partition; `conn` in autocommit. Gives up after 5 s behind long readers (try again later)."""
    names = {"parent": sql.Identifier(table), "child": sql.Identifier(child)}
    with conn.transaction():
        conn.execute("set local lock_timeout = '5s'")
        conn.execute(sql.SQL(queries("partitions")["detach"]).format(**names))
        conn.execute(sql.SQL(queries("partitions")["drop"]).format(**names))
    log.info("partition %s dropped", child)


def purge(conn: Connection, retention: Retention, now: datetime) -> int:
    """Delete the rows of default partitions whose time is over; return how many. `conn` in autocommit."""
    found = queries("partitions")
    gone = 0
    for table, days in (("events", retention.events), ("webhook_inbox", retention.inbox)):
        cutoff = sql.Literal(now - timedelta(days=days))
        gone += conn.execute(sql.SQL(found["purge_received"]).format(default=_default(table), cutoff=cutoff)).rowcount
    for table, chunk, days in (
        ("snapshots", "id", retention.events),
        ("spans", "id", retention.spans),
        ("trace_spans", "chunk", retention.spans),
    ):
        query = sql.SQL(found["purge_chunks"]).format(
            default=_default(table),
            chunk=sql.Identifier(chunk),
            cutoff=sql.Literal(chunk_id_at(now - timedelta(days=days))),
        )
        gone += conn.execute(query).rowcount
    return gone + conn.execute(found["purge_copies"]).rowcount


def chunk_id_at(at: datetime) -> int:
    """Return the lowest id a chunk made at this time can have: milliseconds since 1970 above 21 random bits."""
    return int(at.timestamp() * 1000) << 21


def _default(table: str) -> sql.Identifier:
    return sql.Identifier(f"{table}_default")


def child_name(table: str, day: date) -> str:
    """Return the name of a day's partition: `events_d20261122`."""
    return f"{table}_d{day:%Y%m%d}"
