"""People and teams: who is here, and for admins adding, changing, disabling."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for

from openclaw_otel_bridge.messages import LOCALES, t
from openclaw_otel_bridge.people.actor import Role
from openclaw_otel_bridge.people.directory import (
    NewPerson,
    Person,
    add_person,
    get_person,
    list_people,
    set_password,
    update_person,
)
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.people.teams import create_team, list_teams, set_members
from openclaw_otel_bridge.present import label
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.page import done, faults_of, page, tell
from openclaw_otel_bridge.views.ui.session import viewer, viewer_locale
from openclaw_otel_bridge.workflow.errors import Conflict, InvalidField


@dataclass(frozen=True, slots=True)
class Secret:
    """Something shown once: a generated password or a token."""

    name: str
    value: str


@blueprint.get("/people")
def people() -> Response:
    """Everybody of the project, and the teams."""
    return _list()


@blueprint.get("/people/new")
def new_person() -> Response:
    """An empty form."""
    require(viewer(), "person.edit")
    return _form(None, {"role": "support", "locale": viewer_locale(), "timezone": "UTC"})


@blueprint.post("/people/new", endpoint="add_person")
def add() -> Response:
    """Add a person with a generated password, shown once."""
    form = request.form
    password = secrets.token_urlsafe(12)
    scopes = {name: form[name].strip() for name in ("view_scope", "act_scope") if form.get(name, "").strip()}
    try:
        with services().database.connection() as conn:
            person = add_person(
                conn,
                viewer(),
                NewPerson(
                    email=form.get("email", "").strip(),
                    role=form.get("role", ""),
                    name=form.get("name", "").strip(),
                    password=password,
                    locale=form.get("locale", ""),
                    timezone=form.get("timezone", "").strip(),
                    must_change=True,
                ),
            )
            if scopes:
                update_person(conn, viewer(), person.id, scopes)
    except (InvalidField, Conflict) as error:
        return _form(None, form, error)
    return _list(secret=Secret(person.name, password))


@blueprint.get("/people/<int:person_id>")
def edit_person(person_id: int) -> Response:
    """The form of one person."""
    require(viewer(), "person.edit")
    with services().database.connection() as conn:
        person = get_person(conn, viewer(), person_id)
    return _form(person, {name: getattr(person, name) for name in _FIELDS})


@blueprint.post("/people/<int:person_id>", endpoint="save_person")
def save(person_id: int) -> Response:
    """Save what was changed of a person."""
    with services().database.connection() as conn:
        person = get_person(conn, viewer(), person_id)
        try:
            with conn.transaction():
                person = update_person(
                    conn, viewer(), person_id, {name: request.form.get(name, "").strip() for name in _FIELDS}
                )
        except (InvalidField, Conflict) as error:
            return _form(person, request.form, error)
    tell("people.saved", name=person.name)
    return done(url_for("ui.people"))


@blueprint.post("/people/<int:person_id>/password")
def reset_password(person_id: int) -> Response:
    """Give somebody a generated password, shown once, to be changed at the next login."""
    require(viewer(), "person.edit")
    password = secrets.token_urlsafe(12)
    with services().database.connection() as conn:
        person = get_person(conn, viewer(), person_id)
        set_password(conn, viewer(), person_id, password, must_change=True)
    return _list(secret=Secret(person.name, password))


@blueprint.post("/people/<int:person_id>/disable")
def disable_person(person_id: int) -> Response:
    """Disable an account, or enable it again."""
    with services().database.connection() as conn:
        person = update_person(conn, viewer(), person_id, {"disabled": bool(request.form.get("disabled"))})
    tell("people.saved", name=person.name)
    return done(url_for("ui.people"))


@blueprint.post("/teams")
def new_team() -> Response:
    """Add a team."""
    name, slug = request.form.get("name", "").strip(), request.form.get("slug", "").strip()
    try:
        with services().database.connection() as conn:
            create_team(conn, viewer(), slug or slug_of(name), name)
    except (InvalidField, Conflict) as error:
        return _list(error=error)
    tell("people.team_saved", name=name)
    return done(url_for("ui.people"))


@blueprint.post("/teams/<int:team_id>")
def edit_team(team_id: int) -> Response:
    """Set who belongs to a team."""
    members = [int(value) for value in request.form.getlist("member") if re.fullmatch("[0-9]{1,18}", value)]
    with services().database.connection() as conn:
        team = set_members(conn, viewer(), team_id, members)
    tell("people.team_saved", name=team.name)
    return done(url_for("ui.people"))


def slug_of(name: str) -> str:
    """Return a name as queries write it; "" when it has no latin letter or digit to make one of."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50]


def _list(*, secret: Secret | None = None, error: InvalidField | Conflict | None = None) -> Response:
    actor = viewer()
    with services().database.connection() as conn:
        everybody = list_people(conn, actor, with_disabled=True)
        teams = list_teams(conn, actor)
    return page(
        "people.html",
        status=error.status if error else 200,
        section="people",
        people=everybody,
        teams=teams,
        names={person.id: person.name for person in everybody},
        team_names={team.slug: team.name for team in teams},
        secret=secret,
        form=request.form if error else {},
        faults=faults_of(error) if error else {},
    )


def _form(person: Person | None, form: Mapping[str, Any], error: InvalidField | Conflict | None = None) -> Response:
    locale = viewer_locale()
    return page(
        "person.html",
        status=error.status if error else 200,
        section="people",
        heading=t("people.edit" if person else "people.new", locale),
        action=url_for("ui.save_person", person_id=person.id) if person else url_for("ui.add_person"),
        person=person,
        form=form,
        faults=faults_of(error) if error else {},
        roles=[(role.value, label("role", role.value, locale)) for role in Role],
        locales=[(one, t(f"name.locale.{one}", locale)) for one in LOCALES],
    )


_FIELDS = ("name", "email", "role", "locale", "timezone", "view_scope", "act_scope")
