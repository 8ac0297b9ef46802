"""People of the project, and who one is oneself."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.directory import NewPerson, add_person, update_person
from openclaw_otel_bridge.people.permissions import PERMISSIONS, allowed
from openclaw_otel_bridge.reads.cursor import decode, encode
from openclaw_otel_bridge.reads.pages import cut
from openclaw_otel_bridge.reads.people import list_people
from openclaw_otel_bridge.views.api import shapes
from openclaw_otel_bridge.views.api.asked import arguments, body, limit_of, values
from openclaw_otel_bridge.views.api.blueprint import ID, Answer, route
from openclaw_otel_bridge.workflow.errors import InvalidField


@route("GET", "/me", "person.view")
def me(conn: Connection, actor: Actor) -> Any:
    """Who the token or session belongs to, and what they may do."""
    arguments()
    return {
        "id": actor.id,
        "name": actor.name,
        "email": actor.email,
        "role": actor.role,
        "teams": sorted(actor.teams),
        "project": actor.project_id,
        "view_scope": actor.view_scope,
        "act_scope": actor.act_scope,
        "locale": actor.locale,
        "timezone": actor.timezone,
        "may": sorted(action for action in PERMISSIONS if allowed(actor, action)),
    }


@route("GET", "/people", "person.view")
def person_list(conn: Connection, actor: Actor) -> Any:
    """The members of the project, the disabled ones too."""
    given = arguments("cursor", "limit")
    after = int(decode(given["cursor"], "people", ("bigint",))[0]) if "cursor" in given else 0
    limit = limit_of(given)
    page = cut(list_people(conn, actor, after, limit + 1), limit, lambda last: encode("people", (str(last.id),)))
    with_scopes = allowed(actor, "person.edit")
    return shapes.listed(page.items, lambda one: shapes.person(one, with_scopes=with_scopes), page.next)


@route("POST", "/people", "person.edit")
def person_add(conn: Connection, actor: Actor) -> Any:
    """Add a person to the project; with a password they can log in at once, and must change it."""
    asked = body("email", "name", "role", "password", "locale", "timezone", "teams")
    password = asked.text("password")
    person = NewPerson(
        email=asked.text("email") or "",
        name=asked.text("name") or "",
        role=asked.text("role") or "",
        password=password,
        locale=asked.text("locale") or "en",
        timezone=asked.text("timezone") or "UTC",
        teams=_slugs(asked.values.get("teams")),
        must_change=password is not None,
    )
    added = add_person(conn, actor, person)
    return _person(conn, actor, added.id, 201)


@route("PATCH", f"/people/<{ID}:person_id>", "person.edit")
def person_change(conn: Connection, actor: Actor, person_id: int) -> Any:
    """Change what the body names; disabling ends all sessions and tokens at once."""
    update_person(
        conn,
        actor,
        person_id,
        values("name", "email", "role", "locale", "timezone", "view_scope", "act_scope", "disabled", "teams"),
    )
    return _person(conn, actor, person_id)


def _person(conn: Connection, actor: Actor, person_id: int, status: int = 200) -> Answer:
    (found,) = list_people(conn, actor, after=person_id - 1, limit=1)
    return Answer(shapes.person(found, with_scopes=True), status)


def _slugs(value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or any(not isinstance(item, str) or "\0" in item for item in value):
        raise InvalidField("teams", "a list of team slugs", "应为团队标识列表")
    return value
