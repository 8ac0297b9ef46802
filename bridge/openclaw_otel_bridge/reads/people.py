"""People and teams of a project, for choosing owners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.view import rows_of


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the project; `teams` are ids."""

    id: int
    name: str
    email: str
    role: str
    locale: str
    timezone: str
    view_scope: str
    act_scope: str
    teams: Sequence[int]
    disabled: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Team:
    """A team of the project; `members` are ids of people."""

    id: int
    slug: str
    name: str
    members: Sequence[int]


def list_people(conn: Connection, actor: Actor, after: int = 0, limit: int = 1000) -> list[Person]:
    """Return the members of the actor's project by id, those behind the id `after`; the disabled ones too."""
    return rows_of(conn, "people", {"project": actor.project_id, "after": after, "limit": limit}, Person)


def list_teams(conn: Connection, actor: Actor, after: int = 0, limit: int = 1000) -> list[Team]:
    """Return the teams of the actor's project by id, those behind the id `after`."""
    return rows_of(conn, "teams", {"project": actor.project_id, "after": after, "limit": limit}, Team)
