"""Move an issue through its workflow: the effect of what `states` decides, in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.workflow.issue import IssueState


@dataclass(frozen=True, slots=True)
class Finding:
    """A root cause or a fix: `kind` is one of the table `kinds`, `text` says it in words."""

    kind: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A step somebody asks for. `assignee` and `team` are ids; `release` is the one that holds the fix."""

    to: str
    assignee: int | None = None
    team: int | None = None
    root_cause: Finding | None = None
    fix: Finding | None = None
    comment: str | None = None
    release: str | None = None


def transition(
    conn: Connection[Any],
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
    raise NotImplementedError
