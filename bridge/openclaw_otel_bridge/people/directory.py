"""The people of a project: add, list, change, disable, passwords."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor, Role
from openclaw_otel_bridge.people.audit import audit
from openclaw_otel_bridge.people.passwords import hash_password, is_right
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.people.person_fields import FIELDS, checked_fields
from openclaw_otel_bridge.workflow.errors import Conflict, InvalidField, NotAllowed, NotFound


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the project; `teams` are slugs, `team_ids` their ids in the same order."""

    id: int
    name: str
    email: str
    role: str
    locale: str
    timezone: str
    view_scope: str
    act_scope: str
    disabled: bool
    must_change: bool
    teams: list[str]
    team_ids: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody to add.

    `teams` are slugs; None puts a dev, ops or support person into the team of that name where it exists.
    Without a password the person cannot log in until one is set.
    """

    email: str
    role: str
    name: str = ""
    password: str | None = field(default=None, repr=False)
    locale: str = "en"
    timezone: str = "UTC"
    teams: Sequence[str] | None = None
    must_change: bool = False


def list_people(conn: Connection, actor: Actor, *, with_disabled: bool = False) -> list[Person]:
    """Return the project's people by name."""
    require(actor, "person.view")
    return [person for person in _people(conn, actor.project_id) if with_disabled or not person.disabled]


def get_person(conn: Connection, actor: Actor, person_id: int) -> Person:
    """Return one member, disabled or not, or raise NotFound."""
    require(actor, "person.view")
    return _person(conn, actor.project_id, person_id)


def add_person(conn: Connection, actor: Actor, person: NewPerson) -> Person:
    """Add a person to the actor's project and return them.

    Raises:
        NotAllowed, MissingField, InvalidField, Conflict (the e-mail is taken): see `workflow.errors`.
    """
    require(actor, "person.edit")
    values = checked_fields(
        {
            "email": person.email,
            "name": person.name or person.email.partition("@")[0],
            "role": person.role,
            "locale": person.locale,
            "timezone": person.timezone,
        }
    )
    if conn.execute(queries("people")["email_taken"], {"email": values["email"], "id": 0}).fetchone():
        raise _taken(values["email"])
    hashed = None if person.password is None else hash_password(person.password)
    row = conn.execute(
        queries("people")["add_person"],
        {**values, "project_id": actor.project_id, "password_hash": hashed, "must_change": person.must_change},
    ).fetchone()
    assert row is not None
    slugs = [person.role] if person.teams is None else person.teams
    _join(conn, actor.project_id, row[0], slugs, strict=person.teams is not None)
    audit(conn, actor, "person.create", f"person {row[0]}", {"email": values["email"], "role": values["role"]})
    return _person(conn, actor.project_id, row[0])


def update_person(conn: Connection, actor: Actor, person_id: int, values: Mapping[str, Any]) -> Person:
    """Change what `values` (by FIELDS) names; disabling ends all sessions and tokens at once.

    Raises:
        NotFound, NotAllowed, InvalidField, Conflict: see `workflow.errors`. The last active admin stays admin.
    """
    require(actor, "person.edit")
    before = _person(conn, actor.project_id, person_id)
    checked = checked_fields(values)
    teams = checked.pop("teams", None)
    if (
        "email" in checked
        and conn.execute(queries("people")["email_taken"], {"email": checked["email"], "id": person_id}).fetchone()
    ):
        raise _taken(checked["email"])
    kept = {name: getattr(before, name) for name in FIELDS if name != "teams"}
    changed = {**kept, **checked, "id": person_id, "project_id": actor.project_id}
    conn.execute(queries("people")["update_person"], changed)
    conn.execute(queries("people")["update_membership"], changed)
    if teams is not None:
        _join(conn, actor.project_id, person_id, teams, strict=True)
    if before.role == Role.ADMIN and not _has_admin(conn, actor.project_id):
        raise NotAllowed("the project would have no admin left", "项目将没有管理员")
    audit(conn, actor, "person.update", f"person {person_id}", {"changed": sorted(values)})
    return _person(conn, actor.project_id, person_id)


