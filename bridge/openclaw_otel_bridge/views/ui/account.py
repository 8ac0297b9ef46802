"""One's own account: language, time zone, password, API tokens; and the project's settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from flask import Response, g, request, session, url_for
from psycopg.rows import class_row

from openclaw_otel_bridge.db import queries
from openclaw_otel_bridge.intake.quotas import usage_of
from openclaw_otel_bridge.messages import LOCALES, t
from openclaw_otel_bridge.people.directory import change_own_password, update_own_settings
from openclaw_otel_bridge.people.login import authenticate
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.people.tokens import create_token, list_tokens, revoke_token
from openclaw_otel_bridge.project_settings import QUOTAS, change_settings, read_settings
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.page import done, faults_of, page, tell
from openclaw_otel_bridge.views.ui.people import Secret
from openclaw_otel_bridge.views.ui.samples import first_event
from openclaw_otel_bridge.views.ui.session import log_in, viewer, viewer_locale
from openclaw_otel_bridge.workflow.errors import InvalidField


@dataclass(frozen=True, slots=True)
class Key:
    """An ingest or Sentry key as it may be shown: never the key itself."""

    kind: str
    label: str
    created_at: datetime


@blueprint.get("/account")
def account() -> Response:
    """Language, time zone, tokens."""
    return _account()


@blueprint.post("/account", endpoint="save_account")
def save_account() -> Response:
    """Save language and time zone."""
    form = request.form
    try:
        with services().database.connection() as conn:
            locale, zone = form.get("locale", ""), form.get("timezone", "").strip()
            update_own_settings(conn, viewer(), locale=locale, timezone=zone)
    except InvalidField as error:
        return _account(form=form, faults=faults_of(error), status=422)
    session["locale"] = locale
    g.actor = None  # the next line speaks the language just chosen
    tell("account.saved")
    return done(url_for("ui.account"))


@blueprint.get("/account/password")
def password() -> Response:
    """The form to change one's password; the only page a generated password opens."""
    return page("password.html")


@blueprint.post("/account/password", endpoint="save_password")
def save_password() -> Response:
    """Change one's own password; every other session ends, this one goes on."""
    form, actor = request.form, viewer()
    new = form.get("password", "")
    try:
        if new != form.get("again", ""):
            text = ("password.differs", "en"), ("password.differs", "zh")
            raise InvalidField("again", t(*text[0]), t(*text[1]))
        with services().database.connection() as conn:
            change_own_password(conn, actor, form.get("current", ""), new)
            fresh = authenticate(conn, actor.email, new, project_id=actor.project_id)
    except InvalidField as error:
        return page("password.html", status=422, faults=faults_of(error))
    if fresh is not None:
        log_in(fresh, str(session.get("timezone", "UTC")))
    tell("password.changed")
    return done(url_for("ui.inbox"))


@blueprint.post("/account/tokens")
def new_token() -> Response:
    """Make an API token and show it, this once."""
    name = request.form.get("name", "")
    try:
        with services().database.connection() as conn:
            token = create_token(conn, viewer(), name)
    except InvalidField as error:
        return _account(token_faults=faults_of(error), status=422)
    return _account(secret=Secret(name, token))


@blueprint.post("/account/tokens/<int:token_id>/revoke", endpoint="revoke_token")
def end_token(token_id: int) -> Response:
    """Revoke a token."""
    with services().database.connection() as conn:
        revoke_token(conn, viewer(), token_id)
    tell("tokens.was_revoked", kind="note")
    return done(url_for("ui.account"))


@blueprint.get("/settings")
def settings() -> Response:
    """How to send data here, how the workflow behaves, how much is taken."""
    return _settings()


def _settings(error: InvalidField | None = None) -> Response:
    actor = viewer()
    require(actor, "project.view")
    with services().database.connection() as conn:
        found = read_settings(conn, actor.project_id)
        used = usage_of(conn, [actor.project_id])[actor.project_id]
        with conn.cursor(row_factory=class_row(Key)) as cursor:
            keys = cursor.execute(queries("ui")["keys"], {"project": actor.project_id}).fetchall()
    return page(
        "settings.html",
        status=422 if error else 200,
        faults=faults_of(error) if error else {},
        form=request.form if error else {},
        settings=found,
        used=used,
        keys=keys,
        first_event=first_event(services().config.public_url),
    )


@blueprint.post("/settings", endpoint="save_settings")
def save_settings() -> Response:
    """Save how the workflow behaves."""
    return _change({"solo_resolve": bool(request.form.get("solo_resolve"))})


@blueprint.post("/settings/quotas", endpoint="save_quotas")
def save_quotas() -> Response:
    """Save how much is taken; an empty field is no limit."""
    require(viewer(), "project.edit")
    try:
        return _change({name: _number(name, request.form.get(name, "")) for name in QUOTAS})
    except InvalidField as error:
        return _settings(error)


def _change(changes: Mapping[str, Any]) -> Response:
    with services().database.connection() as conn:
        change_settings(conn, viewer(), changes)
    tell("settings.saved")
    return done(url_for("ui.settings"))


def _number(name: str, text: str) -> int | None:
    text = text.strip().replace(",", "")
    if text and not re.fullmatch(r"[0-9]{1,18}", text):
        raise InvalidField(name, "a whole number, or nothing", "应为整数，或留空")
    return int(text) if text else None


def _account(*, status: int = 200, **more: Any) -> Response:
    actor, locale = viewer(), viewer_locale()
    with services().database.connection() as conn:
        tokens = list_tokens(conn, actor)
    context: dict[str, Any] = {
        "form": {"locale": actor.locale, "timezone": actor.timezone},
        "locales": [(one, t(f"name.locale.{one}", locale)) for one in LOCALES],
        "zones": sorted(available_timezones()),
        "tokens": tokens,
        "secret": None,
        "token_faults": {},
        **more,
    }
    return page("account.html", status=status, **context)
