"""Who may do what: one table, action → roles. Transitions of an issue have a finer table in `workflow.states`."""

from __future__ import annotations

from collections.abc import Mapping

from openclaw_otel_bridge.people.actor import Actor, Role
from openclaw_otel_bridge.workflow.errors import NotAllowed

_ALL = frozenset(Role)
_STAFF = frozenset({Role.ADMIN, Role.DEV, Role.OPS})
_OPS = frozenset({Role.ADMIN, Role.OPS})
_ADMIN = frozenset({Role.ADMIN})

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "issue.view": _ALL,
    "issue.comment": _ALL,
    "issue.watch": _ALL,
    "issue.raise": _ALL,
    "issue.transition": _ALL,  # the assignee may be of any role; workflow.states decides
    "issue.assign": _STAFF,
    "issue.mute": _STAFF,
    "issue.merge": _STAFF,
    "issue.bulk": _STAFF,
    "issue.unfold": _STAFF,
    "event.view": _ALL,
    "event.bodies": _STAFF,  # headers, bodies, stack traces of snapshots
    "article.view": _ALL,
    "article.edit": _STAFF,
    "stats.view": _ALL,
    "person.view": _ALL,
    "person.edit": _ADMIN,
    "team.view": _ALL,
    "team.edit": _ADMIN,
    "token.own": _ALL,
    "token.any": _ADMIN,
    "rule.view": _STAFF,
    "rule.edit": _OPS,
    "rotation.view": _ALL,
    "rotation.edit": _OPS,
    "channel.view": _STAFF,
    "channel.edit": _OPS,
    "delivery.view": _STAFF,
    "delivery.resend": _OPS,
    "catalog.view": _ALL,
    "catalog.edit": _OPS,
    "store.view": _ALL,
    "store.edit": _OPS,
    "webhook.view": _STAFF,
    "reject.view": _STAFF,
    "kind.edit": _ADMIN,
    "project.view": _ALL,
    "project.edit": _ADMIN,
    "audit.view": _ADMIN,
}
"""Action → roles that may. An action that is not in the table is a programming error, never a silent yes."""


def allowed(actor: Actor, action: str) -> bool:
    """Say whether the actor's role may do `action`; the product itself may do everything.

    Raises:
        KeyError: no such action in the table.
    """
    roles = PERMISSIONS[action]
    return actor.kind != "person" or actor.role in roles


def require(actor: Actor, action: str) -> None:
    """Raise NotAllowed unless the actor may do `action`."""
    if not allowed(actor, action):
        raise NotAllowed(f"the role {actor.role} may not do this ({action})", f"角色 {actor.role} 无此权限（{action}）")