def set_password(conn: Connection, actor: Actor, person_id: int, password: str, *, must_change: bool = False) -> None:
    """Set somebody's password and end all their sessions; oneself or an admin may.

    Raises:
        NotFound, NotAllowed, InvalidField (`password`): see `workflow.errors`.
    """
    if person_id != actor.person_id:
        require(actor, "person.edit")
    _person(conn, actor.project_id, person_id)
    values = {"id": person_id, "password_hash": hash_password(password), "must_change": must_change}
    conn.execute(queries("people")["set_password"], values)
    audit(conn, actor, "person.password", f"person {person_id}")


def change_own_password(conn: Connection, actor: Actor, current: str, new: str) -> None:
    """Change one's own password, knowing the present one; ends all sessions.

    Raises:
        InvalidField: `current` is wrong, or `new` is too short or the same.
    """
    row = conn.execute(queries("people")["hash_of"], {"id": actor.id}).fetchone()
    if not is_right(current, row[0] if row else None):
        raise InvalidField("current", "the present password is wrong", "当前密码不正确")
    if new == current:
        raise InvalidField("password", "choose another one than the present", "新密码不能与当前密码相同")
    set_password(conn, actor, actor.id, new)


def update_own_settings(conn: Connection, actor: Actor, *, locale: str, timezone: str) -> None:
    """Set the language and time zone a person reads in.

    Raises:
        InvalidField: `locale` or `timezone` is unknown.
    """
    values = checked_fields({"locale": locale, "timezone": timezone})
    conn.execute(queries("people")["own_settings"], {**values, "id": actor.id})


def person_by_email(conn: Connection, project_id: int, email: str) -> Person:
    """Return a member by e-mail, or raise NotFound."""
    wanted = email.strip().lower()
    for person in _people(conn, project_id):
        if person.email.lower() == wanted:
            return person
    raise NotFound("person", "成员", email)


def end_sessions(conn: Connection, actor: Actor, person_id: int) -> None:
    """Log somebody out everywhere; oneself or an admin may."""
    if person_id != actor.person_id:
        require(actor, "person.edit")
    _person(conn, actor.project_id, person_id)
    conn.execute(queries("people")["end_sessions"], {"id": person_id})
    audit(conn, actor, "person.logout", f"person {person_id}")


def _people(conn: Connection, project_id: int) -> list[Person]:
    with conn.cursor(row_factory=class_row(Person)) as cursor:
        return cursor.execute(queries("people")["people"], {"project_id": project_id, "id": None}).fetchall()


def _person(conn: Connection, project_id: int, person_id: int) -> Person:
    with conn.cursor(row_factory=class_row(Person)) as cursor:
        found = cursor.execute(queries("people")["people"], {"project_id": project_id, "id": person_id}).fetchone()
    if found is None:
        raise NotFound("person", "成员", person_id)
    return found


def _has_admin(conn: Connection, project_id: int) -> bool:
    return any(person.role == Role.ADMIN and not person.disabled for person in _people(conn, project_id))


def _join(conn: Connection, project_id: int, person_id: int, slugs: Sequence[str], *, strict: bool) -> None:
    found = {
        row[1]: row[0]
        for row in conn.execute(queries("people")["teams_by_slug"], {"project_id": project_id, "slugs": list(slugs)})
    }
    for slug in slugs:
        if strict and slug not in found:
            raise InvalidField("teams", f"no team {slug!r} in this project", f"本项目中没有团队 {slug!r}")
    parameters = {"project_id": project_id, "person_id": person_id, "teams": sorted(found.values())}
    conn.execute(queries("people")["leave_teams"], parameters)
    conn.execute(queries("people")["join_teams"], parameters)


def _taken(email: str) -> Conflict:
    return Conflict(f"email: {email} is taken", f"email：{email} 已被使用", field="email")
