"""Which issues a membership's scopes reach: `view` decides what is seen, `act` what may be changed.

Both are positive terms of the query language over fields the server sets; an issue is reached when one event of it
(or, raised by hand, the issue's own fields) lies inside. "" reaches everything, a scope that cannot be read nothing.
"""

from __future__ import annotations

import logging

from psycopg import sql

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.query import QueryError, compile_sql, parse_scope
from openclaw_otel_bridge.workflow.errors import NotAllowed, NotFound

_log = logging.getLogger(__name__)


def may_see(conn: Connection, actor: Actor, issue_id: int) -> bool:
    """Say whether the issue lies in the actor's view scope."""
    return _reaches(conn, actor, actor.view_scope, issue_id)


def may_act(conn: Connection, actor: Actor, issue_id: int) -> bool:
    """Say whether the issue lies in the actor's act scope."""
    return _reaches(conn, actor, actor.act_scope, issue_id)


def check_seen(conn: Connection, actor: Actor, issue_id: int) -> None:
    """Raise NotFound when the issue is not to be seen by the actor."""
    if not may_see(conn, actor, issue_id):
        raise NotFound("issue", "问题", issue_id)


def check_act(conn: Connection, actor: Actor, issue_id: int) -> None:
    """Raise NotFound when the issue is not to be seen, NotAllowed when it is but may not be changed."""
    check_seen(conn, actor, issue_id)
    if not may_act(conn, actor, issue_id):
        raise NotAllowed("this issue is outside what you may act on", "该问题不在您的操作范围内")


def _reaches(conn: Connection, actor: Actor, scope: str, issue_id: int) -> bool:
    if not scope or actor.kind != "person":
        return True
    try:
        condition = compile_sql(parse_scope(scope), actor.project_id)
    except QueryError as error:
        _log.error("scope %r of person %s cannot be read, so it reaches nothing: %s", scope, actor.id, error)
        return False
    found = conn.execute(
        sql.SQL(queries("people")["issue_in_scope"]).format(id=sql.Placeholder("id"), scope=condition.sql),
        {**condition.parameters, "id": issue_id},
    ).fetchone()
    return bool(found and found[0])
