"""Log in and out, replace a password, choose language and theme."""

from __future__ import annotations

from flask import Response, g, request, session, url_for

from openclaw_otel_bridge.messages import LOCALES, t
from openclaw_otel_bridge.people.login import authenticate
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.times import known_zone
from openclaw_otel_bridge.views.ui import attempts
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.page import done, page
from openclaw_otel_bridge.views.ui.session import THEMES, local_path, log_in, start_anew, viewer_locale


@blueprint.get("/login")
def login() -> Response:
    """The login page; who is logged in already goes on."""
    target = local_path(request.args.get("next", "/"))
    return done(target) if g.actor is not None else page("login.html", next=target, email="", error="")


@blueprint.post("/login", endpoint="login_now")
def login_now() -> Response:
    """Check e-mail and password; too many failures are answered 429 for a while, right password or not."""
    email, address = request.form.get("email", "").strip()[:254], request.remote_addr or ""
    with services().database.connection() as conn:
        wait = attempts.wait(conn, email, address)
        actor = None if wait else authenticate(conn, email, request.form.get("password", ""))
        if not wait:
            attempts.note(conn, email, address, actor)
    if actor is not None:
        zone = request.form.get("browser_timezone", "")
        log_in(actor, zone if known_zone(zone) else "UTC")
        return done(local_path(request.form.get("next", "/")))
    locale = viewer_locale()
    error = t("login.wait", locale, n=-(-wait // 60)) if wait else t("login.wrong", locale)
    response = page(
        "login.html",
        status=429 if wait else 422,
        next=local_path(request.form.get("next", "/")),
        email=email,
        error=error,
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


@blueprint.post("/logout")
def logout() -> Response:
    """End this session."""
    start_anew()
    return done(url_for("ui.login"))


@blueprint.post("/preferences")
def preferences() -> Response:
    """Choose language or theme, logged in or not; a person's language is theirs in every browser."""
    locale, theme = request.form.get("locale"), request.form.get("theme")
    if locale in LOCALES:
        session["locale"] = locale
        if g.actor is not None:
            with services().database.connection() as conn:
                attempts.set_locale(conn, g.actor.id, locale)
    if theme in (*THEMES, "auto"):
        session["theme"] = theme
    return done(local_path(request.form.get("next", "/")))
