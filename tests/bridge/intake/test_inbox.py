"""A delivery is kept once, on whatever day its copies come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import psycopg

from openclaw_otel_bridge.intake.inbox import insert_deliveries
from openclaw_otel_bridge.intake.items import InboxRow

NOW = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)


def row(key: str = "e1") -> InboxRow:
    return InboxRow(1, "shopify", "demo", key, uuid4(), NOW.date(), NOW, "orders/create", "d1", True, None, b"data")


def test_copies_are_counted(database_url: str) -> None:
    first = row()
    with psycopg.connect(database_url) as conn:
        insert_deliveries(conn, [first, replace(first, id=uuid4()), row("e2")])
        insert_deliveries(conn, [replace(first, id=uuid4(), day=date(2026, 11, 23))])
        insert_deliveries(conn, [replace(first, store="other"), replace(first, project_id=2)])
        found = conn.execute("select project_id, store, dedup_key, copies, day::text from webhook_inbox").fetchall()
    assert sorted(found) == [
        (1, "demo", "e1", 3, "2026-11-22"),
        (1, "demo", "e2", 1, "2026-11-22"),
        (1, "other", "e1", 1, "2026-11-22"),
        (2, "demo", "e1", 1, "2026-11-22"),
    ]


def test_the_same_delivery_again_is_no_copy(database_url: str) -> None:
    first = row()
    with psycopg.connect(database_url) as conn:
        for rows in ([first], [first, first], [first, replace(first, id=uuid4())]):
            insert_deliveries(conn, rows)
        assert conn.execute("select copies from webhook_inbox").fetchall() == [(2,)]
