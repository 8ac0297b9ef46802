"""Which rule decides: the first whose query matches. Pure."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openclaw_otel_bridge.query import Predicate, QueryError, Subject, parse, predicate

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule as far as deciding needs it."""

    id: int
    name: str
    query: str
    assignee_id: int | None
    team_id: int | None
    due_minutes: int | None
    channel_ids: list[int]


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule with its query compiled."""

    rule: ActiveRule
    matches: Predicate


def ready(rules: Iterable[ActiveRule]) -> list[Ready]:
    """Compile rules; one whose query can no longer be read is passed over and named in the log."""
    found = []
    for rule in rules:
        try:
            found.append(Ready(rule, predicate(parse(rule.query))))
        except QueryError as error:
            _log.error("rule %s (%s) is passed over, its query cannot be read: %s", rule.id, rule.name, error)
    return found


def first_match(rules: Sequence[Ready], subject: Subject) -> ActiveRule | None:
    """Return the rule that decides, or None."""
    return next((ready.rule for ready in rules if ready.matches(subject)), None)
