"""Teams of the project and their members."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.teams import create_team, set_members
from openclaw_otel_bridge.reads.cursor import decode, encode
from openclaw_otel_bridge.reads.pages import cut
from openclaw_otel_bridge.reads.people import list_teams
from openclaw_otel_bridge.views.api import shapes
from openclaw_otel_bridge.views.api.asked import arguments, body, limit_of
from openclaw_otel_bridge.views.api.blueprint import ID, Answer, route


@route("GET", "/teams", "team.view")
def team_list(conn: Connection, actor: Actor) -> Any:
    """The teams of the project."""
    given = arguments("cursor", "limit")
    after = int(decode(given["cursor"], "teams", ("bigint",))[0]) if "cursor" in given else 0
    limit = limit_of(given)
    page = cut(list_teams(conn, actor, after, limit + 1), limit, lambda last: encode("teams", (str(last.id),)))
    return shapes.listed(page.items, shapes.team, page.next)


@route("POST", "/teams", "team.edit")
def team_add(conn: Connection, actor: Actor) -> Any:
    """Add a team."""
    asked = body("slug", "name")
    team = create_team(conn, actor, asked.text("slug") or "", asked.text("name") or "")
    return _team(conn, actor, team.id, 201)


@route("PUT", f"/teams/<{ID}:team_id>/members", "team.edit")
def team_members(conn: Connection, actor: Actor, team_id: int) -> Any:
    """Make these people, and no others, the members of a team."""
    set_members(conn, actor, team_id, body("members").numbers("members"))
    return _team(conn, actor, team_id)


def _team(conn: Connection, actor: Actor, team_id: int, status: int = 200) -> Answer:
    (found,) = list_teams(conn, actor, after=team_id - 1, limit=1)
    return Answer(shapes.team(found), status)
