"""The log of an issue: every change, who made it, when."""

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
class Entry:
    """One line: `action` and its parameters, rendered by `present.activity_text`."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str | None
    actor: str
    action: str
    data: Mapping[str, Any]


def activity(conn: Connection, issue_id: int, cursor: str | None = None, limit: int = 50) -> Page[Entry]:
    """Return a page of an issue's log, the latest first; the issue must be visible (see `get_issue`).

    Raises:
        BadCursor: the cursor is none of this list.
    """
    before = int(decode(cursor, "activity", ("bigint",))[0]) if cursor else None
    rows = rows_of(conn, "activity", {"id": issue_id, "before": before, "limit": limit + 1}, Entry)
    return cut(rows, limit, lambda last: encode("activity", (str(last.id),)))
