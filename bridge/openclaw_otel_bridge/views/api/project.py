"""The project: how it is set, and what its quotas have left."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.intake.quotas import usage_of
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.project_settings import FLAGS, QUOTAS, change_settings, read_settings
from openclaw_otel_bridge.views.api.asked import arguments, values
from openclaw_otel_bridge.views.api.blueprint import route


@route("GET", "/project", "project.view")
def project_get(conn: Connection, actor: Actor) -> Any:
    """The project of the caller with its settings."""
    arguments()
    return _shown(conn, actor)


@route("PATCH", "/project", "project.edit")
def project_change(conn: Connection, actor: Actor) -> Any:
    """Change those settings that are named; null takes a quota away."""
    change_settings(conn, actor, values(*FLAGS, *QUOTAS))
    return _shown(conn, actor)


def _shown(conn: Connection, actor: Actor) -> dict[str, Any]:
    row = conn.execute(queries("projects")["project"], (actor.project_id,)).fetchone()
    assert row is not None, "an actor is a member of a project"
    found = read_settings(conn, actor.project_id)
    used = usage_of(conn, [actor.project_id])[actor.project_id]
    return {
        **dict(zip(("id", "slug", "name"), row, strict=True)),
        **{name: getattr(found, name) for name in (*FLAGS, *QUOTAS)},
        "usage": {"minute": used.in_minute, "day": used.in_day} if found.has_quota else None,
    }
