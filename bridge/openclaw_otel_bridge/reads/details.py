"""What the page of one issue tells beside the issue: its groupings, stores, watchers and counts over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.view import part, rows_of, view_of


@dataclass(frozen=True, slots=True)
class Grouping:
    """One key that leads to the issue; `parts` say what made it. `home_issue_id` is where it was before a merge."""

    id: int
    key: str
    fingerprint: str
    parts: Sequence[str]
    home_issue_id: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A store and environment with its count of events."""

    store: str | None
    env: str | None
    n: int


@dataclass(frozen=True, slots=True)
class Watcher:
    """A person who watches an issue."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class _Hour:
    issue_id: int
    hour: datetime
    n: int


def groupings(conn: Connection, actor: Actor, issue_id: int) -> list[Grouping]:
    """Return the groupings of an issue that the actor sees events of; the issue itself must be visible."""
    view = view_of(actor)
    statement = part(
        "groupings",
        id=view.binder.bind(issue_id),
        everything=view.binder.bind(view.everything),
        spots=part("spots"),
        scope=view.events(),
    )
    return view.rows(conn, statement, Grouping)


def places(conn: Connection, actor: Actor, issue_id: int) -> list[Place]:
    """Return where an issue happens: stores and environments in the actor's view, the most affected first."""
    view = view_of(actor)
    ident = view.binder.bind(issue_id)
    if view.everything:
        return view.rows(conn, part("places", id=ident), Place)
    return view.rows(conn, part("scoped_places", id=ident, spots=part("spots"), scope=view.events()), Place)


def watchers(conn: Connection, issue_id: int) -> list[Watcher]:
    """Return who watches an issue, by name."""
    return rows_of(conn, "watchers", {"id": issue_id}, Watcher)


def hourly_counts(
    conn: Connection, actor: Actor, issue_ids: Sequence[int], since: datetime
) -> Mapping[int, Mapping[datetime, int]]:
    """Return the counts of several issues by the start of their hour (UTC); hours without events are left out."""
    view = view_of(actor)
    ids, start = view.binder.bind(list(issue_ids)), view.binder.bind(since)
    name = "hourly" if view.everything else "scoped_hourly"
    statement = part(name, ids=ids, since=start, scope=view.events(), places=view.places())
    rows = view.rows(conn, statement, _Hour)
    counts: dict[int, dict[datetime, int]] = {issue_id: {} for issue_id in issue_ids}
    for row in rows:
        counts[row.issue_id][row.hour] = row.n
    return counts
