"""The workflow of an issue as one pure table: from, to → who may, what is needed. No I/O.

    from \\ to    assigned               in_review              resolved                     new
    new          staff, rules           –                      –                            –
    assigned     reassign: staff        assignee, Dev, Admin   –                            unassign: staff
                                        (root cause and fix)
    in_review    back: staff, assignee  –                      staff, but not the assignee  –
                 (comment)                                     nor who moved it to review
    resolved     –                      –                      –                            reopen: staff, a new event
Staff = Ops, Dev, Admin. With a team alone as owner its members count as assignee for `in_review`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from openclaw_otel_bridge.people.actor import Actor, ActorKind, Role
from openclaw_otel_bridge.workflow.errors import IllegalTransition, InvalidField, MissingField, NotAllowed


class Status(StrEnum):
    """Where an issue stands."""

    NEW = "new"
    ASSIGNED = "assigned"
    IN_REVIEW = "in_review"
    RESOLVED = "resolved"


_IN_CHINESE: Mapping[str, str] = {"new": "新建", "assigned": "已分派", "in_review": "复核中", "resolved": "已解决"}
"""The UI's words for the states."""


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed step: `action` is its word in the activity log, `needs` the fields it cannot go without."""

    action: str
    roles: frozenset[Role]
    assignee_may: bool = False
    machines: frozenset[ActorKind] = frozenset()
    """The product's own actors that take this step."""
    second_person: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How an actor stands to an issue."""

    in_scope: bool = True
    is_assignee: bool = False
    """The person it is assigned to, or a member of the team it is assigned to when no person is."""
    is_named: bool = False
    """The very person it is assigned to."""
    is_reviewer: bool = False
    """The person who moved it to in_review."""


_STAFF = frozenset({Role.ADMIN, Role.DEV, Role.OPS})
_WORKERS = frozenset({Role.ADMIN, Role.DEV})
_FINDINGS = ("root_cause", "fix")

STEPS: Mapping[tuple[Status, Status], Step] = {
    (Status.NEW, Status.ASSIGNED): Step(
        "assigned", _STAFF, machines=frozenset({"rule", "sentry"}), needs=("assignee",)
    ),
    (Status.ASSIGNED, Status.ASSIGNED): Step("assigned", _STAFF, machines=frozenset({"sentry"}), needs=("assignee",)),
    (Status.ASSIGNED, Status.IN_REVIEW): Step("in_review", _WORKERS, assignee_may=True, needs=_FINDINGS),
    (Status.ASSIGNED, Status.NEW): Step("unassigned", _STAFF),
    (Status.IN_REVIEW, Status.ASSIGNED): Step("sent_back", _STAFF, assignee_may=True, needs=("comment",)),
    (Status.IN_REVIEW, Status.RESOLVED): Step("resolved", _STAFF, second_person=True, needs=_FINDINGS),
    (Status.RESOLVED, Status.NEW): Step("reopened", _STAFF, machines=frozenset({"system"})),
}


def standing(
    actor: Actor,
    *,
    assignee_id: int | None,
    team_id: int | None,
    reviewed_by: int | None,
    in_scope: bool = True,
) -> Standing:
    """Return how the actor stands to an issue with this owner and reviewer."""
    person = actor.person_id
    is_named = person is not None and assignee_id == person
    by_team = person is not None and assignee_id is None and team_id is not None and team_id in actor.teams
    return Standing(
        in_scope=in_scope,
        is_assignee=is_named or by_team,
        is_named=is_named,
        is_reviewer=person is not None and reviewed_by == person,
    )


def decide(status: str, to: str, actor: Actor, stand: Standing, given: Collection[str], *, solo: bool = False) -> Step:
    """Return the step from `status` to `to`, or say why not.

    `given` names the fields that are at hand (of the request, or already on the issue). `solo`: this project lets
    one person resolve alone.

    Raises:
        InvalidField: `to` is no status.
        IllegalTransition: the table has no such step.
        NotAllowed: not for this role, out of its act scope, or a second person is needed.
        MissingField: a field the step needs is missing; all of them are named.
    """
    step = STEPS.get((Status(status), _target(to)))
    if step is None:
        ways = sorted(target.value for source, target in STEPS if source == status)
        reachable = "、".join(_IN_CHINESE[way] for way in ways)
        raise IllegalTransition(
            f"an issue that is {status} cannot become {to}; from here it goes to: {', '.join(ways)}",
            f"“{_IN_CHINESE[status]}”的问题不能变为“{_IN_CHINESE[to]}”；从这里可以到：{reachable}",
        )
    _check_who(step, actor, stand, solo)
    missing = [name for name in step.needs if name not in given]
    if missing:
        raise MissingField(*missing)
    return step


def open_steps(status: str, actor: Actor, stand: Standing, *, solo: bool = False) -> tuple[Status, ...]:
    """Return where this actor may move an issue that is in `status`: what a page offers."""
    return tuple(
        target
        for (source, target), step in STEPS.items()
        if source == status and _refusal(step, actor, stand, solo) is None
    )


def _target(to: str) -> Status:
    try:
        return Status(to)
    except ValueError:
        words = ", ".join(Status)
        raise InvalidField("to", f"{to!r} is no status; use {words}", f"没有状态 {to!r}；可用：{words}") from None


def _check_who(step: Step, actor: Actor, stand: Standing, solo: bool) -> None:
    refusal = _refusal(step, actor, stand, solo)
    if refusal is not None:
        raise NotAllowed(*refusal)


def _refusal(step: Step, actor: Actor, stand: Standing, solo: bool) -> tuple[str, str] | None:
    """Return why not, in English and Chinese; None when the actor may."""
    if actor.kind != "person":
        if actor.kind in step.machines:
            return None
        return f"{actor.kind} may not take this step", f"{actor.kind} 不能执行此步骤"
    if not stand.in_scope:
        return "this issue is outside what you may act on", "该问题不在您的操作范围内"
    if actor.role not in step.roles and not (step.assignee_may and stand.is_assignee):
        return f"the role {actor.role} may not take this step", f"角色 {actor.role} 不能执行此步骤"
    if step.second_person and not solo:
        if stand.is_named:
            return (
                "the assignee cannot resolve it: another person reviews the fix",
                "负责人不能自行解决：须由另一人复核",
            )
        if stand.is_reviewer:
            return (
                "you moved it to review, so another person resolves it",
                "您提交了复核，须由另一人确认解决",
            )
    return None
