"""How every page is rendered: the words and helpers templates use, whole or as the part htmx asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache, partial
from importlib import resources
from typing import Any, cast

from flask import Response, current_app, flash, g, get_flashed_messages, redirect, render_template, request, url_for
from jinja2_fragments.flask import render_block
from markupsafe import Markup

from openclaw_otel_bridge import messages, present, times
from openclaw_otel_bridge.people.permissions import allowed
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.session import (
    csrf_token,
    here,
    viewer_locale,
    viewer_theme,
    viewer_timezone,
)

BOOST = Markup('hx-boost="true" hx-target="#main" hx-swap="innerHTML show:none"')
"""Links and forms that replace the page's main part instead of the page; without script they are what they are."""
EXAMPLES = (
    "is:unassigned severity:>=error",
    "platform:shopify category:auth,rate_limit",
    "store:us-* -env:staging",
    "order:1001",
    'last_seen:<24h "token expired"',
    "assignee:me status:assigned",
)


def page(template: str, *, status: int = 200, block: str = "content", **context: Any) -> Response:
    """Return a page; for htmx the block it asked for (`HX-Target` names the element of the same name)."""
    context = {**words(), **context}
    environment = current_app.jinja_env
    context["m"] = environment.get_template("macros.html").make_module(context)
    wanted = request.headers.get("HX-Target") if request.headers.get("HX-Request") else None
    if wanted is None or request.headers.get("HX-History-Restore-Request"):
        text = render_template(template, **context)
    elif wanted == "main":
        title = render_block(template, "title", **context)
        flashes = render_template("flashes.html", **context)
        text = f"<title>{title}</title>{flashes}{render_block(template, block, **context)}"
    else:
        text = render_block(template, wanted, **context)
    response = Response(text, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request, Cookie"
    if status >= 400:
        response.headers["HX-Push-Url"] = "false"  # a refused form is no place to come back to
    return response


def words() -> dict[str, Any]:
    """Return what every template may use, in the reader's language and zone."""
    locale, zone, now, actor = viewer_locale(), viewer_timezone(), services().clock(), g.get("actor")
    return {
        "t": partial(_text, locale),
        "known": messages.known,
        "label": partial(_label, locale),
        "platform_name": partial(_platform, locale),
        "relative": lambda at: times.relative(at, now, locale),
        "absolute": partial(times.absolute, timezone=zone),
        "span_of_minutes": lambda minutes: times.span_of_minutes(minutes, locale),
        "milliseconds": times.milliseconds,
        "may": lambda action: actor is not None and allowed(actor, action),
        "search": lambda query: url_for("ui.inbox", view="all", query=query),
        "quoted": quoted,
        "asset": asset,
        "csrf_token": csrf_token,
        "flashes": flashes,
        "now": now,
        "actor": actor,
        "locale": locale,
        "timezone": zone,
        "theme": viewer_theme(),
        "here": here(),
        "boost": BOOST,
        "section": "",
        "examples": EXAMPLES,
        "faults": {},
        "form": {},
    }


def tell(key: str, *, kind: str = "good", undo: str = "", **params: object) -> None:
    """Show a line on the next page: `kind` is good, note or bad; `undo` the address of a form that takes it back."""
    flash(json.dumps([messages.t(key, viewer_locale(), **params), undo]), kind)


def flashes() -> Iterator[tuple[str, str, str]]:
    """Yield (kind, text, undo address) of what the last request had to say."""
    for kind, message in cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True)):
        text, undo = json.loads(message)
        yield kind, text, undo


def done(url: str) -> Response:
    """Return the answer to a form that did its work."""
    return redirect(url, 303)  # type: ignore[return-value]


def faults_of(error: Any) -> dict[str, str]:
    """Return field → text of a WorkError that names fields, for the form to show."""
    text = error.text(viewer_locale())
    names = getattr(error, "fields", None) or (error.field,)
    required = messages.t("error.required", viewer_locale())
    if len(names) > 1:
        return {name: required for name in names}
    return {names[0]: text.removeprefix(f"{names[0]}: ").removeprefix(f"{names[0]}：")}


def quoted(value: str) -> str:
    """Return a value as the query language reads it, in quotes where it must be."""
    plain = value and not set(value) & set(" \"'*,:()") and not value.startswith("-")
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def asset(name: str) -> str:
    """Return the address of a static file; it changes with the content, so that browsers may keep it."""
    return url_for("ui.static", filename=name, v=_digest(name))


@blueprint.after_request
def keep_assets(response: Response) -> Response:
    """Let browsers keep a static file for good: its address changes with its content."""
    if request.endpoint == "ui.static" and "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@cache
def _digest(name: str) -> str:
    file = resources.files("openclaw_otel_bridge") / "static" / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]


def _text(locale: str, key: str, **params: object) -> str:
    return messages.t(key, locale, **params)


def _label(locale: str, family: str, value: object) -> str:
    return present.label(family, value, locale)


def _platform(locale: str, platform: str | None) -> str:
    return present.platform_name(platform, locale)
