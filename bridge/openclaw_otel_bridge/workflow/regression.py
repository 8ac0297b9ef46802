"""Reopen resolved issues that come back: only by an event that occurred after the resolution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The latest event of an issue in one batch: when it occurred, and in which release (if known)."""

    occurred_at: datetime
    release: str | None = None


def raise_regression(conn: Connection[Any], latest: Mapping[int, Recurrence]) -> frozenset[int]:
    """Reopen those of the issues (id → its latest event) that are resolved and really came back.

    A late delivery or a replay of an old event reopens nothing, nor an event of a release known to be older than
    the fixing one. The issue becomes `new`, marked regressed, and is offered to its last owner (who stays as
    assignee). Rows are locked in id order. Returns the ids reopened: pass those to `assign.apply.apply_rules`
    with state "regressed".
    """
    raise NotImplementedError
