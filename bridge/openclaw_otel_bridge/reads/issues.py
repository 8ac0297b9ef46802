"""Issues as lists and one by one: what the inbox, the issue page and the API show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from psycopg import sql

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.query import Query, parse
from openclaw_otel_bridge.query.compile import for_many, leads_to_few
from openclaw_otel_bridge.query.walk import needs_walk
from openclaw_otel_bridge.reads.cursor import encode
from openclaw_otel_bridge.reads.pages import Order, Page, cut
from openclaw_otel_bridge.reads.search import After, search
from openclaw_otel_bridge.reads.view import part, view_of
from openclaw_otel_bridge.workflow.errors import NotFound


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue as its viewer sees it: count, times and message are those of the events in the viewer's scope."""

    id: int
    project_id: int
    origin: str
    status: str
    version: int
    title: str
    """Given by hand; "" where `present.title` makes it of the other fields."""
    platform: str | None
    store: str | None
    operation: str | None
    category: str
    sender_category: str | None
    code: str | None
    message: str
    exception_type: str | None
    service: str | None
    severity: str
    owner_hint: str | None
    retryable: bool
    explanation: Mapping[str, str]
    next_step: Mapping[str, str]
    order_id: str | None
    first_seen: datetime
    last_seen: datetime
    seen_order: datetime = field(repr=False)
    """What lists by last_seen are ordered by: last_seen as last folded."""
    event_count: int
    assignee_id: int | None
    team_id: int | None
    due_at: datetime | None
    regressed: bool
    resolved_at: datetime | None
    resolved_release: str | None
    reviewed_by: int | None
    root_cause_kind: str | None
    root_cause_text: str | None
    fix_kind: str | None
    fix_text: str | None
    muted_until: datetime | None
    muted_count: int | None
    created_by: int | None
    created_at: datetime
    updated_at: datetime
    kinds: int | None
    """How many visible kinds of errors are folded into an overflow issue; None for any other."""
    assignee_name: str | None
    team_name: str | None
    sort_keys: Sequence[str] = field(default=(), repr=False)

    @property
    def muted(self) -> bool:
        """Whether its notifications are held back."""
        return self.muted_until is not None or self.muted_count is not None


def _order(name: str, *keys: tuple[sql.SQL, str], ascending: bool = False, figures: sql.SQL | None = None) -> Order:
    every = (*keys, (sql.SQL("i.id"), "bigint"))
    return Order(name, tuple(key for key, _ in every), tuple(kind for _, kind in every), ascending, figures)


_LAST_SEEN = (sql.SQL("i.seen_order"), "timestamptz")
SORTS: Mapping[str, Order] = {
    order.name: order
    for order in (
        _order("last_seen", _LAST_SEEN, figures=sql.SQL("last_seen desc, issue_id desc")),
        _order(
            "first_seen",
            (sql.SQL("i.first_seen"), "timestamptz"),
            figures=sql.SQL("first_seen desc, issue_id desc"),
        ),
        _order(
            "events",
            (sql.SQL("i.event_count"), "bigint"),
            _LAST_SEEN,
            figures=sql.SQL("n desc, last_seen desc, issue_id desc"),
        ),
        _order("severity", (sql.SQL(queries("reads")["severity_rank"]), "bigint"), _LAST_SEEN),
        _order("due", (sql.SQL("coalesce(i.due_at, 'infinity')"), "timestamptz"), ascending=True),
    )
}
"""The latest, the newest, the most frequent, the most severe first; due: the next one due first, those without last."""


def list_issues(
    conn: Connection,
    actor: Actor,
    query: str | Query = "",
    sort: str = "last_seen",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Issue]:
    """Return a page of the visible issues that match; a search that has to look at events is bounded (`Page.searched`).

    Raises:
        QueryError: the query cannot be read.
        KeyError: no such sort (see SORTS).
        BadCursor: the cursor is none of this sort.
    """
    asked = _read(query)
    if not needs_walk(asked):
        return list_to_the_end(conn, actor, asked, sort, cursor, limit)
    page = search(conn, view_of(actor), asked, SORTS[sort], After(cursor, limit))
    known = {issue.id: issue for issue in get_issues(conn, actor, page.items)}
    return Page([known[one] for one in page.items if one in known], page.next, page.searched)


def list_to_the_end(
    conn: Connection, actor: Actor, query: str | Query, sort: str, cursor: str | None = None, limit: int = 50
) -> Page[Issue]:
    """Return the same with every event looked at, however long it takes.

    Raises:
        QueryError, KeyError, BadCursor: see `list_issues`.
    """
    order = SORTS[sort]
    view = view_of(actor)
    asked = _read(query)
    few = view.everything or leads_to_few(asked)
    conditions = view.matching(asked)
    statement = part(
        "list_issues",
        visible=view.few() if few else view.issues(order.figures),
        each=view.few(),
        keys=order.texts(),
        conditions=conditions if few else for_many(conditions),  # many: join the figures of all by hashing
        after=order.after(cursor, view.binder),
        order=order.by(),
        limit=view.binder.bind(limit + 1),
    )
    return cut(view.rows(conn, statement, Issue), limit, lambda last: encode(sort, last.sort_keys))


def count_issues(conn: Connection, actor: Actor, query: str | Query = "", limit: int = 1000) -> int:
    """Return how many visible issues match, counted no further than `limit`.

    Raises:
        QueryError: the query cannot be read.
    """
    view = view_of(actor)
    statement = part(
        "count_issues",
        visible=view.counted(),
        conditions=view.matching(_read(query)),
        limit=view.binder.bind(limit),
    )
    row = view.one(conn, statement)
    return int(row[0]) if row else 0


def count_each(conn: Connection, actor: Actor, asked: Sequence[str], limit: int = 1000) -> list[int]:
    """Return how many visible issues match each of several queries, each counted no further than `limit`.

    Raises:
        QueryError: a query cannot be read.
    """
    view = view_of(actor)
    seen, visible = view.counted_together()
    counts = [
        part(
            "count_issues",
            visible=visible,
            conditions=view.matching(parse(query), prefix=f"q{number}_"),
            limit=view.binder.bind(limit),
        )
        for number, query in enumerate(asked)
    ]
    row = view.one(conn, part("count_each", seen=seen, counts=sql.SQL(", ").join(map(sql.SQL("({})").format, counts))))
    return list(row or ())


def get_issue(conn: Connection, actor: Actor, issue_id: int) -> Issue:
    """Return one issue.

    Raises:
        NotFound: it is not there, cannot be seen, or was merged (see `merged_into`).
    """
    view = view_of(actor)
    statement = part("get_issue", visible=view.few(), id=view.binder.bind(issue_id))
    rows = view.rows(conn, statement, Issue)
    if not rows:
        raise NotFound("issue", "问题", issue_id)
    return rows[0]


def get_issues(conn: Connection, actor: Actor, ids: Sequence[int]) -> list[Issue]:
    """Return those of the issues that can be seen, in no order."""
    view = view_of(actor)
    return view.rows(conn, part("get_issues", visible=view.few(), ids=view.binder.bind(list(ids))), Issue)


def merged_into(conn: Connection, actor: Actor, issue_id: int) -> int | None:
    """Return the issue that a merged one went into, None when it was not merged."""
    row = conn.execute(queries("reads")["merged_into"], {"id": issue_id, "project": actor.project_id}).fetchone()
    return row[0] if row else None


def _read(query: str | Query) -> Query:
    return parse(query) if isinstance(query, str) else query
