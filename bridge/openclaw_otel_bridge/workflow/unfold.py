"""Give folded groupings issues of their own: as if each had been raised alone, with nothing lost and nothing doubled.

Locks are taken in the order of intake: the fold of counts, makers of groupings, folded groupings by id, issues by id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from psycopg import sql

from openclaw_otel_bridge.assign.apply import Arrival, apply_rules
from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.folded import record_of
from openclaw_otel_bridge.people.actor import Actor, system_actor
from openclaw_otel_bridge.people.audit import audit
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.people.scope import check_act
from openclaw_otel_bridge.reads.view import View, view_of
from openclaw_otel_bridge.workflow.activity import note
from openclaw_otel_bridge.workflow.errors import InvalidField, NotAllowed
from openclaw_otel_bridge.workflow.issue import IssueState, lock, save

BITE = 200
"""Groupings unfolded in one transaction: intake makes no new groupings while it lasts."""
MOST = 5000
"""Groupings unfolded in one request; ask again for the rest."""
_NOTED = 20
"""Ids of issues an entry of the log keeps."""


@dataclass(frozen=True, slots=True)
class Unfolded:
    """What was unfolded: grouping → its issue; `left` are those the actor may still unfold."""

    issues: Mapping[int, int]
    left: int


def unfold(conn: Connection, actor: Actor, issue_id: int, groupings: Sequence[int]) -> Unfolded:
    """Unfold these groupings, at most BITE; each becomes a new issue, for which the assignment rules run.

    Raises:
        NotFound, NotAllowed, IllegalTransition, InvalidField (`groupings`): see `workflow.errors`.
    """
    asked = sorted(set(groupings))
    if not 0 < len(asked) <= BITE:
        raise InvalidField("groupings", f"name 1 to {BITE} of them", f"应为 1 到 {BITE} 个")
    return _bite(conn, actor, issue_id, asked)


def unfold_all(conn: Connection, actor: Actor, issue_id: int) -> Unfolded:
    """Unfold every grouping the actor may, up to MOST; commits after each bite, so that intake never waits long.

    Raises:
        NotFound, NotAllowed, IllegalTransition: see `workflow.errors`.
    """
    done: dict[int, int] = {}
    while True:
        bite = _bite(conn, actor, issue_id, None)
        conn.commit()
        done |= bite.issues
        if not bite.left or not bite.issues or len(done) >= MOST:
            return Unfolded(done, bite.left)


def _bite(conn: Connection, actor: Actor, issue_id: int, asked: list[int] | None) -> Unfolded:
    require(actor, "issue.unfold")
    conn.execute(queries("worker")["wait_fold"])
    conn.execute(queries("intake")["lock_new"])
    reach = _Reach(actor, issue_id)
    chosen = reach.choose(conn, asked)
    issue = lock(conn, actor, issue_id)
    check_act(conn, actor, issue_id)
    _check_asked(issue_id, asked, chosen)
    made = _make(conn, actor, issue, list(chosen)) if chosen else {}
    return Unfolded(made, reach.left(conn))


def _check_asked(issue_id: int, asked: list[int] | None, chosen: Mapping[int, bool]) -> None:
    for ident in asked or ():
        if ident not in chosen:
            raise InvalidField(
                "groupings", f"{ident} is not folded into issue {issue_id}", f"{ident} 未折叠在问题 {issue_id} 中"
            )
        if not chosen[ident]:
            raise NotAllowed(f"grouping {ident} is outside what you may act on", f"分组 {ident} 不在您的操作范围内")


def _make(conn: Connection, actor: Actor, issue: IssueState, chosen: list[int]) -> dict[int, int]:
    """Raise the issues, correct what is left of the overflow issue, let the rules decide; return grouping → issue."""
    parameters = {"ids": chosen, "actor_id": actor.person_id, "actor": actor.kind}
    rows = conn.execute(queries("folding")["unfold"], parameters).fetchall()
    made = {grouping: own for grouping, own, _ in rows}
    conn.execute(queries("folding")["retime_overflow"], {"id": issue.id})
    note(conn, actor, issue.id, "unfolded", {"n": len(made), "issues": list(made.values())[:_NOTED]})
    audit(conn, actor, "issue.unfold", f"issue {issue.id}", {"groupings": list(made), "issues": list(made.values())})
    _settle(conn, actor, issue.id)
    arrivals = [Arrival(own, "new", record_of(kept, str(own))) for _, own, kept in rows]
    apply_rules(conn, issue.project_id, arrivals)
    return made


def _settle(conn: Connection, actor: Actor, issue_id: int) -> None:
    """Raise the overflow issue's version; one that nothing leads to any more is closed: the next flood is a new one."""
    issue = lock(conn, actor, issue_id)
    row = conn.execute(queries("folding")["is_empty"], (issue_id,)).fetchone()
    if not (row and row[0]) or issue.status == "resolved":
        save(conn, issue)
        return
    closed = replace(issue, status="resolved", resolved_at=datetime.now(UTC), due_at=None, regressed=False)
    save(conn, replace(closed, muted_until=None, muted_count=None))
    note(conn, system_actor(issue.project_id), issue_id, "emptied")


class _Reach:
    """Which folded groupings of an issue an actor may unfold: those with an event in both scopes."""

    def __init__(self, actor: Actor, issue_id: int) -> None:
        self._view = view_of(actor)
        may_act = view_of(replace(actor, view_scope=actor.act_scope))
        binder = self._view.binder
        self._parts: dict[str, sql.Composable] = {
            "issue": binder.bind(issue_id),
            "project": binder.bind(actor.project_id),
            "seen": _within(self._view),
            "may": _within(replace(may_act, binder=binder)),
        }

    def choose(self, conn: Connection, asked: list[int] | None) -> dict[int, bool]:
        """Lock those asked for that can be seen, or a bite of all; return whether each may be unfolded."""
        binder = self._view.binder
        ids, most = binder.bind(asked), binder.bind(BITE)
        statement = sql.SQL(queries("folding")["chosen"]).format(**self._parts, ids=ids, most=most)
        return dict(conn.execute(statement, binder.parameters).fetchall())

    def left(self, conn: Connection) -> int:
        """Count those that may still be unfolded."""
        row = self._view.one(conn, sql.SQL(queries("folding")["left"]).format(**self._parts))
        return int(row[0]) if row else 0


def _within(view: View) -> sql.Composable:
    if view.everything:
        return sql.SQL("true")
    return sql.SQL(queries("folding")["within"]).format(scope=view.events())
