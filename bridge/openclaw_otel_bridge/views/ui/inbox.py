"""The inbox: quick views, the query box, a page of issues, bulk assignment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, request, url_for

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.messages import t
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.permissions import allowed, require
from openclaw_otel_bridge.present import bounds_told, title
from openclaw_otel_bridge.query import Query, QueryError, parse
from openclaw_otel_bridge.reads.cursor import BadCursor
from openclaw_otel_bridge.reads.details import hourly_counts
from openclaw_otel_bridge.reads.issues import SORTS, Issue, count_each, count_issues, list_issues, list_to_the_end
from openclaw_otel_bridge.reads.pages import Page
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.jump import jump
from openclaw_otel_bridge.views.ui.owners import Owner, choices, owner_of, owner_value
from openclaw_otel_bridge.views.ui.page import done, page, tell
from openclaw_otel_bridge.views.ui.samples import first_event
from openclaw_otel_bridge.views.ui.session import here, local_path, viewer, viewer_locale
from openclaw_otel_bridge.views.ui.sparkline import Sparkline, hourly
from openclaw_otel_bridge.workflow.errors import InvalidField, WorkError
from openclaw_otel_bridge.workflow.transition import Transition, transition

VIEWS: Mapping[str, str] = {
    "open": "-status:resolved",
    "mine": "assignee:me -status:resolved",
    "team": "-status:resolved",  # and the viewer's teams, see `view_query`
    "unassigned": "is:unassigned -status:resolved",
    "in_review": "status:in_review",
    "resolved": "status:resolved",
    "all": "",
}
"""Quick view → its query."""
COUNTED = ("mine", "unassigned", "in_review")
"""Views that show how much waits in them, counted to MOST_COUNTED."""
MOST_COUNTED = 99
PAGE_SIZE = 50
MOST_AT_ONCE = 200
MOST_TOLD = 3
"""Reasons told of a bulk action; the rest is a number."""


@dataclass(frozen=True, slots=True)
class View:
    """One quick view of the strip; `count` None is not counted."""

    name: str
    count: int | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    id: int
    title: str
    status: str
    severity: str
    category: str
    """"" for a flood, whose kinds have their own."""
    store: str | None
    event_count: int
    first_seen: datetime
    last_seen: datetime
    assignee_name: str | None
    team_name: str | None
    due_at: datetime | None
    regressed: bool
    muted: bool
    spark: Sparkline


@blueprint.get("/")
@blueprint.get("/issues", endpoint="issues")
def inbox() -> Response:
    """The list. An order or request id typed alone goes straight to its issue."""
    actor, args = viewer(), request.args
    view = args.get("view", "")
    view = view if view in VIEWS else "open"
    query = args.get("query", "").strip()
    sort = args.get("sort", "last_seen")
    sort = sort if sort in SORTS else "last_seen"
    with services().database.connection() as conn:
        target = jump(conn, actor, query)
        if target:
            return done(target)
        return page("inbox.html", section="inbox", **_context(conn, actor, view, query, sort))


@blueprint.post("/issues/bulk")
def bulk() -> Response:
    """Give the ticked issues to one owner; each that cannot be given is told with its reason."""
    actor = viewer()
    require(actor, "issue.bulk")
    ids = [int(value) for value in request.form.getlist("issue") if re.fullmatch(r"[0-9]{1,18}", value)]
    back = local_path(request.form.get("next", "/"))
    owner = owner_of(request.form.get("owner", ""))
    if not ids or not owner:
        tell("inbox.nothing_chosen", kind="bad")
        return done(back)
    if len(ids) > MOST_AT_ONCE:
        raise InvalidField("issue", f"at most {MOST_AT_ONCE} at once", f"一次最多 {MOST_AT_ONCE} 个")
    with services().database.connection() as conn:
        name = _name_of(conn, actor, owner)
        failed = _assign_each(conn, actor, sorted(set(ids)), owner)
    given = len(set(ids)) - len(failed)
    if given:
        tell("inbox.assigned", n=given, to=name)
    if failed:
        tell("inbox.not_assigned", kind="bad", n=len(failed), why=" · ".join(failed[:MOST_TOLD]))
    return done(back)


def view_query(view: str, actor: Actor) -> str:
    """Return the query of a quick view for one person; of a team view without teams, one that finds nothing."""
    if view != "team":
        return VIEWS[view]
    teams = ",".join(str(team) for team in sorted(actor.teams)) or "0"
    return f"team:{teams} {VIEWS[view]}"


def combined(view: str, query: str, actor: Actor) -> Query:
    """Return a quick view and what was typed as one query.

    Raises:
        QueryError: what was typed cannot be read; its position counts in that text.
    """
    parse(query)
    return parse(f"{view_query(view, actor)} {query}".strip())


def rows_of(conn: Connection, actor: Actor, issues: Sequence[Issue], locale: str) -> list[Row]:
    """Return issues as lines of a list, each with the counts of its last day."""
    now = services().clock()
    counts = hourly_counts(conn, actor, [issue.id for issue in issues], now - timedelta(hours=24)) if issues else {}
    return [
        Row(
            id=issue.id,
            title=title(issue, locale),
            status=issue.status,
            severity=issue.severity,
            category=issue.category if issue.kinds is None else "",
            store=issue.store,
            event_count=issue.event_count,
            first_seen=issue.first_seen,
            last_seen=issue.last_seen,
            assignee_name=issue.assignee_name,
            team_name=issue.team_name,
            due_at=issue.due_at,
            regressed=issue.regressed,
            muted=issue.muted,
            spark=hourly(counts.get(issue.id, {}), now),
        )
        for issue in issues
    ]


def _context(conn: Connection, actor: Actor, view: str, query: str, sort: str) -> dict[str, Any]:
    locale = viewer_locale()
    found: Page[Issue] = Page([])
    error = ""
    depth = "all" if request.args.get("depth") == "all" else None
    listing = list_to_the_end if depth else list_issues
    try:
        cursor = request.args.get("cursor") or None
        found = listing(conn, actor, combined(view, query, actor), sort, cursor, PAGE_SIZE)
    except QueryError as wrong:
        error = wrong.text(locale)
    except BadCursor:
        found = listing(conn, actor, combined(view, query, actor), sort, None, PAGE_SIZE)
    rows = rows_of(conn, actor, found.items, locale)
    context: dict[str, Any] = {
        "view": view,
        "query": query,
        "sort": sort,
        "rows": rows,
        "query_error": error,
        "cursor": request.args.get("cursor"),
        "next_url": url_for("ui.inbox", view=view, query=query, sort=sort, depth=depth, cursor=found.next)
        if found.next
        else "",
        "bounds": bounds_told(found.searched, locale) if found.searched else [],
        "thorough": depth is not None,  # such a list is not refreshed by itself
        "all_url": url_for("ui.inbox", view=view, query=query, sort=sort, depth="all"),
        "first_url": url_for("ui.inbox", view=view, query=query, sort=sort),
        "sort_url": lambda name: url_for("ui.inbox", view=view, query=query or None, sort=name),
        "here": here(),
        "nothing_yet": False,
        "first_event": "",
    }
    whole = request.headers.get("HX-Target") != "list"  # the refreshed list alone shows neither views nor owners
    views, has_issues = _views(conn, actor) if whole else ([], bool(rows) or count_issues(conn, actor, "", 1) > 0)
    if not has_issues and not error:
        context |= {"nothing_yet": True, "first_event": first_event(services().config.public_url)}
    if whole:
        people, teams = choices(conn, actor) if allowed(actor, "issue.bulk") else ([], [])
        context |= {"people": people, "teams": teams, "views": views}
    return context


def _views(conn: Connection, actor: Actor) -> tuple[list[View], bool]:
    """Return the quick views, and whether there is any issue at all."""
    asked = [*(view_query(name, actor) for name in COUNTED), VIEWS["all"]]
    *counts, every = count_each(conn, actor, asked, MOST_COUNTED + 1)
    known = {name: View(name, min(n, MOST_COUNTED), n > MOST_COUNTED) for name, n in zip(COUNTED, counts, strict=True)}
    return [known.get(name, View(name)) for name in VIEWS], every > 0


def _assign_each(conn: Connection, actor: Actor, ids: Sequence[int], owner: Owner) -> list[str]:
    """Assign what can be assigned and return why the rest cannot; in id order, so that two people never block."""
    failed = []
    for issue_id in ids:
        try:
            with conn.transaction():
                transition(conn, actor, issue_id, Transition(to="assigned", assignee=owner.assignee, team=owner.team))
        except WorkError as error:
            failed.append(f"#{issue_id} {error.text(viewer_locale())}")
    return failed


def _name_of(conn: Connection, actor: Actor, owner: Owner) -> str:
    people, teams = choices(conn, actor)
    names = {owner_value(one.id, None): one.name for one in people}
    names |= {owner_value(None, one.id): one.name for one in teams}
    return names.get(owner_value(owner.assignee, owner.team)) or t("issue.nobody", viewer_locale())
