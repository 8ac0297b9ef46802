"""Webhooks are stored once, with the time they came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.sentry.keeping import SentryHook, keep_hooks
from tests.bridge.working import conn

__all__ = ["conn"]


def test_a_repeat_changes_nothing(conn: Connection) -> None:
    first = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
    later = first + timedelta(hours=1)
    keep_hooks(conn, [SentryHook("main", "r1", first, {"n": 1}), SentryHook("other", "r1", first, {"n": 2})])
    keep_hooks(conn, [SentryHook("main", "r1", later, {"n": 3}), SentryHook("main", "r2", later, {"n": 4})])
    kept = conn.execute("select integration, request_id, received_at, facts -> 'n' from sentry_hooks order by 1, 2")
    assert kept.fetchall() == [("main", "r1", first, 1), ("main", "r2", later, 4), ("other", "r1", first, 2)]
