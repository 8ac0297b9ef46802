"""What happened to our issue is told to Sentry in full: status and assignee, through the worker, with retries.

Not the change is told but how the issue stands, where that differs from what Sentry was told last: a change that was
undone meanwhile costs no call, a lost answer is made good by the next try.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.sentry.api import SentryApi, SentryError
from openclaw_otel_bridge.sentry.links import standing
from openclaw_otel_bridge.sentry.settings import SentrySettings

log = logging.getLogger(__name__)
TRIES = 12
LONGEST = 1800.0
"""Seconds between two tries."""


@dataclass(frozen=True, slots=True)
class Due:
    """A link whose issue has changed."""

    integration: str
    sentry_id: str
    issue_id: int
    project_id: int
    sentry_status: str
    sentry_assignee: str
    our_status: str
    our_assignee: str
    version: int
    attempts: int


def tell_all(conn: Connection, integrations: Mapping[str, SentrySettings]) -> int:
    """Tell Sentry what is due; `conn` is in autocommit. Returns how many calls were made."""
    names = [name for name, settings in integrations.items() if settings.auth_token]
    calls = 0
    while names:
        with conn.cursor(row_factory=class_row(Due)) as cursor:
            due = cursor.execute(queries("sentry")["claim_told"], {"integrations": names}).fetchone()
        if due is None:
            break
        calls += _tell(conn, due, integrations[due.integration])
    return calls


def changes(due: Due, word: str, email: str) -> dict[str, Any]:
    """Return what of an issue Sentry is to be told: what has changed here, and is not so in Sentry already."""
    found: dict[str, Any] = {}
    if word not in (due.our_status, due.sentry_status):
        found["status"] = word
    if email.lower() not in (due.our_assignee.lower(), due.sentry_assignee.lower()):
        found["assignedTo"] = email
    return found


def _tell(conn: Connection, due: Due, settings: SentrySettings) -> int:
    key = {"integration": due.integration, "sentry_id": due.sentry_id}
    now = standing(conn, due.issue_id)
    news = changes(due, now.word, now.email)
    problem = ""
    if news:
        try:
            SentryApi(settings).update_issue(due.sentry_id, news)
        except SentryError as error:
            problem = str(error)
            if not error.permanent and due.attempts + 1 < TRIES:
                seconds = error.retry_after or min(2.0**due.attempts, LONGEST)
                conn.execute(queries("sentry")["told_later"], key | {"error": problem, "seconds": seconds})
                return 1
            log.error("issue %s: Sentry %s (%s) is not told: %s", due.issue_id, due.sentry_id, due.integration, problem)
    said = {} if problem else news
    known = {
        "our_status": now.word,
        "our_assignee": now.email,
        "version": now.version,
        "sentry_status": said.get("status", due.sentry_status),
        "sentry_assignee": said.get("assignedTo", due.sentry_assignee),
    }
    conn.execute(queries("sentry")["told"], key | known | {"error": problem})
    return 1 if news else 0
