"""Who can own an issue: a person of the project who is not disabled, or a team of the project."""

from __future__ import annotations

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.workflow.errors import InvalidField


def check_owner(conn: Connection, project_id: int, assignee: int | None, team: int | None) -> None:
    """Make sure that both, where given, can own issues of the project.

    Raises:
        InvalidField: `assignee` or `team` is unknown here, or the person is disabled.
    """
    for field, ident, query, en, zh in (
        ("assignee", assignee, "person_name", "no active person", "没有可用的成员"),
        ("team", team, "team_name", "no team", "没有团队"),
    ):
        if ident is None:
            continue
        found = conn.execute(queries("issues")[query], {"id": ident, "project_id": project_id}).fetchone()
        if found is None:
            raise InvalidField(field, f"{en} {ident} in this project", f"本项目中{zh} {ident}")


def is_available(conn: Connection, project_id: int, assignee: int | None, team: int | None) -> bool:
    """Say whether an owner is named who can still own issues of the project."""
    if assignee is None and team is None:
        return False
    try:
        check_owner(conn, project_id, assignee, team)
    except InvalidField:
        return False
    return True
