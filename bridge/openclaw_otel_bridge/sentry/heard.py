"""What Sentry says becomes of our issue: a comment and a notice, a mute, an assignee; never a change of state.

| in Sentry  | here                                                                                          |
|------------|-----------------------------------------------------------------------------------------------|
| resolved   | a line in the activity, a notice to the owner to enter root cause and fix; our state stays    |
| ignored    | muted, until Sentry's own end of it or for a year                                             |
| unresolved | a mute is over; else a line in the activity                                                   |
| assigned   | the assignee, when a member of the project has that e-mail and our workflow allows it         |
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.notify import queue
from openclaw_otel_bridge.people.actor import Actor, system_actor
from openclaw_otel_bridge.sentry.api import SentryApi, SentryError
from openclaw_otel_bridge.sentry.hooks import event_keys, is_own
from openclaw_otel_bridge.sentry.links import Link, add_link, find_issue, find_link, standing
from openclaw_otel_bridge.sentry.settings import SentrySettings
from openclaw_otel_bridge.workflow.activity import note
from openclaw_otel_bridge.workflow.errors import WorkError
from openclaw_otel_bridge.workflow.issue import lock
from openclaw_otel_bridge.workflow.mute import mute, unmute
from openclaw_otel_bridge.workflow.transition import Transition, transition

log = logging.getLogger(__name__)
TRIES = 8
FOREVER = timedelta(days=365)
_CLOSED = ("in_review", "resolved")
Facts = Mapping[str, Any]
Ingest = Callable[[Connection, Mapping[str, Any], int], None]
"""Stores an event of Sentry as one of ours: connection, event, project id."""


def work_off(conn: Connection, integrations: Mapping[str, SentrySettings], ingest: Ingest) -> int:
    """Work off the webhooks that are due, the oldest first; `conn` is in autocommit. Returns how many."""
    count = 0
    while True:
        with conn.transaction():
            row = conn.execute(queries("sentry")["next_hook"]).fetchone()
            if row is None:
                return count
            count += 1
            _work_one(conn, integrations, row, ingest)


def _work_one(conn: Connection, integrations: Mapping[str, SentrySettings], row: Any, ingest: Ingest) -> None:
    integration, request_id, facts, attempts = row
    key = {"integration": integration, "request_id": request_id}
    settings = integrations.get(integration)
    problem, again, seconds = "", False, min(2.0**attempts, 600.0)
    try:
        if settings is None:
            problem = "the integration is no longer in openclaw.toml"
        elif not is_own(facts, settings.app_id):
            with conn.transaction():
                problem = hear(conn, settings, facts, ingest)
    except WorkError as error:
        problem = str(error)
    except SentryError as error:
        problem, again, seconds = str(error), not error.permanent, error.retry_after or seconds
    except psycopg.OperationalError:
        raise
    except Exception as error:  # not foreseen; it must not hold up all others, and the next version may know better
        log.exception("a webhook of Sentry (%s, %s) cannot be worked off", integration, request_id)
        problem, again = repr(error)[:500].replace("\0", "␀"), True
    if again and attempts + 1 < TRIES:
        conn.execute(queries("sentry")["hook_failed"], key | {"error": problem, "seconds": seconds})
        return
    if problem:
        log.warning("a webhook of Sentry (%s, %s) comes to nothing: %s", integration, request_id, problem)
    conn.execute(queries("sentry")["hook_done"], key | {"error": problem})


def hear(conn: Connection, settings: SentrySettings, facts: Facts, ingest: Ingest) -> str:
    """Let our issue follow what a webhook says; return why it could not, "" when it did.

    Raises:
        SentryError: Sentry's API was needed and did not answer.
        WorkError: the workflow refuses.
    """
    row = conn.execute(queries("sentry")["project_id"], {"slug": settings.project}).fetchone()
    if row is None:
        return f"there is no project {settings.project}"
    project_id = int(row[0])
    link = find_link(conn, settings.name, facts["sentry_id"])
    if link is None:
        issue_id = _find(conn, settings, facts, project_id, ingest)
        if issue_id is None:
            return "no issue of ours is found for it"
        link = add_link(conn, settings.name, issue_id, facts)
    if facts["resource"] == "issue":
        at = _time(facts.get("at"))
        if at is not None and link.heard_at is not None and at < link.heard_at:
            return "later news of the issue were here before"
        _follow(conn, system_actor(project_id, "sentry"), link, facts)
    return ""


def _find(conn: Connection, settings: SentrySettings, facts: Facts, project_id: int, ingest: Ingest) -> int | None:
    """Return our issue by what the webhook holds, else by the issue's latest event, which is stored if it is new."""
    found = find_issue(conn, project_id, facts)
    if found is not None or facts["resource"] != "issue" or not settings.auth_token:
        return found
    event = SentryApi(settings).latest_event(facts["sentry_id"])
    found = find_issue(conn, project_id, event_keys(event))
    if found is None:
        ingest(conn, event, project_id)
        found = find_issue(conn, project_id, event_keys(event))
    return found


def _follow(conn: Connection, actor: Actor, link: Link, facts: Facts) -> None:
    status, assignee = facts.get("status") or link.sentry_status, facts.get("assignee")
    said = {"name": facts.get("actor_name", ""), "short_id": facts.get("short_id", ""), "url": facts.get("url", "")}
    if status != link.sentry_status:
        _follow_status(conn, actor, link, status, facts.get("until", ""), said)
    if assignee and assignee.lower() != link.sentry_assignee.lower():
        # Nobody named there takes nothing away from whoever works on it here.
        _follow_assignee(conn, actor, link, assignee)
    now = standing(conn, link.issue_id)
    known = {
        "sentry_status": status,
        "sentry_assignee": link.sentry_assignee if assignee is None else assignee,
        "our_status": now.word,
        "our_assignee": now.email,
        "version": now.version,
        "at": _time(facts.get("at")),
    }
    conn.execute(queries("sentry")["heard"], {"integration": link.integration, "sentry_id": link.sentry_id} | known)


def _follow_status(
    conn: Connection, actor: Actor, link: Link, status: str, until: str, said: Mapping[str, Any]
) -> None:
    issue = lock(conn, actor, link.issue_id)
    if status == "ignored" and not issue.is_muted and issue.status != "resolved":
        mute(conn, actor, issue.id, until=_end(until))
    elif status == "unresolved" and issue.is_muted:
        unmute(conn, actor, issue.id)
    elif status == "unresolved" and link.sentry_status == "resolved":
        note(conn, actor, issue.id, "sentry_unresolved", said)
    elif status == "resolved" and issue.status != "resolved":
        entry = note(conn, actor, issue.id, "sentry_resolved", said)
        queue.about(conn, actor, issue, "sentry_resolved", said, once=f"sentry_resolved:{entry}")


def _follow_assignee(conn: Connection, actor: Actor, link: Link, email: str) -> None:
    found = conn.execute(
        queries("sentry")["person_by_email"], {"project_id": actor.project_id, "email": email}
    ).fetchone()
    issue = lock(conn, actor, link.issue_id)
    if found is None or issue.assignee_id == found[0] or issue.status in _CLOSED:
        return
    transition(conn, actor, issue.id, Transition(to="assigned", assignee=int(found[0])))


def _end(until: str) -> datetime:
    """Return when a mute ends."""
    now = datetime.now(UTC)
    found = _time(until)
    return found if found is not None and now < found < now + FOREVER else now + FOREVER


def _time(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
