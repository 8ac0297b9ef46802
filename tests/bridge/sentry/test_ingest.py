"""Fetched events become ours."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.sentry.ingest import Ingest, as_sent
from tests.bridge.working import Company, company, conn

__all__ = ["company", "conn"]

EVENT: dict[str, Any] = {
    "id": "b" * 32,
    "eventID": "b" * 32,
    "dateCreated": "2026-03-01T12:00:00Z",
    "platform": "python",
    "release": {"version": "erp@1.0"},
    "tags": [{"key": "level", "value": "error"}, {"key": "environment", "value": "prod"}],
    "entries": [
        {"type": "exception", "data": {"values": [{"type": "E", "value": "mail to jane@example.com failed"}]}},
        {"type": "breadcrumbs", "data": {"values": []}},
    ],
}


def test_as_an_sdk_sends_it() -> None:
    sent = as_sent(EVENT)
    assert (sent["event_id"], sent["release"], sent["environment"], sent["level"]) == (
        "b" * 32,
        "erp@1.0",
        "prod",
        "error",
    )
    assert sent["exception"]["values"][0]["type"] == "E"
    assert as_sent({}) == {"level": "error"}


def test_it_is_stored_once_and_redacted(company: Company) -> None:
    ingest = Ingest(Config("postgresql://unused/x", secret_key="s" * 32))
    for _ in range(2):
        ingest(company.conn, EVENT, 1)
    assert company.row("select exception_type, message, env, sources from events") == (
        "E",
        "mail to [email] failed",
        "prod",
        4,
    )
    ingest(company.conn, {"eventID": "c" * 32, "tags": [{"key": "level", "value": "info"}]}, 1)
    assert company.one("select count(*) from events") == 1
