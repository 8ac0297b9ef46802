"""Try a rule's query before it is saved: which open issues would it match."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from openclaw_otel_bridge.assign.rules import checked_query
from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.query import parse
from openclaw_otel_bridge.reads.view import view_of

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Match:
    """One open issue the query finds, with what a title is made of; `found` is how many there are in all."""

    id: int
    title: str
    platform: str | None
    operation: str | None
    category: str
    code: str | None
    message: str
    exception_type: str | None
    kinds: int | None
    status: str
    assignee_id: int | None
    team_id: int | None
    found: int


def preview(conn: Connection, actor: Actor, query: str) -> list[Match]:
    """Return the newest open issues a rule with this query would match, at most SHOWN; [] when none.

    Raises:
        NotAllowed, InvalidField (`query`): see `workflow.errors`.
    """
    require(actor, "rule.edit")
    view = view_of(actor)
    statement = sql.SQL(queries("rules")["open_issues_matching"]).format(
        issues=view.issues(), condition=view.matching(parse(checked_query(query))), most=sql.Literal(SHOWN)
    )
    return view.rows(conn, statement, Match)
