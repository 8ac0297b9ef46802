"""What a project can be set to: how its workflow behaves, what it takes, how much of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.audit import audit
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.workflow.errors import InvalidField

MOST = 10**12
FLAGS = ("solo_resolve", "error_logs")
QUOTAS = ("quota_per_minute", "quota_per_day")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSettings:
    """Settings of one project; a quota of None is no limit."""

    solo_resolve: bool = False
    """One person may resolve alone."""
    error_logs: bool = False
    """ERROR logs without an exception become events."""
    quota_per_minute: int | None = None
    quota_per_day: int | None = None

    @property
    def has_quota(self) -> bool:
        """Whether events are counted and may be refused."""
        return self.quota_per_minute is not None or self.quota_per_day is not None


def settings_of(stored: Mapping[str, Any]) -> ProjectSettings:
    """Return the settings in a project's JSON; what is not of its type counts as not set."""
    flags = {name: stored.get(name) is True for name in FLAGS}
    quotas: dict[str, Any] = {name: stored[name] for name in QUOTAS if _is_quota(stored.get(name))}
    return ProjectSettings(**flags, **quotas)


def read_settings(conn: Connection, project_id: int) -> ProjectSettings:
    """Return the settings of a project."""
    row = conn.execute(queries("projects")["settings"], (project_id,)).fetchone()
    return settings_of(row[0] if row else {})


def change_settings(conn: Connection, actor: Actor, changes: Mapping[str, Any]) -> ProjectSettings:
    """Set those of the actor's project that are named; None takes a quota away.

    Raises:
        NotAllowed, InvalidField: see `workflow.errors`.
    """
    require(actor, "project.edit")
    for name, value in changes.items():
        _check(name, value)
    kept = {name: value for name, value in changes.items() if value is not None}
    gone = [name for name, value in changes.items() if value is None]
    conn.execute(queries("projects")["change"], {"id": actor.project_id, "kept": Jsonb(kept), "gone": gone})
    audit(conn, actor, "project.update", f"project {actor.project_id}", changes)
    return read_settings(conn, actor.project_id)


def _check(name: str, value: object) -> None:
    if name in FLAGS:
        if not isinstance(value, bool):
            raise InvalidField(name, "must be true or false", "应为 true 或 false")
    elif name not in QUOTAS:
        raise InvalidField(name, "is no setting of a project", "不是项目设置")
    elif value is not None and not _is_quota(value):
        raise InvalidField(name, f"a whole number from 1 to {MOST}, or nothing", f"应为 1 到 {MOST} 的整数，或留空")


def _is_quota(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST
