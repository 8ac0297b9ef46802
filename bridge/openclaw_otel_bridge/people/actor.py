"""Who acts: a person in one project, or the system itself (leaf module)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal


class Role(StrEnum):
    """What a membership lets a person do; the table is `people.permissions`."""

    ADMIN = "admin"
    DEV = "dev"
    OPS = "ops"
    SUPPORT = "support"


ActorKind = Literal["person", "rule", "system", "sentry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One acting subject inside one project.

    `view_scope` and `act_scope` are positive terms of the query language; "" means everything.
    `kind` other than "person" is the product itself: its `id` is 0 and is never stored as a person's.
    """

    id: int
    name: str
    email: str
    role: Role
    project_id: int
    teams: frozenset[int] = frozenset()
    view_scope: str = ""
    act_scope: str = ""
    locale: str = "en"
    timezone: str = "UTC"
    session_epoch: int = 0
    must_change: bool = False
    """True while the password is the generated one: the UI asks for a new one first."""
    kind: ActorKind = "person"

    @property
    def person_id(self) -> int | None:
        """The person to store as actor; None when the product itself acts."""
        return self.id if self.kind == "person" else None


SYSTEM = Actor(id=0, name="system", email="", role=Role.ADMIN, project_id=0, kind="system")
RULE = replace(SYSTEM, name="rule", kind="rule")


def system_actor(project_id: int, kind: ActorKind = "system") -> Actor:
    """Return the product itself as actor of one project."""
    return replace(SYSTEM, project_id=project_id, kind=kind, name=kind)
