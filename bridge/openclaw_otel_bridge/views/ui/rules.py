"""Assignment rules: list, add, edit, order, switch, delete with undo, and what a query would match."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from openclaw_otel_bridge.assign.preview import preview
from openclaw_otel_bridge.assign.rules import (
    Rule,
    create_rule,
    delete_rule,
    get_rule,
    list_rules,
    move_rules,
    update_rule,
)
from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.messages import t
from openclaw_otel_bridge.notify.channels import list_channels
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.present import title
from openclaw_otel_bridge.problems import Problem
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.owners import choices, owner_of, owner_value
from openclaw_otel_bridge.views.ui.page import done, faults_of, page, tell
from openclaw_otel_bridge.views.ui.session import viewer, viewer_locale
from openclaw_otel_bridge.views.ui.stored import sealer
from openclaw_otel_bridge.workflow.errors import InvalidField

UNDO_SECONDS = 3600
PREVIEWED = 5
EXAMPLES = (
    "category:auth,permission",
    "platform:shopify severity:>=error",
    "store:us-* -env:staging",
    "code:THROTTLED",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule with the names of its channels."""

    rule: Rule
    channel_names: tuple[str, ...]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rule, name)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a query would match now, or (`bad`) why it cannot be read."""

    text: str
    issues: tuple[Any, ...] = ()
    bad: bool = False


@dataclass(frozen=True, slots=True)
class _Titled:
    id: int
    title: str


@blueprint.get("/rules")
def rules() -> Response:
    """The rules in the order they are tried."""
    actor = viewer()
    with services().database.connection() as conn:
        names = {one.id: one.name for one in list_channels(conn, actor, sealer())}
        every = t("rules.every_channel", viewer_locale())
        shown = [
            Shown(rule, tuple(names.get(one, "?") for one in rule.channel_ids) or ((every,) if names else ()))
            for rule in list_rules(conn, actor)
        ]
    return page("rules.html", section="rules", rules=shown)


@blueprint.get("/rules/new")
def new_rule() -> Response:
    """An empty form; `?query=` fills the condition in."""
    require(viewer(), "rule.edit")
    with services().database.connection() as conn:
        return _form(conn, None, {"query": request.args.get("query", ""), "enabled": "1", "channels": []})


@blueprint.post("/rules/new", endpoint="add_rule")
def add_rule() -> Response:
    """Save a new rule, or show what it would match."""
    with services().database.connection() as conn:
        if request.form.get("preview"):
            return _form(conn, None, _typed())
        try:
            with conn.transaction():
                rule = create_rule(conn, viewer(), _values())
        except InvalidField as error:
            return _form(conn, None, _typed(), error)
    tell("rules.saved", name=rule.name)
    return done(url_for("ui.rules"))


@blueprint.get("/rules/<int:rule_id>")
def edit_rule(rule_id: int) -> Response:
    """The form of one rule."""
    require(viewer(), "rule.edit")
    with services().database.connection() as conn:
        rule = get_rule(conn, viewer(), rule_id)
        form = {
            "name": rule.name,
            "query": rule.query,
            "owner": owner_value(rule.assignee_id, rule.team_id),
            "due_minutes": rule.due_minutes or "",
            "channels": [str(one) for one in rule.channel_ids],
            "enabled": "1" if rule.enabled else "",
            "version": rule.version,
        }
        return _form(conn, rule, form)


@blueprint.post("/rules/<int:rule_id>", endpoint="save_rule")
def save_rule(rule_id: int) -> Response:
    """Save an edited rule, or show what it would match."""
    with services().database.connection() as conn:
        rule = get_rule(conn, viewer(), rule_id)
        if request.form.get("preview"):
            return _form(conn, rule, _typed())
        try:
            with conn.transaction():
                rule = update_rule(conn, viewer(), rule_id, _values(), expected_version=_version())
        except InvalidField as error:
            return _form(conn, rule, _typed(), error)
    tell("rules.saved", name=rule.name)
    return done(url_for("ui.rules"))


@blueprint.post("/rules/<int:rule_id>/change")
def change_rule(rule_id: int) -> Response:
    """The small buttons of the list: up, down, enable, disable, delete."""
    actor, what = viewer(), request.form.get("do", "")
    with services().database.connection() as conn:
        rule = get_rule(conn, actor, rule_id)
        if what in ("up", "down"):
            ids = [one.id for one in list_rules(conn, actor)]
            at = ids.index(rule_id)
            to = max(0, at - 1) if what == "up" else at + 1
            ids.insert(to, ids.pop(at))
            move_rules(conn, actor, ids)
            tell("rules.moved")
        elif what in ("enable", "disable"):
            update_rule(conn, actor, rule_id, {"enabled": what == "enable"}, expected_version=_version())
            tell("rules.saved", name=rule.name)
        elif what == "delete":
            delete_rule(conn, actor, rule_id)
            tell(
                "rules.deleted",
                kind="note",
                undo=url_for("ui.undo_rule", what=_signer().dumps(_kept(rule))),
                name=rule.name,
            )
        else:
            raise Problem("do: one of up, down, enable, disable, delete", field="do")
    return done(url_for("ui.rules"))


@blueprint.post("/rules/undo")
def undo_rule() -> Response:
    """Bring a deleted rule back to its place; the address holds it, signed, so nothing is kept for nothing."""
    try:
        kept = _signer().loads(request.args.get("what", ""), max_age=UNDO_SECONDS)
    except BadSignature as error:
        raise Problem("this deletion can no longer be undone", status=409, code="conflict") from error
    with services().database.connection() as conn:
        rule = create_rule(conn, viewer(), kept)
    tell("rules.restored", name=rule.name)
    return done(url_for("ui.rules"))


@blueprint.post("/rules/preview")
def preview_rule() -> Response:
    """What the query typed so far would match, as the part of the form that says so."""
    require(viewer(), "rule.edit")
    with services().database.connection() as conn:
        shown = _previewed(conn, request.form.get("query", ""))
    return page("rule.html", preview=shown)


def _form(conn: Connection, rule: Rule | None, form: Mapping[str, Any], error: InvalidField | None = None) -> Response:
    actor, locale = viewer(), viewer_locale()
    people, teams = choices(conn, actor)
    asked = request.method == "POST" and not error
    return page(
        "rule.html",
        status=error.status if error else 200,
        section="rules",
        heading=t("rules.edit" if rule else "rules.new", locale),
        action=url_for("ui.save_rule", rule_id=rule.id) if rule else url_for("ui.add_rule"),
        version=form.get("version"),
        form=form,
        faults=faults_of(error) if error else {},
        people=people,
        teams=teams,
        channels=list_channels(conn, actor, sealer()),
        preview=_previewed(conn, str(form.get("query", ""))) if asked or rule else None,
        examples=EXAMPLES,
    )


def _previewed(conn: Connection, query: str) -> Preview:
    locale = viewer_locale()
    try:
        found = preview(conn, viewer(), query)
    except InvalidField as error:
        return Preview(faults_of(error)["query"], bad=True)
    if not found:
        return Preview(t("rules.would_match_none", locale))
    shown = tuple(_Titled(one.id, title(one, locale)) for one in found[:PREVIEWED])
    return Preview(t("rules.would_match", locale, n=found[0].found), shown)


def _typed() -> dict[str, Any]:
    return {**request.form, "channels": request.form.getlist("channel")}


def _values() -> dict[str, Any]:
    """Return the form as `assign.rules` takes it.

    Raises:
        InvalidField: a number is none.
    """
    form = request.form
    owner = owner_of(form.get("owner", ""))
    return {
        "name": form.get("name", ""),
        "query": form.get("query", ""),
        "assignee": owner.assignee,
        "team": owner.team,
        "due_minutes": _number("due_minutes", form.get("due_minutes", "").strip()),
        "channels": [number for one in form.getlist("channel") if (number := _number("channels", one)) is not None],
        "enabled": bool(form.get("enabled")),
    }


def _number(field: str, text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise InvalidField(field, "a whole number", "应为整数")
    return int(text)


def _version() -> int | None:
    return _number("version", request.form.get("version", ""))


def _kept(rule: Rule) -> dict[str, Any]:
    """Return what makes the same rule again."""
    return {
        "name": rule.name,
        "query": rule.query,
        "assignee": rule.assignee_id,
        "team": rule.team_id,
        "due_minutes": rule.due_minutes,
        "channels": rule.channel_ids,
        "enabled": rule.enabled,
        "position": rule.position or None,
    }


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="undo-rule")
