"""The page of one issue: what it is, what happened, what may be done with it, who did what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.messages import t
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.scope import may_act as in_act_scope
from openclaw_otel_bridge.present import activity_text, actor_name, title
from openclaw_otel_bridge.reads.activity import Entry, activity
from openclaw_otel_bridge.reads.cursor import BadCursor
from openclaw_otel_bridge.reads.details import groupings, hourly_counts, watchers
from openclaw_otel_bridge.reads.issues import Issue, get_issue, merged_into
from openclaw_otel_bridge.reads.similar import similar
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.times import absolute
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.event import event_context, shown_event
from openclaw_otel_bridge.views.ui.folded import folded_context
from openclaw_otel_bridge.views.ui.kinds import kind_names
from openclaw_otel_bridge.views.ui.owners import choices
from openclaw_otel_bridge.views.ui.page import done, page, quoted
from openclaw_otel_bridge.views.ui.session import viewer, viewer_locale, viewer_timezone
from openclaw_otel_bridge.views.ui.sparkline import hourly
from openclaw_otel_bridge.workflow.errors import NotFound
from openclaw_otel_bridge.workflow.states import open_steps, standing

MUTES: Mapping[str, timedelta | int] = {
    "1h": timedelta(hours=1),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "100": 100,
    "1000": 1000,
}
"""Choice of the form → until when, or for how many more events."""
LOG_LINES = 50
ARTICLES = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One state of the chart above the actions."""

    status: str
    tone: str
    current: bool
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the activity log in the reader's language; `said` are the texts people wrote."""

    at: datetime
    actor: str
    name: str
    text: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was refused: what was typed, what is wrong where, and the sentence that says so."""

    form: Mapping[str, str]
    faults: Mapping[str, str]
    text: str = ""
    status: int = 422


@blueprint.get("/issues/<int:issue_id>")
def issue(issue_id: int) -> Response:
    """One issue with one of its events (`?event=`), the latest without."""
    with services().database.connection() as conn:
        try:
            return show(conn, issue_id)
        except NotFound:
            target = merged_into(conn, viewer(), issue_id)
            if target is None:
                raise
            return done(url_for("ui.issue", issue_id=target))


def show(conn: Connection, issue_id: int, refused: Refused | None = None) -> Response:
    """Return the page; with `refused` the form a person sent stays filled in, its faults beside the fields."""
    actor = viewer()
    found = get_issue(conn, actor, issue_id)
    names = kind_names(conn, viewer_locale())
    context = {
        **_about(conn, actor, found),
        **_work(conn, actor, found),
        **event_context(shown_event(conn, actor, found, _wanted_event()), found),
        **folded_context(conn, actor, found),
        **_log(conn, found),
        "kinds": {family: names.choices(family) for family in ("root_cause", "fix")},
        "kind_label": names.label,
        "form": refused.form if refused else {},
        "faults": refused.faults if refused else {},
        "transition_error": refused.text if refused else "",
    }
    return page("issue.html", status=refused.status if refused else 200, section="inbox", **context)


def steps_of(found: Issue) -> list[Step]:
    """Return the states in order, those behind the issue marked as done."""
    order = ("new", "assigned", "in_review", "resolved")
    at = order.index(found.status)
    times = {"new": found.first_seen, "resolved": found.resolved_at}
    return [
        Step(status, "done" if index <= at else "", index == at, times.get(status) if index <= at else None)
        for index, status in enumerate(order)
    ]


def _about(conn: Connection, actor: Actor, found: Issue) -> dict[str, Any]:
    locale, now = viewer_locale(), services().clock()
    counts = hourly_counts(conn, actor, [found.id], now - timedelta(hours=24))
    return {
        "issue": found,
        "title": title(found, locale),
        "spark": hourly(counts[found.id], now),
        "explanation": found.explanation.get(locale) or found.explanation.get("en", ""),
        "next_step": found.next_step.get(locale) or found.next_step.get("en", ""),
        "facts": _facts(found, locale),
        "groupings": groupings(conn, actor, found.id),
        "articles": [one.article for one in similar(conn, actor, found, ARTICLES)]
        if found.status != "resolved"
        else [],
        "similar": [],
    }


def _work(conn: Connection, actor: Actor, found: Issue) -> dict[str, Any]:
    stand = standing(
        actor,
        assignee_id=found.assignee_id,
        team_id=found.team_id,
        reviewed_by=found.reviewed_by,
        in_scope=in_act_scope(conn, actor, found.id),
    )
    row = conn.execute(queries("issues")["solo_resolve"], {"project_id": actor.project_id}).fetchone()
    people, teams = choices(conn, actor)
    watching = watchers(conn, found.id)
    return {
        "steps": steps_of(found),
        "open": [step.value for step in open_steps(found.status, actor, stand, solo=bool(row and row[0]))],
        "mine": stand.is_assignee,
        "muted": _muted(found),
        "mute_choices": [(name, t(f"mute.{name}", viewer_locale())) for name in MUTES],
        "people": people,
        "teams": teams,
        "watching": any(one.id == actor.id for one in watching),
        "watchers": len(watching),
        "in_act_scope": stand.in_scope,
    }


def _log(conn: Connection, found: Issue) -> dict[str, Any]:
    try:
        entries = activity(conn, found.id, request.args.get("log"), LOG_LINES)
    except BadCursor:
        entries = activity(conn, found.id, None, LOG_LINES)
    older = url_for("ui.issue", issue_id=found.id, log=entries.next) + "#log" if entries.next else ""
    return {"activity": [log_line(entry, viewer_locale()) for entry in entries.items], "more_activity": older}


def log_line(entry: Entry, locale: str) -> LogLine:
    """Return an entry of the log as a person reads it."""
    said = [entry.data.get("text")]
    for family in ("root_cause", "fix"):
        value = entry.data.get(family)
        said.append(value.get("text") if isinstance(value, Mapping) else None)
    texts = tuple(str(text) for text in said if text)
    return LogLine(entry.at, entry.actor, actor_name(entry, locale), activity_text(entry, locale), texts)


def _facts(found: Issue, locale: str) -> list[tuple[str, str, str]]:
    """Return (name, value, query that finds the same) of what is known, in the order people ask for it."""
    facts = [
        ("word.operation", found.operation, f"operation:{quoted(found.operation or '')}"),
        ("word.code", found.code, f"code:{quoted(found.code or '')}"),
        ("word.order", found.order_id, f"order:{quoted(found.order_id or '')}"),
        ("word.service", found.service, f"service:{quoted(found.service or '')}"),
        ("word.exception", _raised(found), ""),
        ("word.origin", _origin(found, locale), ""),
    ]
    return [(t(key, locale), str(value), query) for key, value, query in facts if value]


def _origin(found: Issue, locale: str) -> str | None:
    known = {"manual": "issue.by_hand", "overflow": "flood.origin"}.get(found.origin)
    return t(known, locale) if known else None


def _raised(found: Issue) -> str | None:
    """Return the exception's type; a span tells status, code or category in its place where nothing was raised."""
    kind = found.exception_type or ""
    return None if kind.isdecimal() or kind in (found.code, found.category) else kind


def _muted(found: Issue) -> str:
    locale = viewer_locale()
    if found.muted_until is not None:
        return t("issue.muted_until", locale, until=absolute(found.muted_until, viewer_timezone()))
    return t("issue.muted_count", locale, n=found.muted_count) if found.muted_count is not None else ""


def _wanted_event() -> UUID | None:
    try:
        return UUID(request.args.get("event", ""))
    except ValueError:
        return None
