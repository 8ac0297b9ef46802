"""Groupings and issues of a batch: found, made, described, reopened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openclaw_otel.record import ErrorRecord
from openclaw_otel_bridge.assign.apply import Arrival, apply_rules
from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.folded import kept_of
from openclaw_otel_bridge.grouping import Grouping, grouping_of
from openclaw_otel_bridge.intake.flood import Flood
from openclaw_otel_bridge.intake.items import Candidate
from openclaw_otel_bridge.intake.rows import issue_of, shown_attributes
from openclaw_otel_bridge.json_bytes import dump
from openclaw_otel_bridge.workflow.regression import Recurrence, raise_regression

Key = tuple[int, str]
"""Project and grouping key."""


@dataclass(slots=True, eq=False)
class Place:
    """A grouping and the issue it leads to, as of this transaction."""

    grouping_id: int
    issue_id: int
    is_resolved: bool = False
    is_bare: bool = False
    """The issue was raised by a short copy and knows little."""
    is_new: bool = False
    is_folded: bool = False
    """The issue is an overflow issue, which the grouping shares with others."""


class Places:
    """The groupings of a batch of candidates. One per transaction."""

    def __init__(self, conn: Connection, most_new: int = 0) -> None:
        """`most_new` issues may a project get within a minute, further groupings are folded; 0 is no limit."""
        self.folded = 0
        """Groupings that were folded."""
        self._conn = conn
        self._flood = Flood(conn, most_new)
        self._found: dict[Key, Place] = {}
        self._groupings: dict[int, Grouping] = {}
        self._keys_of: dict[int, Key] = {}

    def resolve(self, candidates: Sequence[Candidate]) -> None:
        """Find the groupings of the candidates and make those that are missing, each with its issue."""
        self._groupings, self._keys_of = {}, {}
        known: dict[tuple[int, str | None, str | None], Grouping] = {}  # failures of one kind share their fingerprint
        for candidate in candidates:
            record = candidate.record
            kind = (id(record.fingerprint), record.store, record.operation)
            if record.fingerprint is None or kind not in known:
                known[kind] = grouping_of(record)
            self._group(candidate, known[kind])
        self._follow_senders([each for each in candidates if each.weak and each.record.message == ""])
        self._look_up(self._keys(candidates))
        missing = [candidate for candidate in candidates if self._key(candidate) not in self._found]
        if not missing:
            return
        self._conn.execute(queries("intake")["lock_new"])
        self._look_up(self._keys(missing))  # another process may have made them meanwhile
        self._flood.look(candidate.project_id for candidate in missing)
        for candidate in sorted(missing, key=lambda each: (each.weak, each.record.occurred_at)):
            if self._key(candidate) not in self._found:
                self._make(candidate)

    def of(self, candidate: Candidate) -> Place:
        """Return where a candidate given to `resolve` belongs."""
        return self._found[self._key(candidate)]

    def describe(self, candidate: Candidate) -> None:
        """Give an issue that a short copy raised what its carrier knows."""
        place = self.of(candidate)
        if place.is_bare and not candidate.weak:
            known = self._issue(candidate) | {"grouping_id": place.grouping_id}
            told = place.is_folded and self._conn.execute(
                queries("folding")["describe_folded"], known | {"first_event": _first_event(candidate)}
            )
            if not told or not told.rowcount:  # it may have been unfolded meanwhile
                self._conn.execute(queries("intake")["describe_issue"], known)
            place.is_bare = False

    def arrivals(self, candidates: Iterable[Candidate]) -> int:
        """Reopen what came back, let the rules give new and reopened issues their owners; return how many are new."""
        if not any(place.is_new or place.is_resolved for place in self._found.values()):
            return 0
        latest: dict[int, Candidate] = {}
        new: dict[int, Candidate] = {}
        for candidate in candidates:
            place = self.of(candidate)
            if place.is_new:
                new.setdefault(place.issue_id, candidate)
            elif place.is_resolved:
                known = latest.get(place.issue_id)
                if known is None or known.record.occurred_at < candidate.record.occurred_at:
                    latest[place.issue_id] = candidate
        came = {key: Recurrence(each.record.occurred_at, each.record.release) for key, each in latest.items()}
        back = raise_regression(self._conn, came) if came else frozenset()
        by_project: dict[int, list[Arrival]] = {}
        for issue_id, candidate in sorted(new.items()):
            by_project.setdefault(candidate.project_id, []).append(Arrival(issue_id, "new", candidate.record))
        for issue_id in sorted(back):
            candidate = latest[issue_id]
            by_project.setdefault(candidate.project_id, []).append(Arrival(issue_id, "regressed", candidate.record))
        for project_id, found in sorted(by_project.items()):
            apply_rules(self._conn, project_id, found)
        return len(new)

    def _group(self, candidate: Candidate, grouping: Grouping) -> None:
        self._groupings[id(candidate)] = grouping
        self._keys_of[id(candidate)] = (candidate.project_id, grouping.key)

    def _key(self, candidate: Candidate) -> Key:
        return self._keys_of[id(candidate)]

    def _keys(self, candidates: Iterable[Candidate]) -> list[Key]:
        return sorted({self._key(candidate) for candidate in candidates})

    def _follow_senders(self, weak: Sequence[Candidate]) -> None:
        """A copy without a message cannot be fingerprinted; its sender, who saw all, says where it belongs."""
        marks = {(each.project_id, str(each.sender.get("fingerprint", ""))) for each in weak}
        marks = {mark for mark in marks if mark[1]}
        if not marks:
            return
        parameters = {"projects": [project for project, _ in marks], "marks": [mark for _, mark in marks]}
        rows = self._conn.execute(queries("intake")["by_fingerprint"], parameters).fetchall()
        found = {(project, mark): key for project, mark, key in rows}
        for each in weak:
            key = found.get((each.project_id, str(each.sender.get("fingerprint", ""))))
            if key is not None:
                own = self._groupings[id(each)]
                self._group(each, Grouping(key, own.fingerprint, own.parts, own.store, own.operation))

    def _look_up(self, keys: Sequence[Key]) -> None:
        parameters = {"projects": [project for project, _ in keys], "keys": [key for _, key in keys]}
        for project, key, grouping_id, issue_id, status, bare, folded in self._conn.execute(
            queries("intake")["groupings"], parameters
        ):
            self._found[(project, key)] = Place(grouping_id, issue_id, status == "resolved", bare, is_folded=folded)

    def _make(self, candidate: Candidate) -> None:
        bare = candidate.record.message == ""
        if self._flood.folds(candidate.project_id):
            overflow = self._flood.overflow(candidate.project_id, candidate.record.occurred_at)
            grouping_id = self._fold(candidate, overflow.issue_id)
            place = Place(grouping_id, overflow.issue_id, is_bare=bare, is_new=overflow.is_new, is_folded=True)
        else:
            issue_id = self._id("intake", "new_issue", self._issue(candidate))
            grouping_id = self._id("intake", "new_grouping", self._grouping(candidate, issue_id))
            self._conn.execute(queries("intake")["new_activity"], (issue_id,))
            place = Place(grouping_id, issue_id, is_bare=bare, is_new=True)
        self._found[self._key(candidate)] = place

    def _fold(self, candidate: Candidate, issue_id: int) -> int:
        self.folded += 1
        first = {"first_event": _first_event(candidate)}
        parameters = self._issue(candidate) | self._grouping(candidate, issue_id) | first
        return self._id("folding", "new_folded", parameters)

    def _grouping(self, candidate: Candidate, issue_id: int) -> dict[str, Any]:
        grouping = self._groupings[id(candidate)]
        return {
            "project_id": candidate.project_id,
            "key": grouping.key,
            "fingerprint": grouping.fingerprint,
            "parts": list(grouping.parts),
            "issue_id": issue_id,
        }

    def _issue(self, candidate: Candidate) -> dict[str, Any]:
        record: ErrorRecord = candidate.record
        grouping = self._groupings[id(candidate)]
        seen: datetime = record.occurred_at
        return {
            **issue_of(record),
            "project_id": candidate.project_id,
            "store": grouping.store,
            "operation": grouping.operation,
            "sender_category": candidate.sender.get("category"),
            "first_seen": seen,
            "last_seen": seen,
        }

    def _id(self, subject: str, name: str, parameters: dict[str, Any]) -> int:
        row = self._conn.execute(queries(subject)[name], parameters).fetchone()
        assert row is not None, f"{name} returns an id"
        return int(row[0])


def _first_event(candidate: Candidate) -> str:
    return dump(kept_of(candidate.record, shown_attributes(candidate.record.attributes))).decode()
