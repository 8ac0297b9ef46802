"""Issues: list, one, raise by hand, its events, its log, what may help with it."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.scope import may_see
from openclaw_otel_bridge.present import bounds_told
from openclaw_otel_bridge.problems import Problem
from openclaw_otel_bridge.reads.activity import activity
from openclaw_otel_bridge.reads.details import groupings, places, watchers
from openclaw_otel_bridge.reads.events import issue_events
from openclaw_otel_bridge.reads.groupings import list_kinds_of
from openclaw_otel_bridge.reads.issues import SORTS, get_issue, list_issues, list_to_the_end, merged_into
from openclaw_otel_bridge.reads.pages import Searched
from openclaw_otel_bridge.reads.similar import similar
from openclaw_otel_bridge.views.api import shapes
from openclaw_otel_bridge.views.api.asked import arguments, body, limit_of, word_of
from openclaw_otel_bridge.views.api.blueprint import ID, Answer, route
from openclaw_otel_bridge.workflow.errors import NotAllowed, NotFound
from openclaw_otel_bridge.workflow.manual import Report, create_manual


@route("GET", "/issues", "issue.view")
def issue_list(conn: Connection, actor: Actor) -> Any:
    """A page of issues that match a query."""
    given = arguments("query", "sort", "cursor", "limit", "depth")
    sort = word_of(given, "sort", SORTS) or "last_seen"
    listing = list_to_the_end if word_of(given, "depth", ("latest", "all")) == "all" else list_issues
    page = listing(conn, actor, given.get("query", ""), sort, given.get("cursor"), limit_of(given))
    shown = shapes.listed(page.items, lambda one: shapes.issue(one, actor.locale), page.next)
    return shown if page.searched is None else {**shown, "searched": _searched(page.searched, actor.locale)}


@route("POST", "/issues", "issue.raise")
def issue_raise(conn: Connection, actor: Actor) -> Any:
    """Raise an issue by hand."""
    asked = body("title", "order", "store", "platform", "note", "severity")
    report = Report(
        title=asked.text("title") or "",
        order=asked.text("order"),
        store=asked.text("store"),
        platform=asked.text("platform"),
        note=asked.text("note") or "",
        severity=asked.text("severity") or "error",
    )
    raised = create_manual(conn, actor, report)
    if not may_see(conn, actor, raised.id):
        raise NotAllowed(
            "you could not see this issue: give a store and platform you may see",
            "您将看不到该问题：请填写您有权查看的店铺和平台",
        )
    return full(conn, actor, raised.id, status=201)


@route("GET", f"/issues/<{ID}:issue_id>", "issue.view")
def issue_get(conn: Connection, actor: Actor, issue_id: int) -> Any:
    """One issue in full; its ETag is the version that If-Match takes."""
    arguments()
    try:
        return full(conn, actor, issue_id)
    except NotFound:
        target = merged_into(conn, actor, issue_id)
        if target is None or not may_see(conn, actor, target):
            raise
        raise Problem(
            f"issue {issue_id} was merged into issue {target}",
            status=404,
            code="merged",
            headers={"Link": f'</api/v1/issues/{target}>; rel="canonical"'},
        ) from None


@route("GET", f"/issues/<{ID}:issue_id>/events", "event.view")
def issue_event_list(conn: Connection, actor: Actor, issue_id: int) -> Any:
    """A page of an issue's events, the latest first."""
    given = arguments("cursor", "limit")
    issue = get_issue(conn, actor, issue_id)
    page = issue_events(conn, actor, issue, given.get("cursor"), limit_of(given))
    return shapes.listed(page.items, shapes.event, page.next)


@route("GET", f"/issues/<{ID}:issue_id>/groupings", "issue.view")
def issue_groupings(conn: Connection, actor: Actor, issue_id: int) -> Any:
    """A page of the kinds of errors an issue is made of, the most frequent first."""
    given = arguments("cursor", "limit")
    get_issue(conn, actor, issue_id)
    page = list_kinds_of(conn, actor, issue_id, given.get("cursor"), limit_of(given))
    return shapes.listed(page.items, lambda one: shapes.kind(one, actor.locale), page.next)


@route("GET", f"/issues/<{ID}:issue_id>/activity", "issue.view")
def issue_activity(conn: Connection, actor: Actor, issue_id: int) -> Any:
    """A page of an issue's log, the latest first."""
    given = arguments("cursor", "limit")
    get_issue(conn, actor, issue_id)
    page = activity(conn, issue_id, given.get("cursor"), limit_of(given))
    return shapes.listed(page.items, lambda one: shapes.entry(one, actor.locale), page.next)


@route("GET", f"/issues/<{ID}:issue_id>/similar", "article.view")
def issue_similar(conn: Connection, actor: Actor, issue_id: int) -> Any:
    """Articles that may help with an issue, the nearest first."""
    given = arguments("limit")
    limit = limit_of(given) if "limit" in given else 5
    return shapes.listed(similar(conn, actor, get_issue(conn, actor, issue_id), limit), shapes.similar)


def _searched(far: Searched, locale: str) -> shapes.Json:
    return {
        "issues": far.issues,
        "partly": far.partly,
        "unfinished": far.unfinished,
        "note": " ".join(bounds_told(far, locale)),
    }


def full(conn: Connection, actor: Actor, issue_id: int, *, status: int = 200) -> Answer:
    """Return the answer that shows an issue in full, with its ETag; 201 names its place too."""
    issue = get_issue(conn, actor, issue_id)
    shown = shapes.issue_in_full(
        issue,
        actor.locale,
        groupings(conn, actor, issue_id),
        places(conn, actor, issue_id),
        watchers(conn, issue_id),
    )
    headers = {"ETag": f'"{issue.version}"'}
    if status == 201:
        headers["Location"] = f"/api/v1/issues/{issue_id}"
    return Answer(shown, status, headers)
