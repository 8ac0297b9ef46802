"""The one place that applies a view scope: a person sees an issue through its in-scope events, and nothing else.

Every read that touches issues or events takes its relation or condition from a `View`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from psycopg import sql
from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.query import Context, Query, QueryError, compile_sql, parse_scope
from openclaw_otel_bridge.query.binding import TRUE, Binder
from openclaw_otel_bridge.query.compile import (
    for_many,
    places,
    raised_in_scope,
    scope_condition,
    seen_in_scope,
    sightings,
)
from openclaw_otel_bridge.query.walk import Walk, walk_of
from openclaw_otel_bridge.times import zone

_log = logging.getLogger(__name__)
_Row = TypeVar("_Row")
NOTHING = sql.SQL("false")

_NO_PROJECT = -1


@dataclass(frozen=True, slots=True)
class View:
    """What one actor sees, for one statement: relations and conditions, and the parameters they bind."""

    actor: Actor
    scope: Query | None
    binder: Binder = field(default_factory=lambda: Binder("v"))

    @property
    def everything(self) -> bool:
        """Whether no scope narrows the view."""
        return self.scope is not None and not self.scope.terms

    def issues(self, order: sql.Composable | None = None) -> sql.Composable:
        """Return the relation of visible issues, to stand behind `from`; its alias is `i`. For lists with figures.

        These are made in an `order` of issue_id, n, first_seen and last_seen, if one is given.
        """
        return self._issues(TRUE, order)

    def few(self) -> sql.Composable:
        """Return the same relation for statements that look at few of the issues."""
        return self._issues(sql.SQL("d.seen"))

    def counted(self) -> sql.Composable:
        """Return the same relation for statements that ask for none of its figures."""
        return self._issues(seen_in_scope(self.scope, self.binder) if self.scope is not None else NOTHING)

    def counted_together(self) -> tuple[sql.Composable, sql.Composable]:
        """Return what begins a statement that counts several times, and the same relation for its counts."""
        if self.scope is None or not self.scope.terms:
            return sql.SQL(""), self.counted()
        seen = part("seen", sightings=sightings(self.events()))
        return seen, self._issues(part("among_seen"))

    def _issues(self, seen: sql.Composable, order: sql.Composable | None = None) -> sql.Composable:
        """`seen` is TRUE where the figures themselves, made of all issues at once, say which are."""
        project = self.binder.bind(_NO_PROJECT if self.scope is None else self.actor.project_id)
        if self.scope is None or not self.scope.terms:
            return part("all_issues", project=project)
        raised = raised_in_scope(self.scope, self.binder)
        found = sightings(self.events(), of_issue=seen is not TRUE)
        if seen is TRUE:
            by = sql.SQL("order by {}").format(order) if order else sql.SQL("")
            figures: sql.Composable = part("figures_of_all", sightings=found, project=project, raised=raised, order=by)
        else:
            figures, seen = part("figures_of_each", sightings=found), part("seen_or_raised", seen=seen, raised=raised)
        return part(
            "scoped_issues", project=project, scope=self.events(), spots=part("spots"), figures=figures, seen=seen
        )

    def places(self) -> sql.Composable:
        """Return the ids of the places that can be seen."""
        return places(self.events())

    def events(self) -> sql.Composable:
        """Return the condition that an event `e` can be seen."""
        return scope_condition(self.scope, self.binder) if self.scope is not None else NOTHING

    def latest_events(self) -> sql.Composable:
        """Return the same condition for statements that read events in the order of an index and soon stop."""
        return for_many(self.events())

    def matching(self, query: Query, now: datetime | None = None, prefix: str = "q") -> sql.Composable:
        """Return the condition a query puts on the visible issue `i`; several in one statement by their prefixes."""
        condition = compile_sql(query, self.actor.project_id, context_of(self.actor, now), self.scope, prefix)
        self.binder.parameters.update(condition.parameters)
        return condition.sql

    def walk(self, query: Query, now: datetime | None = None) -> Walk:
        """Return the parts of a query that only events can answer."""
        found = walk_of(query, self.actor.project_id, context_of(self.actor, now), self.scope)
        self.binder.parameters.update(found.parameters)
        return found

    def rows(self, conn: Connection, statement: sql.Composed, row: type[_Row]) -> list[_Row]:
        """Run a statement with what was bound so far and return its rows as dataclasses."""
        with conn.cursor(row_factory=class_row(row)) as cursor:
            return cursor.execute(statement, self.binder.parameters).fetchall()

    def one(self, conn: Connection, statement: sql.Composed) -> tuple[Any, ...] | None:
        """Run a statement and return its first row."""
        found: tuple[Any, ...] | None = conn.execute(statement, self.binder.parameters).fetchone()
        return found


def view_of(actor: Actor) -> View:
    """Return what the actor sees. A scope that cannot be read shows nothing: denied, not open."""
    if actor.kind != "person":
        return View(actor, Query())
    try:
        return View(actor, parse_scope(actor.view_scope))
    except QueryError as error:
        _log.error(
            "view scope %r of person %s cannot be read, so it shows nothing: %s", actor.view_scope, actor.id, error
        )
        return View(actor, None)


def context_of(actor: Actor, now: datetime | None = None) -> Context:
    """Return what ages, days and `me` mean for the actor."""
    return Context(
        now=now or datetime.now(UTC), zone=zone(actor.timezone), person_id=actor.person_id, teams=actor.teams
    )


def part(name: str, /, **parts: sql.Composable) -> sql.Composed:
    """Return a named query of `sql/reads.sql` with its places filled in."""
    return sql.SQL(queries("reads")[name]).format(**parts)


def rows_of(conn: Connection, name: str, parameters: Mapping[str, Any], row: type[_Row]) -> list[_Row]:
    """Run a named query of `sql/reads.sql` that has no places and return its rows as dataclasses."""
    with conn.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(queries("reads")[name], parameters).fetchall()
