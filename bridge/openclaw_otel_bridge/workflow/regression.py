"""Reopen resolved issues that come back: only by an event that occurred after the resolution."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg.rows import class_row

from openclaw_otel_bridge import knowledge
from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import system_actor
from openclaw_otel_bridge.workflow.activity import note
from openclaw_otel_bridge.workflow.issue import IssueState, owner_data, save
from openclaw_otel_bridge.workflow.transition import reopened


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The latest event of an issue in one batch: when it occurred, and in which release (if known)."""

    occurred_at: datetime
    release: str | None = None


def raise_regression(conn: Connection, latest: Mapping[int, Recurrence]) -> frozenset[int]:
    """Reopen those of the issues (id → its latest event) that are resolved and really came back.

    A late delivery or a replay of an old event reopens nothing, nor an event of a release known to be older than
    the fixing one. The issue becomes `new`, marked regressed, and is offered to its last owner (who stays as
    assignee). Rows are locked in id order. Returns the ids reopened: pass those to `assign.apply.apply_rules`
    with state "regressed".
    """
    if not latest:
        return frozenset()
    with conn.cursor(row_factory=class_row(IssueState)) as cursor:
        issues = cursor.execute(queries("issues")["lock_resolved"], {"ids": sorted(latest)}).fetchall()
    back = [issue for issue in issues if came_back(issue, latest[issue.id])]
    for issue in back:
        _reopen(conn, issue, latest[issue.id])
    return frozenset(issue.id for issue in back)


def came_back(issue: IssueState, event: Recurrence) -> bool:
    """Say whether the event proves that a resolved issue is not fixed."""
    if issue.status != "resolved" or issue.resolved_at is None or event.occurred_at <= issue.resolved_at:
        return False
    if issue.resolved_release and event.release:
        return not is_older(event.release, issue.resolved_release)
    return True


def is_older(release: str, than: str) -> bool:
    """Say whether a release is known to be the older one; False when the two names cannot be compared.

    Comparable are names that differ in numbers alone: 1.9.2 and 1.10.0, shop-sync@2026.01.3 and shop-sync@2026.02.1;
    a commit hash is not.
    """
    if re.sub(r"\d+", "", release).strip(".") != re.sub(r"\d+", "", than).strip("."):
        return False
    return _numbers(release) < _numbers(than)


def _numbers(release: str) -> list[int]:
    return [int(digits[:18]) for digits in re.findall(r"[0-9]+", release)]


def _reopen(conn: Connection, issue: IssueState, event: Recurrence) -> None:
    article = knowledge.latest_of(conn, issue.id)
    save(conn, replace(reopened(issue), regressed=True))
    data = {
        "from": "resolved",
        "to": "new",
        "occurred_at": event.occurred_at.isoformat(),
        "release": event.release,
        "article": article.id if article else None,
        "offered": owner_data(conn, issue.assignee_id, issue.team_id),
    }
    note(conn, system_actor(issue.project_id), issue.id, "regressed", data)
