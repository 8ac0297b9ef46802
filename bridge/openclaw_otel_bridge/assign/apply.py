"""Give new and regressed issues their owner, due time and notifications, inside intake's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from psycopg import Connection

from openclaw_otel.record import ErrorRecord


@dataclass(frozen=True, slots=True)
class Arrival:
    """An issue that has just appeared or come back, with the record that did it."""

    issue_id: int
    state: Literal["new", "regressed"]
    record: ErrorRecord


def apply_rules(conn: Connection[Any], project_id: int, arrivals: Sequence[Arrival]) -> None:
    """Set owner and due time by the first rule that matches, and queue the deliveries.

    A regressed issue stays with the owner it is offered to; only its due time and channels come from the rule.
    """
    raise NotImplementedError
