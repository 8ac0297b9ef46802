"""Search by walking: issues in their order, each one's latest events, until a page is full or enough was looked at.

What bounds it is told (`Searched`): the page ends there, its cursor goes on behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from openclaw_otel_bridge.reads.pages import Searched

SHALLOW = 32
"""Events of a grouping looked at first: what is searched for is often there."""
AT_ONCE = 64
"""Groupings looked at in the first statement, or those of one issue; then twice as many each time."""
Look = Callable[[Sequence[int], int], Mapping[int, tuple[bool, int]]]
"""(groupings, depth) → grouping → whether one of so many latest events meets the query, and how many were looked at."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one search may look at; of one issue no more than `of_issue` groupings."""

    groupings: int = 250
    of_issue: int = 100
    events: int = 5_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """An issue that may match: at once when `settled`, else by an event of one of its groupings."""

    id: int
    settled: bool
    sort_keys: Sequence[str]
    groupings: Sequence[int]


@dataclass(frozen=True, slots=True)
class Walked:
    """The matches of a page, and what was looked at; the search goes on behind `last`, if there is more."""

    matches: Sequence[Candidate]
    last: Candidate | None
    searched: Searched


@dataclass(frozen=True, slots=True)
class _Judged:
    """The issues that match, those that may by what was not looked at, and how many events were."""

    matching: frozenset[int]
    unsure: frozenset[int]
    events: int


def walk(candidates: Sequence[Candidate], look: Look, limit: int, bounds: Bounds) -> Walked:
    """Return the first `limit` matches among candidates in their order; of more than `bounds.groupings` candidates the
    rest is left to the next page.
    """
    matches: list[Candidate] = []
    examined = events = groupings = partly = 0
    for some in _several(candidates[: bounds.groupings]):
        judged = _judge(some, look, max(bounds.events - events, 0), bounds.of_issue)
        events += judged.events
        groupings += sum(len(one.groupings) for one in some)
        for candidate in some:
            if candidate.id in judged.matching:
                if len(matches) == limit:
                    return Walked(matches, matches[-1], Searched(examined, partly))
                matches.append(candidate)
            partly += candidate.id in judged.unsure
            examined += 1
        if events >= bounds.events or groupings >= bounds.groupings:
            break
    last = candidates[examined - 1] if examined < len(candidates) else None
    return Walked(matches, last, Searched(examined, partly, unfinished=last is not None))


def _several(candidates: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """Yield candidates in lists that have AT_ONCE groupings or a few more, then twice as many."""
    some: list[Candidate] = []
    groupings, wanted = 0, AT_ONCE
    for candidate in candidates:
        some.append(candidate)
        groupings += len(candidate.groupings)
        if groupings >= wanted:
            yield some
            some, groupings, wanted = [], 0, wanted * 2
    if some:
        yield some


def _judge(some: Sequence[Candidate], look: Look, most: int, of_issue: int) -> _Judged:
    """Look at the latest events of all groupings, then at as many as are left to look at where that says nothing."""
    owners = {grouping: one.id for one in some if not one.settled for grouping in one.groupings}
    matching = {one.id for one in some if one.settled}
    pending, events, depth = list(owners), 0, SHALLOW
    for _ in range(2):
        if not pending:
            break
        found = look(pending, depth)
        events += sum(looked for _, looked in found.values())
        matching |= {owners[grouping] for grouping, (met, _) in found.items() if met}
        pending = [grouping for grouping in pending if found[grouping][1] == depth and owners[grouping] not in matching]
        depth = max((most - events) // max(len(pending), 1), SHALLOW)
    cut = {one.id for one in some if not one.settled and len(one.groupings) == of_issue}
    unsure = {owners[grouping] for grouping in pending} | cut
    return _Judged(frozenset(matching), frozenset(unsure - matching), events)
