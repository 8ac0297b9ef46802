"""Owners in forms: `person:3`, `team:2`, or "" for nobody."""

from __future__ import annotations

from dataclasses import dataclass

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.people import Person, Team, list_people, list_teams
from openclaw_otel_bridge.workflow.errors import InvalidField


@dataclass(frozen=True, slots=True)
class Owner:
    """A person or a team, by id; neither for nobody."""

    assignee: int | None = None
    team: int | None = None

    def __bool__(self) -> bool:
        return self.assignee is not None or self.team is not None


def owner_of(value: str) -> Owner:
    """Return the owner a form names.

    Raises:
        InvalidField: it is none of the select's values.
    """
    kind, _, number = value.partition(":")
    if not value:
        return Owner()
    if kind not in ("person", "team") or not number.isascii() or not number.isdecimal() or len(number) > 18:
        raise InvalidField("assignee", "choose a person or team of the list", "请从列表中选择成员或团队")
    return Owner(assignee=int(number)) if kind == "person" else Owner(team=int(number))


def owner_value(assignee: int | None, team: int | None) -> str:
    """Return what the select shows for an owner."""
    if assignee is not None:
        return f"person:{assignee}"
    return f"team:{team}" if team is not None else ""


def choices(conn: Connection, actor: Actor) -> tuple[list[Person], list[Team]]:
    """Return the people and teams that can own something, by name, the viewer first."""
    people = [person for person in list_people(conn, actor) if not person.disabled]
    people.sort(key=lambda person: (person.id != actor.id, person.name.lower(), person.id))
    return people, sorted(list_teams(conn, actor), key=lambda team: (team.name.lower(), team.id))
