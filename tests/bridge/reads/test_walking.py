"""How far a search walks, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openclaw_otel_bridge.reads.pages import Searched
from openclaw_otel_bridge.reads.walking import AT_ONCE, SHALLOW, Bounds, Candidate, walk


@dataclass
class Stored:
    """Groupings with so many events, of which one at that depth matches."""

    events: Mapping[int, int]
    match: Mapping[int, int] = field(default_factory=dict)
    looks: list[tuple[Sequence[int], int]] = field(default_factory=list)

    def look(self, groupings: Sequence[int], depth: int) -> Mapping[int, tuple[bool, int]]:
        self.looks.append((list(groupings), depth))
        return {one: (self.match.get(one, depth) < depth, min(self.events[one], depth)) for one in groupings}


def candidates(count: int, *, settled: Sequence[int] = ()) -> list[Candidate]:
    """One grouping each, of the issue's number."""
    return [Candidate(n, n in settled, [str(n)], [] if n in settled else [n]) for n in range(count)]


def test_a_full_page_goes_on_behind_its_last_row() -> None:
    stored = Stored(dict.fromkeys(range(10), 5), {n: 0 for n in range(0, 10, 2)})
    found = walk(candidates(10), stored.look, 3, Bounds())
    assert [one.id for one in found.matches] == [0, 2, 4]
    assert found.last is not None
    assert found.last.id == 4
    assert not found.searched.bounded


def test_the_end_has_no_next_page() -> None:
    stored = Stored(dict.fromkeys(range(10), 5), {9: 4})
    found = walk(candidates(10, settled=[1]), stored.look, 3, Bounds())
    assert ([one.id for one in found.matches], found.last) == ([1, 9], None)
    assert found.searched == Searched(10)
    assert not found.searched.bounded


def test_older_events_are_looked_at_where_the_latest_say_nothing() -> None:
    stored = Stored({0: 5000, 1: 5}, {0: 4000})
    found = walk(candidates(2), stored.look, 3, Bounds())
    assert [one.id for one in found.matches] == [0]
    assert [(groupings, depth > SHALLOW) for groupings, depth in stored.looks] == [([0, 1], False), ([0], True)]
    assert not found.searched.bounded


def test_what_is_too_much_to_look_at_is_told() -> None:
    stored = Stored({0: 90_000, 1: 90_000, 2: 3}, {1: 80_000, 2: 0})
    found = walk(candidates(3), stored.look, 3, Bounds(events=1000))
    assert [one.id for one in found.matches] == [2]
    assert found.searched == Searched(3, partly=2)
    assert found.searched.bounded


def test_it_stops_after_so_many_events_and_goes_on_where_it_stopped() -> None:
    count = AT_ONCE * 3
    stored = Stored(dict.fromkeys(range(count), 20))
    found = walk(candidates(count), stored.look, 3, Bounds(events=AT_ONCE * 20))
    assert found.last is not None
    assert found.last.id == AT_ONCE - 1
    assert found.searched == Searched(AT_ONCE, unfinished=True)


def test_it_stops_after_so_many_groupings() -> None:
    stored = Stored(dict.fromkeys(range(301), 1), {300: 0})
    found = walk(candidates(301), stored.look, 3, Bounds(groupings=300))
    assert found.last is not None
    assert (found.matches, found.last.id, found.searched) == ([], 299, Searched(300, unfinished=True))


def test_an_issue_of_more_groupings_than_are_looked_at_is_told() -> None:
    stored = Stored(dict.fromkeys(range(4), 1))
    found = walk([Candidate(7, False, ["7"], [0, 1, 2, 3])], stored.look, 3, Bounds(of_issue=4))
    assert found.searched == Searched(1, partly=1)
