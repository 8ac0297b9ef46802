"""Small tables people choose from or look up: kinds of root causes and fixes, the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.reads.cursor import decode, encode
from openclaw_otel_bridge.reads.pages import Page, cut
from openclaw_otel_bridge.reads.view import rows_of


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of root cause or fix (`family`); an inactive one is kept for what was resolved with it."""

    family: str
    kind: str
    label_en: str
    label_zh: str
    active: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the audit log."""

    id: int
    at: datetime
    person_id: int | None
    person_name: str | None
    action: str
    object: str
    data: Mapping[str, Any]


def list_kinds(conn: Connection) -> list[Kind]:
    """Return all kinds in their order, root causes first."""
    return rows_of(conn, "kinds", {}, Kind)


def audit_log(conn: Connection, cursor: str | None = None, limit: int = 50) -> Page[Change]:
    """Return a page of the audit log, the latest first.

    Raises:
        BadCursor: the cursor is none of this list.
    """
    before = int(decode(cursor, "audit", ("bigint",))[0]) if cursor else None
    rows = rows_of(conn, "audit_log", {"before": before, "limit": limit + 1}, Change)
    return cut(rows, limit, lambda last: encode("audit", (str(last.id),)))
