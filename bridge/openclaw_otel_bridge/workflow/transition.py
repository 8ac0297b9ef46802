"""Move an issue through its workflow: the effect of what `states` decides, in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from openclaw_otel_bridge import knowledge
from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.notify import queue
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.scope import check_seen, may_act
from openclaw_otel_bridge.workflow.activity import note
from openclaw_otel_bridge.workflow.findings import Finding, checked, checked_text, given_fields
from openclaw_otel_bridge.workflow.issue import IssueState, lock, owner_data, save
from openclaw_otel_bridge.workflow.owners import check_owner
from openclaw_otel_bridge.workflow.states import Step, decide, standing

__all__ = ["Finding", "Transition", "transition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A step somebody asks for. `assignee` and `team` are ids; `release` is the one that holds the fix.

    Assigning an issue that is offered to somebody (new, with an owner) without naming anybody accepts the offer.
    """

    to: str
    assignee: int | None = None
    team: int | None = None
    root_cause: Finding | None = None
    fix: Finding | None = None
    comment: str | None = None
    release: str | None = None


def transition(
    conn: Connection,
    actor: Actor,
    issue_id: int,
    step: Transition,
    *,
    expected_version: int | None = None,
) -> IssueState:
    """Take the step and return the issue as it is now.

    Locks the issue's row, writes the activity entry, leaves the article of a resolution, queues notifications.

    Raises:
        NotFound, NotAllowed, IllegalTransition, StaleVersion, MissingField, InvalidField: see `workflow.errors`.
    """
    before = lock(conn, actor, issue_id, expected_version)
    check_seen(conn, actor, issue_id)
    stand = standing(
        actor,
        assignee_id=before.assignee_id,
        team_id=before.team_id,
        reviewed_by=before.reviewed_by,
        in_scope=may_act(conn, actor, issue_id),
    )
    decided = decide(before.status, step.to, actor, stand, given_fields(step, before), solo=_solo(conn, actor))
    after = save(conn, _moved(conn, actor, before, step, decided))
    data = _entry(conn, before, after, step, decided)
    note(conn, actor, issue_id, decided.action, data)
    if decided.action == "resolved":
        knowledge.write_article(conn, actor, after)
    queue.about(conn, actor, after, decided.action, data)
    return after


def _solo(conn: Connection, actor: Actor) -> bool:
    row = conn.execute(queries("issues")["solo_resolve"], {"project_id": actor.project_id}).fetchone()
    return bool(row and row[0])


def _moved(conn: Connection, actor: Actor, issue: IssueState, step: Transition, decided: Step) -> IssueState:
    """Return the issue as the step leaves it."""
    match decided.action:
        case "assigned" | "sent_back":
            return _assigned(conn, issue, step)
        case "in_review":
            return replace(_with_findings(conn, issue, step), status="in_review", reviewed_by=actor.person_id)
        case "resolved":
            return replace(
                _with_findings(conn, issue, step),
                status="resolved",
                resolved_at=datetime.now(UTC),
                due_at=None,
                regressed=False,
                muted_until=None,
                muted_count=None,
            )
        case "unassigned":
            return replace(issue, status="new", assignee_id=None, team_id=None, due_at=None)
        case _:
            return reopened(issue)


def reopened(issue: IssueState) -> IssueState:
    """Return a resolved issue as it comes back: new, its findings gone (the article keeps them), its last owner
    still named, which makes it an offer to them."""
    return replace(
        issue,
        status="new",
        resolved_at=None,
        resolved_release=None,
        reviewed_by=None,
        root_cause_kind=None,
        root_cause_text=None,
        fix_kind=None,
        fix_text=None,
    )


def _assigned(conn: Connection, issue: IssueState, step: Transition) -> IssueState:
    assignee, team = step.assignee, step.team
    if assignee is None and team is None:
        # accept an offer, or go back to who had it
        return replace(issue, status="assigned")
    check_owner(conn, issue.project_id, assignee, team)
    return replace(issue, status="assigned", assignee_id=assignee, team_id=team)


def _with_findings(conn: Connection, issue: IssueState, step: Transition) -> IssueState:
    changed = issue
    if step.root_cause is not None:
        found = checked(conn, "root_cause", step.root_cause)
        changed = replace(changed, root_cause_kind=found.kind, root_cause_text=found.text)
    if step.fix is not None:
        found = checked(conn, "fix", step.fix)
        changed = replace(changed, fix_kind=found.kind, fix_text=found.text)
    return replace(changed, resolved_release=step.release or changed.resolved_release)


def _entry(conn: Connection, before: IssueState, after: IssueState, step: Transition, decided: Step) -> dict[str, Any]:
    """Return the parameters of the activity entry; `undo` holds what a step back needs."""
    data: dict[str, Any] = {"from": before.status, "to": after.status}
    if step.comment and step.comment.strip():
        data["text"] = checked_text("comment", step.comment)
    if decided.action in ("assigned", "sent_back", "unassigned"):
        data |= owner_data(conn, after.assignee_id, after.team_id)
        old = owner_data(conn, before.assignee_id, before.team_id)
        data["from_name"] = old.get("assignee_name") or old.get("team_name")
        data["undo"] = {
            "to": before.status,
            "assignee": before.assignee_id,
            "team": before.team_id,
        }
    if decided.action in ("in_review", "resolved"):
        data["root_cause"] = {"kind": after.root_cause_kind, "text": after.root_cause_text}
        data["fix"] = {"kind": after.fix_kind, "text": after.fix_text}
    return data
