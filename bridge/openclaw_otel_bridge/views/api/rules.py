"""Assignment rules: list, add, change, order, remove, try a query."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.assign.preview import Match, preview
from openclaw_otel_bridge.assign.rules import (
    FIELDS,
    Rule,
    create_rule,
    delete_rule,
    get_rule,
    list_rules,
    move_rules,
    update_rule,
)
from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.present import title
from openclaw_otel_bridge.views.api import shapes
from openclaw_otel_bridge.views.api.asked import arguments, body, expected_version, values
from openclaw_otel_bridge.views.api.blueprint import ID, Answer, route


@route("GET", "/rules", "rule.view")
def rule_list(conn: Connection, actor: Actor) -> Any:
    """The rules in the order they are tried."""
    arguments()
    return shapes.listed(list_rules(conn, actor), _shape)


@route("POST", "/rules", "rule.edit")
def rule_add(conn: Connection, actor: Actor) -> Any:
    """Add a rule, last unless a position is given."""
    return _answer(create_rule(conn, actor, values(*FIELDS)), 201)


@route("POST", "/rules/preview", "rule.edit")
def rule_preview(conn: Connection, actor: Actor) -> Any:
    """Which open issues a query would match."""
    found = preview(conn, actor, body("query").text("query") or "")
    return shapes.listed(found, lambda one: _match(one, actor.locale)) | {"total": found[0].found if found else 0}


@route("POST", "/rules/order", "rule.edit")
def rule_order(conn: Connection, actor: Actor) -> Any:
    """Put all rules into an order."""
    return shapes.listed(move_rules(conn, actor, body("ids").numbers("ids")), _shape)


@route("GET", f"/rules/<{ID}:rule_id>", "rule.view")
def rule_get(conn: Connection, actor: Actor, rule_id: int) -> Any:
    """One rule."""
    arguments()
    return _answer(get_rule(conn, actor, rule_id))


@route("PATCH", f"/rules/<{ID}:rule_id>", "rule.edit")
def rule_change(conn: Connection, actor: Actor, rule_id: int) -> Any:
    """Change what the body names."""
    changed = update_rule(conn, actor, rule_id, values(*FIELDS), expected_version=expected_version())
    return _answer(changed)


@route("DELETE", f"/rules/<{ID}:rule_id>", "rule.edit")
def rule_remove(conn: Connection, actor: Actor, rule_id: int) -> Any:
    """Remove a rule; what it assigned stays assigned."""
    body()
    delete_rule(conn, actor, rule_id)
    return Answer(status=204)


def _answer(rule: Rule, status: int = 200) -> Answer:
    headers = {"ETag": f'"{rule.version}"'} | ({"Location": f"/api/v1/rules/{rule.id}"} if status == 201 else {})
    return Answer(_shape(rule), status, headers)


def _shape(rule: Rule) -> shapes.Json:
    return {
        "id": rule.id,
        "position": rule.position,
        "name": rule.name,
        "query": rule.query,
        "assignee": rule.assignee_id,
        "assignee_name": rule.assignee_name,
        "team": rule.team_id,
        "team_name": rule.team_name,
        "due_minutes": rule.due_minutes,
        "channels": list(rule.channel_ids),
        "enabled": rule.enabled,
        "version": rule.version,
        "created_at": shapes.moment(rule.created_at),
        "updated_at": shapes.moment(rule.updated_at),
    }


def _match(one: Match, locale: str) -> shapes.Json:
    return {
        "id": one.id,
        "title": title(one, locale),
        "status": one.status,
        "assignee": one.assignee_id,
        "team": one.team_id,
    }
