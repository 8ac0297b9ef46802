"""The part of an issue the workflow works on, read under its row lock."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.workflow.errors import IllegalTransition, NotFound, StaleVersion


@dataclass(frozen=True, slots=True)
class IssueState:
    """One issue as the workflow sees it; `version` is the ETag of the next write."""

    id: int
    project_id: int
    origin: str
    status: str
    version: int
    title: str
    platform: str | None
    store: str | None
    operation: str | None
    category: str
    code: str | None
    message: str
    exception_type: str | None
    service: str | None
    severity: str
    explanation: dict[str, str]
    next_step: dict[str, str]
    order_id: str | None
    first_seen: datetime
    last_seen: datetime
    event_count: int
    assignee_id: int | None
    team_id: int | None
    due_at: datetime | None
    regressed: bool
    resolved_at: datetime | None
    resolved_release: str | None
    reviewed_by: int | None
    root_cause_kind: str | None
    root_cause_text: str | None
    fix_kind: str | None
    fix_text: str | None
    muted_until: datetime | None
    muted_count: int | None
    merged_into: int | None
    created_by: int | None
    kinds: int | None = None
    """How many kinds of errors are folded into an overflow issue; None for any other."""

    @property
    def is_muted(self) -> bool:
        """True while notifications are held back."""
        return self.muted_until is not None or self.muted_count is not None


def lock(conn: Connection, actor: Actor, issue_id: int, expected_version: int | None = None) -> IssueState:
    """Lock and return an issue of the actor's project.

    Raises:
        NotFound: no such issue in the project.
        IllegalTransition: it was merged into another issue.
        StaleVersion: its version is not `expected_version`.
    """
    with conn.cursor(row_factory=class_row(IssueState)) as cursor:
        issue = cursor.execute(
            queries("issues")["lock_issue"], {"id": issue_id, "project_id": actor.project_id}
        ).fetchone()
    if issue is None:
        raise NotFound("issue", "问题", issue_id)
    if issue.merged_into is not None:
        raise IllegalTransition(
            f"issue {issue_id} was merged into issue {issue.merged_into}",
            f"问题 {issue_id} 已合并到问题 {issue.merged_into}",
        )
    if expected_version is not None and expected_version != issue.version:
        raise StaleVersion(expected_version, issue.version)
    return issue


def save(conn: Connection, issue: IssueState) -> IssueState:
    """Write what the workflow changes of a locked issue and return it with its new version."""
    row = conn.execute(queries("issues")["save_issue"], asdict(issue)).fetchone()
    assert row is not None, "the row is locked, so it cannot be gone"
    return replace(issue, version=row[0])


def owner_data(conn: Connection, assignee_id: int | None, team_id: int | None) -> dict[str, Any]:
    """Return ids and names of an owner as parameters of an activity entry or a notification."""
    row = conn.execute(queries("issues")["owner_names"], {"assignee_id": assignee_id, "team_id": team_id}).fetchone()
    assert row is not None
    data = {"assignee": assignee_id, "assignee_name": row[0], "team": team_id, "team_name": row[1]}
    return {key: value for key, value in data.items() if value is not None}
