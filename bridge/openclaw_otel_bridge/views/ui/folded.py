"""The part of an overflow issue's page that lists the kinds of errors folded into it, and the buttons that unfold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, request, url_for

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.present import title
from openclaw_otel_bridge.reads.cursor import BadCursor
from openclaw_otel_bridge.reads.groupings import Kind, list_kinds_of
from openclaw_otel_bridge.reads.issues import Issue
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.page import done, tell
from openclaw_otel_bridge.views.ui.session import viewer, viewer_locale
from openclaw_otel_bridge.workflow.errors import InvalidField
from openclaw_otel_bridge.workflow.unfold import MOST, Unfolded, unfold, unfold_all

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Line:
    """One folded kind as the list shows it."""

    id: int
    title: str
    folded: bool
    severity: str
    platform: str | None
    operation: str | None
    category: str
    code: str | None
    message: str
    event_count: int
    first_seen: datetime
    last_seen: datetime


@blueprint.post("/issues/<int:issue_id>/unfold", endpoint="unfold")
def start_unfolding(issue_id: int) -> Response:
    """Give one folded kind of errors, or all of them, issues of their own."""
    ident = request.form.get("grouping", "")
    with services().database.connection() as conn:
        if ident == "all":
            _tell_all(unfold_all(conn, viewer(), issue_id))
        else:
            _tell_one(conn, issue_id, [int(ident)] if re.fullmatch(r"[0-9]{1,18}", ident) else [])
    return done(url_for("ui.issue", issue_id=issue_id, _anchor="folded"))


def _tell_one(conn: Connection, issue_id: int, groupings: list[int]) -> None:
    try:
        made = unfold(conn, viewer(), issue_id, groupings).issues
    except InvalidField:  # a colleague was faster, or the page is old
        tell("flood.nothing", kind="note")
    else:
        tell("flood.done_single", issue=made[groupings[0]])


def _tell_all(result: Unfolded) -> None:
    n, left = len(result.issues), result.left
    if not n:
        tell("flood.nothing", kind="note")
    elif left:
        tell("flood.done_left", n=n, left=left)
    else:
        tell("flood.done", n=n)


def folded_context(conn: Connection, actor: Actor, found: Issue) -> dict[str, Any]:
    """Return what `folded.html` shows; `folded` is None for an issue of another origin."""
    if found.origin != "overflow":
        return {"folded": None}
    cursor = request.args.get("kinds") or None
    try:
        kinds = list_kinds_of(conn, actor, found.id, cursor, SHOWN)
    except BadCursor:
        cursor, kinds = None, list_kinds_of(conn, actor, found.id, None, SHOWN)
    address = url_for("ui.issue", issue_id=found.id)
    following = url_for("ui.issue", issue_id=found.id, kinds=kinds.next)
    return {
        "folded": [_line(kind, viewer_locale()) for kind in kinds.items],
        "folded_count": found.kinds or 0,
        "folded_most": MOST,
        "folded_first": f"{address}#folded" if cursor else "",
        "folded_next": f"{following}#folded" if kinds.next else "",
    }


def _line(kind: Kind, locale: str) -> Line:
    return Line(
        id=kind.id,
        title=title(kind, locale),
        folded=kind.folded,
        severity=kind.severity,
        platform=kind.platform,
        operation=kind.operation,
        category=kind.category,
        code=kind.code,
        message=kind.message,
        event_count=kind.event_count,
        first_seen=kind.first_seen,
        last_seen=kind.last_seen,
    )
