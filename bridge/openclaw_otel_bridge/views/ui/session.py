"""Who is looking: the login session, the CSRF token of its forms, and the choices a browser keeps."""

from __future__ import annotations

import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Response, g, redirect, request, session, url_for

from openclaw_otel_bridge.messages import LOCALES, best_locale, t
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.login import actor_by_id
from openclaw_otel_bridge.problems import Problem
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint

PUBLIC = frozenset({"ui.login", "ui.login_now", "ui.static", "ui.preferences"})
"""Endpoints that need no login."""
WITH_OLD_PASSWORD = frozenset({"ui.password", "ui.save_password", "ui.logout", "ui.preferences", "ui.static"})
"""Endpoints open to a person who has still to replace a generated password."""
THEMES = ("light", "dark")
KEPT = ("locale", "theme")
"""What survives login and logout."""


@blueprint.before_request
def know_viewer() -> Response | None:
    """Set `g.actor`; send strangers to the login page, refuse forms without their token."""
    g.actor = None
    if request.endpoint == "ui.static":
        return None
    g.actor = find_actor()
    if request.method == "POST":
        check_csrf()
    if g.actor is None and request.endpoint not in PUBLIC:
        return _elsewhere(url_for("ui.login", next=here()))
    if g.actor is not None and g.actor.must_change and request.endpoint not in WITH_OLD_PASSWORD:
        return _elsewhere(url_for("ui.password"))
    return None


def log_in(actor: Actor, timezone: str) -> None:
    """Begin a session; whatever the browser sent before is forgotten, so that nobody can plant a session."""
    start_anew()
    session.permanent = True
    session["person"], session["epoch"], session["project"] = actor.id, actor.session_epoch, actor.project_id
    session["timezone"] = timezone
    g.actor = actor


def start_anew() -> None:
    """Forget the session but for language and theme."""
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    session.update(kept)


def csrf_token() -> str:
    """Return the token every form of this session carries."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_hex(16)
    token: str = session["csrf"]
    return token


def check_csrf() -> None:
    """Raise Problem unless the form carries this session's token."""
    sent = request.form.get("csrf_token") or request.headers.get("X-CSRF-Token", "")
    if not hmac.compare_digest(sent.encode(), str(session.get("csrf", "")).encode()) or not sent:
        raise Problem(t("error.csrf", viewer_locale()), status=403, code="csrf", field="csrf_token")


def viewer() -> Actor:
    """Return who is logged in; only for pages that need a login."""
    actor = g.actor
    assert isinstance(actor, Actor)
    return actor


def viewer_locale() -> str:
    """Return the language to show: the person's, else the browser's choice, else what its header asks for."""
    actor = g.get("actor")
    if actor is not None and actor.locale in LOCALES:
        return str(actor.locale)
    chosen = session.get("locale")
    return chosen if chosen in LOCALES else best_locale(request.headers.get("Accept-Language", ""))


def viewer_timezone() -> str:
    """Return the zone to show times in: the person's, or the browser's where the person has chosen none."""
    actor = g.get("actor")
    if actor is None:
        return "UTC"
    return str(session.get("timezone") or "UTC") if actor.timezone == "UTC" else str(actor.timezone)


def viewer_theme() -> str:
    """Return `light`, `dark`, or "" for whatever the system prefers."""
    theme = session.get("theme")
    return theme if theme in THEMES else ""


def here() -> str:
    """Return the path and query of this page, to come back to; a form's own page for a POST."""
    if request.method == "POST":
        return local_path(request.form.get("next", ""))
    return request.full_path.removesuffix("?")


def local_path(target: str) -> str:
    """Return a path of this site, `/` for anything that could lead elsewhere."""
    parts = urlsplit(target)
    is_local = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if is_local and not any(ord(char) < 32 for char in target) else "/"


def find_actor() -> Actor | None:
    """Return whose session this is, None for a stranger or an ended session."""
    found: Any = session.get("person"), session.get("epoch"), session.get("project")
    if None in found:
        return None
    with services().database.connection() as conn:
        return actor_by_id(conn, found[0], found[2], found[1])


def _elsewhere(url: str) -> Response:
    if request.headers.get("HX-Request"):  # a fragment must not be filled with a login page
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, 303)  # type: ignore[return-value]
