"""Teams of a project: a name for several people, any of whom may take what is assigned to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.audit import audit
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.workflow.errors import Conflict, InvalidField, NotFound

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")


@dataclass(frozen=True, slots=True)
class Team:
    """One team; `member_ids` are people."""

    id: int
    slug: str
    name: str
    member_ids: list[int]


def list_teams(conn: Connection, actor: Actor) -> list[Team]:
    """Return the project's teams by name."""
    require(actor, "team.view")
    with conn.cursor(row_factory=class_row(Team)) as cursor:
        return cursor.execute(queries("people")["teams"], {"project_id": actor.project_id}).fetchall()


def create_team(conn: Connection, actor: Actor, slug: str, name: str) -> Team:
    """Add a team; the slug (lower case letters, digits, - and _) is its name in queries.

    Raises:
        NotAllowed, InvalidField, Conflict: see `workflow.errors`.
    """
    require(actor, "team.edit")
    if not _SLUG.fullmatch(slug):
        raise InvalidField("slug", "a-z, 0-9, - and _, at most 50", "只能含 a-z、0-9、- 和 _，最多 50 个字符")
    if not 1 <= len(name.strip()) <= 100 or "\x00" in name:
        raise InvalidField("name", "1 to 100 characters", "应为 1 到 100 个字符")
    if any(team.slug == slug for team in list_teams(conn, actor)):
        raise Conflict(f"slug: there is already a team {slug}", f"slug：团队 {slug} 已存在", field="slug")
    values = {"project_id": actor.project_id, "slug": slug, "name": name.strip()}
    row = conn.execute(queries("people")["create_team"], values).fetchone()
    assert row is not None
    audit(conn, actor, "team.create", f"team {row[0]}", {"slug": slug})
    return _team(conn, actor, row[0])


def set_members(conn: Connection, actor: Actor, team_id: int, person_ids: Sequence[int]) -> Team:
    """Make these people, and no others, the team's members.

    Raises:
        NotFound, NotAllowed, InvalidField (`members`: not of this project): see `workflow.errors`.
    """
    require(actor, "team.edit")
    _team(conn, actor, team_id)
    for person_id in person_ids:
        member = {"id": person_id, "project_id": actor.project_id}
        if conn.execute(queries("people")["is_active_member"], member).fetchone() is None:
            raise InvalidField(
                "members", f"no active person {person_id} in this project", f"本项目中没有可用的成员 {person_id}"
            )
    conn.execute(queries("people")["set_members"], {"team_id": team_id, "people": list(person_ids)})
    audit(conn, actor, "team.members", f"team {team_id}", {"members": sorted(person_ids)})
    return _team(conn, actor, team_id)


def _team(conn: Connection, actor: Actor, team_id: int) -> Team:
    for team in list_teams(conn, actor):
        if team.id == team_id:
            return team
    raise NotFound("team", "团队", team_id)
