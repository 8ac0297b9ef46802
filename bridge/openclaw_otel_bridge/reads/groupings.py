"""The kinds of errors of one issue, each with its count and times: many where a flood was folded or issues merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from psycopg import sql

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.cursor import encode
from openclaw_otel_bridge.reads.pages import Order, Page, cut
from openclaw_otel_bridge.reads.view import view_of

_ORDER = Order("events", (sql.SQL("k.event_count"), sql.SQL("k.id")), ("bigint", "bigint"))


@dataclass(frozen=True, slots=True)
class Kind:
    """One grouping with what made it, as its viewer sees it; `folded` while it shares an overflow issue."""

    id: int
    key: str
    fingerprint: str
    parts: Sequence[str]
    folded: bool
    platform: str | None
    operation: str | None
    category: str
    code: str | None
    exception_type: str | None
    severity: str
    message: str
    event_count: int
    first_seen: datetime
    last_seen: datetime
    sort_keys: Sequence[str] = field(repr=False)

    @property
    def title(self) -> str:
        """Nobody gave it one; `present.title` makes it."""
        return ""

    @property
    def kinds(self) -> None:
        """It is one kind, and holds no others."""
        return


def list_kinds_of(
    conn: Connection, actor: Actor, issue_id: int, cursor: str | None = None, limit: int = 50
) -> Page[Kind]:
    """Return a page of an issue's groupings, the most frequent first; the issue itself must be visible.

    Raises:
        BadCursor: the cursor is none of this list.
    """
    view = view_of(actor)
    parts: dict[str, sql.Composable] = {
        "issue": view.binder.bind(issue_id),
        "after": _ORDER.after(cursor, view.binder),
        "order": _ORDER.by(),
        "limit": view.binder.bind(limit + 1),
        "facts": sql.SQL(queries("folding")["facts"]),
        "known": sql.SQL(queries("folding")["known"]),
    }
    name = "groupings" if view.everything else "scoped_groupings"
    statement = sql.SQL(queries("folding")[name]).format(**parts, scope=view.events())
    return cut(view.rows(conn, statement, Kind), limit, lambda last: encode("events", last.sort_keys))
