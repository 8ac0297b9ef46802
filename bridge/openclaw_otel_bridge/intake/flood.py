"""A flood of new kinds of errors: beyond a limit a minute they share one overflow issue instead of raising one each.

Decided in the transaction that makes the groupings, under its `lock_new`: all processes count the same issues.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.json_bytes import dump
from openclaw_otel_bridge.messages import LOCALES, t

log = logging.getLogger(__name__)
_ADVICE = ("explanation", "next_step")


@dataclass(frozen=True, slots=True)
class Overflow:
    """The issue that takes what is folded; `is_new` in the transaction that raised it."""

    issue_id: int
    is_new: bool


class Flood:
    """Says which new groupings of a transaction are folded, and into what. `lock_new` must be held."""

    def __init__(self, conn: Connection, most: int) -> None:
        """`most` new issues may a project get within a minute; 0 is no limit."""
        self._conn = conn
        self._most = most
        self._room: dict[int, int] = {}
        self._overflows: dict[int, Overflow] = {}

    def look(self, projects: Iterable[int]) -> None:
        """Ask how many issues the projects got within the last minute; without a limit nothing is asked."""
        if self._most:
            parameters = {"projects": sorted(set(projects)), "most": self._most}
            rows = self._conn.execute(queries("folding")["made_lately"], parameters).fetchall()
            self._room = {project_id: self._most - made for project_id, made in rows}

    def folds(self, project_id: int) -> bool:
        """Say whether the next new grouping of a project is folded; when not, it counts as a new issue."""
        if not self._most:
            return False
        room = self._room[project_id]
        self._room[project_id] = room - 1
        return room <= 0

    def overflow(self, project_id: int, seen: datetime) -> Overflow:
        """Return the open overflow issue of a project; where there is none, raise one first seen at `seen`."""
        found = self._overflows.get(project_id)
        if found is None:
            row = self._conn.execute(queries("folding")["open_overflow"], (project_id,)).fetchone()
            found = Overflow(int(row[0]), False) if row else self._raise(project_id, seen)
            self._overflows[project_id] = found
        return found

    def _raise(self, project_id: int, seen: datetime) -> Overflow:
        parameters: Mapping[str, Any] = {
            "project_id": project_id,
            "seen": seen,
            **{name: dump({one: t(f"flood.{name}", one) for one in LOCALES}).decode() for name in _ADVICE},
        }
        row = self._conn.execute(queries("folding")["new_overflow"], parameters).fetchone()
        assert row is not None
        self._conn.execute(queries("intake")["new_activity"], (row[0],))
        log.warning(
            "project %d: more than %d new issues within a minute; further kinds of errors are folded into issue %d",
            project_id,
            self._most,
            row[0],
        )
        return Overflow(int(row[0]), True)
