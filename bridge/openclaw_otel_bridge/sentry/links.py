"""A link: one issue of Sentry and the issue of ours it is, with what each side knows of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries


@dataclass(frozen=True, slots=True)
class Link:
    """What was last heard of or told to Sentry, and what of ours it knows."""

    integration: str
    sentry_id: str
    issue_id: int
    sentry_status: str
    sentry_assignee: str
    our_status: str
    our_assignee: str
    heard_at: datetime | None = None
    """When Sentry sent the latest webhook that was heard."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an issue of ours stands, in Sentry's words."""

    status: str
    muted: bool
    email: str
    version: int

    @property
    def word(self) -> str:
        """Sentry's word for the state."""
        if self.status == "resolved":
            return "resolved"
        return "ignored" if self.muted else "unresolved"


def standing(conn: Connection, issue_id: int) -> Standing:
    """Return how the issue stands."""
    with conn.cursor(row_factory=class_row(Standing)) as cursor:
        found = cursor.execute(queries("sentry")["standing"], {"issue_id": issue_id}).fetchone()
    assert found is not None, "issues are never deleted"
    return found


def find_link(conn: Connection, integration: str, sentry_id: str) -> Link | None:
    """Return the link of an issue of Sentry under its row lock."""
    with conn.cursor(row_factory=class_row(Link)) as cursor:
        return cursor.execute(
            queries("sentry")["link"], {"integration": integration, "sentry_id": sentry_id}
        ).fetchone()


def add_link(conn: Connection, integration: str, issue_id: int, facts: Mapping[str, Any]) -> Link:
    """Link an issue of Sentry with ours; what is so at this moment is known to both."""
    now = standing(conn, issue_id)
    values = {"integration": integration, "sentry_id": facts["sentry_id"], "issue_id": issue_id}
    shown = {"short_id": facts.get("short_id", ""), "url": facts.get("url", "")}
    conn.execute(queries("sentry")["add_link"], values | shown | {"our_status": now.word, "our_assignee": now.email})
    found = find_link(conn, integration, facts["sentry_id"])
    assert found is not None
    return found


def find_issue(conn: Connection, project_id: int, facts: Mapping[str, Any]) -> int | None:
    """Return the issue of ours an event of Sentry belongs to: by its id, by our record id, by our grouping key."""
    ids = [ident for text in facts.get("event_ids", ()) if (ident := _uuid(text)) is not None]
    for name, given in (("issue_of_event", {"ids": ids}), ("issue_of_grouping", {"keys": _texts(facts)})):
        row = conn.execute(queries("sentry")[name], {"project_id": project_id, **given}).fetchone()
        if row is not None:
            return int(row[0])
    return None


def _texts(facts: Mapping[str, Any]) -> Sequence[str]:
    return [str(key) for key in facts.get("grouping_keys", ())]


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
