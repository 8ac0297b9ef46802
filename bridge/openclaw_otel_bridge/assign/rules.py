"""The ordered list of rules of a project: list, add, change, move, remove, each value checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.audit import audit
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.query import QueryError, parse, refuse_relative
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField, NotFound, StaleVersion
from openclaw_otel_bridge.workflow.owners import check_owner

FIELDS = ("name", "query", "assignee", "team", "due_minutes", "channels", "enabled", "position")
"""What a request may set; `assignee`, `team` and `channels` are ids."""
MOST_DUE_MINUTES = 60 * 24 * 366


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `channel_ids` empty means every channel of the project."""

    id: int
    project_id: int
    position: int
    name: str
    query: str
    assignee_id: int | None
    team_id: int | None
    due_minutes: int | None
    channel_ids: list[int]
    enabled: bool
    version: int
    created_at: datetime
    updated_at: datetime
    assignee_name: str | None
    team_name: str | None


def list_rules(conn: Connection, actor: Actor) -> list[Rule]:
    """Return the project's rules in the order they are tried."""
    require(actor, "rule.view")
    with conn.cursor(row_factory=class_row(Rule)) as cursor:
        return cursor.execute(queries("rules")["rules"], {"project_id": actor.project_id}).fetchall()


def get_rule(conn: Connection, actor: Actor, rule_id: int) -> Rule:
    """Return one rule, or raise NotFound."""
    require(actor, "rule.view")
    with conn.cursor(row_factory=class_row(Rule)) as cursor:
        rule = cursor.execute(queries("rules")["rule"], {"id": rule_id, "project_id": actor.project_id}).fetchone()
    if rule is None:
        raise NotFound("rule", "规则", rule_id)
    return rule


def create_rule(conn: Connection, actor: Actor, values: Mapping[str, Any]) -> Rule:
    """Add a rule, last unless `position` is given; a name and a person or team are needed.

    Raises:
        NotAllowed, MissingField, InvalidField: see `workflow.errors`.
    """
    require(actor, "rule.edit")
    now = datetime.min
    empty = Rule(0, actor.project_id, 0, "", "", None, None, None, [], True, 1, now, now, None, None)
    rule = _changed(conn, empty, values)
    parameters = asdict(rule) | {"position": values.get("position")}
    row = conn.execute(queries("rules")["create_rule"], parameters).fetchone()
    assert row is not None
    audit(conn, actor, "rule.create", f"rule {row[0]}", {"name": rule.name, "query": rule.query})
    return get_rule(conn, actor, row[0])


def update_rule(
    conn: Connection,
    actor: Actor,
    rule_id: int,
    values: Mapping[str, Any],
    *,
    expected_version: int | None = None,
) -> Rule:
    """Change what `values` names and leave the rest.

    Raises:
        NotFound, NotAllowed, StaleVersion, MissingField, InvalidField: see `workflow.errors`.
    """
    require(actor, "rule.edit")
    old = get_rule(conn, actor, rule_id)
    if expected_version is not None and expected_version != old.version:
        raise StaleVersion(expected_version, old.version)
    conn.execute(queries("rules")["update_rule"], asdict(_changed(conn, old, values)))
    changed = sorted(name for name in FIELDS if name in values)
    audit(conn, actor, "rule.update", f"rule {rule_id}", {"changed": changed})
    return get_rule(conn, actor, rule_id)


def delete_rule(conn: Connection, actor: Actor, rule_id: int) -> None:
    """Remove a rule; what it assigned stays assigned."""
    require(actor, "rule.edit")
    rule = get_rule(conn, actor, rule_id)
    conn.execute(queries("rules")["delete_rule"], {"id": rule_id, "project_id": actor.project_id})
    audit(conn, actor, "rule.delete", f"rule {rule_id}", {"name": rule.name, "query": rule.query})


def move_rules(conn: Connection, actor: Actor, ids: Sequence[int]) -> list[Rule]:
    """Put the rules into the order of `ids`, which must name each of the project's rules once.

    Raises:
        InvalidField: a rule is missing, foreign or named twice.
    """
    require(actor, "rule.edit")
    if sorted(ids) != sorted(rule.id for rule in list_rules(conn, actor)):
        raise InvalidField("ids", "name each rule of the project once", "须包含本项目的每条规则各一次")
    conn.execute(queries("rules")["move_rules"], {"ids": list(ids), "project_id": actor.project_id})
    audit(conn, actor, "rule.move", "rules", {"ids": list(ids)})
    return list_rules(conn, actor)


def checked_query(text: Any) -> str:
    """Return a query a rule may have.

    Raises:
        InvalidField: `query` cannot be read, or means another thing tomorrow (`<24h`, `me`).
    """
    if not isinstance(text, str):
        raise InvalidField("query", "must be text", "应为文本")
    try:
        refuse_relative(parse(text))
    except QueryError as error:
        raise InvalidField("query", error.text("en"), error.text("zh")) from error
    return text.strip()


def _changed(conn: Connection, rule: Rule, values: Mapping[str, Any]) -> Rule:
    for name in values:
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise InvalidField(name, f"unknown field; known: {known}", f"未知字段；可用：{known}")
    changed = replace(
        rule,
        name=_name(values.get("name", rule.name)),
        query=checked_query(values.get("query", rule.query)),
        assignee_id=_number("assignee", values.get("assignee", rule.assignee_id), 2**62),
        team_id=_number("team", values.get("team", rule.team_id), 2**62),
        due_minutes=_number("due_minutes", values.get("due_minutes", rule.due_minutes), MOST_DUE_MINUTES),
        channel_ids=_channels(conn, rule.project_id, values.get("channels", rule.channel_ids)),
        enabled=_flag(values.get("enabled", rule.enabled)),
        position=_number("position", values.get("position", rule.position or None), 10**6) or rule.position,
    )
    if changed.assignee_id is None and changed.team_id is None:
        raise MissingField("assignee", "team", en="a person or a team is needed", zh="须指定人员或团队")
    if "assignee" in values or "team" in values:
        check_owner(conn, rule.project_id, changed.assignee_id, changed.team_id)
    return changed


def _name(value: Any) -> str:
    if value in ("", None):
        raise MissingField("name")
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= 100 or "\x00" in value:
        raise InvalidField("name", "1 to 100 characters", "应为 1 到 100 个字符")
    return value.strip()


def _number(field: str, value: Any, most: int) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise InvalidField(field, f"a whole number from 1 to {most}", f"应为 1 到 {most} 的整数")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidField("enabled", "true or false", "应为 true 或 false")
    return value


def _channels(conn: Connection, project_id: int, value: Any) -> list[int]:
    if not isinstance(value, list) or any(not isinstance(item, int) or isinstance(item, bool) for item in value):
        raise InvalidField("channels", "a list of channel ids; empty means all", "应为渠道编号列表；留空表示全部")
    found = {
        row[0] for row in conn.execute(queries("rules")["known_channels"], {"project_id": project_id, "ids": value})
    }
    for item in value:
        if item not in found:
            raise InvalidField("channels", f"no channel {item} in this project", f"本项目中没有渠道 {item}")
    return sorted(found)
