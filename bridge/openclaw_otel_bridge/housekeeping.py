"""What must happen now and then: partitions ahead, partitions and rows whose time is over."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta

import psycopg

from openclaw_otel_bridge import partitions
from openclaw_otel_bridge.config import Retention
from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.shaping import forget

log = logging.getLogger(__name__)
TABLES = (*partitions.EVENT_TABLES, *partitions.SPAN_TABLES, *partitions.INBOX_TABLES)
BITE = 5_000
"""Rows removed in one statement, so that nobody waits long for their locks."""


def keep_house(conn: Connection, retention: Retention, today: date | None = None) -> None:
    """Make the partitions of today and the days ahead, drop those that are over, remove old rows.

    `conn` must be in autocommit. What cannot be dropped now (a long reader) is tried again next time.
    """
    today = today or datetime.now(UTC).date()
    ahead = [today + timedelta(days=n) for n in range(partitions.AHEAD.days + 1)]
    made = partitions.Partitions(retention)
    for table in TABLES:
        made.ensure(conn, table, ahead, today)
    for table, child in partitions.expired(conn, retention, today):
        try:
            partitions.drop(conn, table, child)
        except psycopg.errors.LockNotAvailable:
            log.warning("partition %s is in use; its time is over, it will be dropped later", child)
    conn.execute(queries("quotas")["expire"])
    forget(conn, today - timedelta(days=retention.events))
    for name, days in (
        ("expire_activity", retention.activity),
        ("expire_audit", retention.activity),
        ("expire_deliveries", retention.activity),
        ("expire_rejects", retention.events),
    ):
        while conn.execute(queries("worker")[name], {"days": days, "most": BITE}).rowcount == BITE:
            pass
    while _fold_rejects(conn) == BITE:
        pass


def _fold_rejects(conn: Connection) -> int:
    row = conn.execute(queries("worker")["fold_rejects"], {"most": BITE}).fetchone()
    return int(row[0]) if row else 0
