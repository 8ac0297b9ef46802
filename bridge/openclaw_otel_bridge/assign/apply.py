"""Give new and regressed issues their owner, due time and notifications, inside intake's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from openclaw_otel.record import ErrorRecord
from openclaw_otel_bridge import knowledge
from openclaw_otel_bridge.assign.pick import ActiveRule, first_match, ready
from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.notify import queue
from openclaw_otel_bridge.query import Subject
from openclaw_otel_bridge.workflow.issue import IssueState, owner_data
from openclaw_otel_bridge.workflow.owners import is_available
from openclaw_otel_bridge.workflow.subject import issue_terms, subject_of

State = Literal["new", "regressed"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An issue that has just appeared or come back, with the record that did it."""

    issue_id: int
    state: State
    record: ErrorRecord


@dataclass(frozen=True, slots=True)
class _Decision:
    issue: IssueState
    subject: Subject
    state: State
    rule: ActiveRule | None
    store: str | None
    order: str | None


def apply_rules(conn: Connection, project_id: int, arrivals: Sequence[Arrival]) -> None:
    """Set owner and due time by the first rule that matches, and queue the deliveries.

    A regressed issue stays with the owner it is offered to (while that person is still there); only its due time
    and channels come from the rule. An issue no rule matches stays new, and every channel hears of it.
    """
    if not arrivals:
        return
    by_id = {arrival.issue_id: arrival for arrival in arrivals}
    issues = {issue.id: issue for issue in _locked(conn, by_id)}
    rules = ready(_rules(conn, project_id))
    decisions = []
    for issue_id, arrival in sorted(by_id.items()):
        issue = issues.get(issue_id)
        if issue is None:
            continue
        subject = Subject.of_record(arrival.record, issue_terms(conn, issue))
        rule = first_match(rules, subject)
        order = arrival.record.objects.get("order")
        owned = _owned(conn, issue, rule)
        decisions.append(_Decision(owned, subject, arrival.state, rule, arrival.record.store, order))
    _settle(conn, decisions)


def assign_manual(conn: Connection, issue: IssueState) -> None:
    """Do the same for an issue a person raised; its row must be locked."""
    subject = subject_of(conn, issue)
    rule = first_match(ready(_rules(conn, issue.project_id)), subject)
    _settle(conn, [_Decision(_owned(conn, issue, rule), subject, "new", rule, issue.store, issue.order_id)])


def _locked(conn: Connection, ids: Iterable[int]) -> list[IssueState]:
    with conn.cursor(row_factory=class_row(IssueState)) as cursor:
        return cursor.execute(queries("issues")["lock_issues"], {"ids": sorted(ids)}).fetchall()


def _rules(conn: Connection, project_id: int) -> list[ActiveRule]:
    with conn.cursor(row_factory=class_row(ActiveRule)) as cursor:
        return cursor.execute(queries("rules")["active_rules"], {"project_id": project_id}).fetchall()


def _owned(conn: Connection, issue: IssueState, rule: ActiveRule | None) -> IssueState:
    """Return the issue with the owner and due time a rule gives it."""
    if rule is None or issue.status != "new":
        return issue
    due = datetime.now(UTC) + timedelta(minutes=rule.due_minutes) if rule.due_minutes else None
    if is_available(conn, issue.project_id, issue.assignee_id, issue.team_id):
        return replace(issue, due_at=due)  # offered to its last owner
    return replace(issue, status="assigned", assignee_id=rule.assignee_id, team_id=rule.team_id, due_at=due)


def _settle(conn: Connection, decisions: Sequence[_Decision]) -> None:
    moved = [decision.issue for decision in decisions if decision.rule is not None]
    if moved:
        conn.execute(
            queries("rules")["assign_issues"],
            {
                "ids": [issue.id for issue in moved],
                "statuses": [issue.status for issue in moved],
                "assignee_ids": [issue.assignee_id for issue in moved],
                "team_ids": [issue.team_id for issue in moved],
                "dues": [issue.due_at for issue in moved],
            },
        )
    assigned = [(d.issue, d.rule) for d in decisions if d.rule is not None and d.issue.status == "assigned"]
    if assigned:
        conn.execute(
            queries("rules")["note_assignments"],
            {
                "ids": [issue.id for issue, _ in assigned],
                "data": [Jsonb(_entry(conn, issue, rule)) for issue, rule in assigned],
            },
        )
    _tell(conn, decisions)


def _entry(conn: Connection, issue: IssueState, rule: ActiveRule) -> dict[str, Any]:
    return {
        "from": "new",
        "to": "assigned",
        "rule_id": rule.id,
        "rule_name": rule.name,
        **owner_data(conn, issue.assignee_id, issue.team_id),
    }


def _tell(conn: Connection, decisions: Sequence[_Decision]) -> None:
    """Queue the deliveries: to the rule's channels, or to all; none for a muted issue."""
    heard = [decision for decision in decisions if not decision.issue.is_muted]
    if not heard:
        return
    every = queue.listeners(conn, heard[0].issue.project_id)
    notices = []
    for decision in heard:
        named = set(decision.rule.channel_ids) if decision.rule else set()
        subject = replace(decision.subject, issue=issue_terms(conn, decision.issue))
        channels = queue.hearing([channel for channel in every if not named or channel.id in named], subject)
        if channels:
            notices += _notices(conn, decision, [channel.id for channel in channels])
    queue.enqueue(conn, notices)


def _notices(conn: Connection, decision: _Decision, channels: Sequence[int]) -> list[queue.Notice]:
    issue = decision.issue
    extra: dict[str, Any] = {"store": decision.store or issue.store, "order": decision.order or issue.order_id}
    if decision.rule is not None:
        extra["rule_name"] = decision.rule.name
    if decision.state == "regressed" and (article := knowledge.latest_of(conn, issue.id)):
        extra["last"] = {
            "article": article.id,
            "root_cause_kind": article.root_cause_kind,
            "fix_kind": article.fix_kind,
            "fix_text": article.fix_text[:300],
        }
    told = queue.parameters(conn, issue, extra)
    key = f"{decision.state}:{issue.id}:{issue.version}"
    return [
        queue.Notice(issue.project_id, channel, issue.id, decision.state, told, f"{key}:{channel}")
        for channel in channels
    ]
