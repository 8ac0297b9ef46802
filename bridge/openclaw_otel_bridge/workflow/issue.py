"""The part of an issue the workflow works on, read under its row lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from openclaw_otel_bridge.db import queries
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

    @property
    def is_muted(self) -> bool:
        """True while notifications are held back."""
        return self.muted_until is not None or self.muted_count is not None


def lock(conn: Connection[Any], actor: Actor, issue_id: int, expected_version: int | None = None) -> IssueState:
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
