"""Read the attributes and releases of stored events into shapes, which searches are led by (see `query.leads`).

The worker does it in its own time and never much at once: a search looks at the events of groupings that are not read
yet, so that being behind costs it time and no event.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.query.shapes import ANYTHING, LONGEST_NAME, RELEASE, shape

STORM = 300
"""Rows of counts a second that intake appends when it needs all there is of the processor."""
AWAY = 60.0
"""Seconds without reading in a storm."""
ROWS, EVENTS, GROUPINGS = 200, 4000, 40
"""Of one step: notes taken, events and groupings read."""
MOST_SHAPES = 64
"""Shapes of one name in a grouping; beyond that its values are not told apart."""
MOST_NAMES = 400
"""Shapes of a grouping in all; beyond that not even its names are."""
Shape = tuple[str, str]
"""Name and shape."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Events of a grouping that are to be read: of these times, of those at `until` only ids below `before`."""

    grouping_id: int
    since: str
    until: str
    before: str | None


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a grouping: how many events, of which days, which was the last, and (name, value) of all."""

    grouping_id: int
    events: int
    days: Sequence[date]
    last_at: str
    last_id: str
    values: Sequence[tuple[str, str]]


class Leisure:
    """Says when there is time to read: not while a storm is stored, or once a minute then. Of one thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._is_busy = False
        self._read = -AWAY

    def after(self, folded: int) -> None:
        """Note how much was folded of what intake stored within the last second."""
        self._is_busy = folded >= STORM

    def is_due(self) -> bool:
        """Say whether to read now."""
        now = self._clock()
        if self._is_busy and now - self._read < AWAY:
            return False
        self._read = now
        return True


def read_attributes(conn: Connection) -> int:
    """Read some of what is unread and return of how many groupings; 0 when there is nothing or another reads.

    `conn` must be in autocommit.
    """
    with conn.transaction():
        return read_some(conn) if _alone(conn) else 0


def read_some(conn: Connection) -> int:
    """Do the same in the transaction of `conn`, with nobody else at it."""
    unread = [Unread(*row) for row in conn.execute(queries("shapes")["take"], {"rows": ROWS})]
    if not unread:
        return 0
    now, later = unread[:GROUPINGS], unread[GROUPINGS:]
    most = max(EVENTS // len(now), 1)
    found = [
        Read(grouping, events, days, at, ident, list(zip(names, texts, strict=True)))
        for grouping, events, days, at, ident, names, texts in conn.execute(
            queries("shapes")["read"], {**_columns(now), "most": most, "release": RELEASE}
        )
    ]
    _keep(conn, found)
    left = [*later, *rest(now, found, most)]
    if left:
        conn.execute(queries("shapes")["put_back"], _columns(left))
    return len(now)


def rest(asked: Iterable[Unread], found: Sequence[Read], most: int) -> list[Unread]:
    """Return what is still to be read of groupings of which as many events were read as were asked for."""
    since = {unread.grouping_id: unread.since for unread in asked}
    return [
        Unread(read.grouping_id, since[read.grouping_id], read.last_at, read.last_id)
        for read in found
        if read.events == most
    ]


def merged(known: frozenset[Shape], values: Iterable[tuple[str, str]]) -> frozenset[Shape]:
    """Return the shapes of a grouping with those of more values, within the bounds."""
    shapes: dict[str, set[str]] = {}
    for name, text in known:
        shapes.setdefault(name, set()).add(text)
    for name, text in values:
        of_name = shapes.setdefault(name[:LONGEST_NAME], set())
        if ANYTHING not in of_name:
            of_name.add(shape(text))
            if len(of_name) > MOST_SHAPES or ANYTHING in of_name:
                of_name.clear()
                of_name.add(ANYTHING)
    if ANYTHING in shapes.get("", ()) or sum(map(len, shapes.values())) > MOST_NAMES:
        return frozenset({("", ANYTHING)})
    return frozenset((name, text) for name, texts in shapes.items() for text in texts)


def forget(conn: Connection, oldest: date) -> None:
    """Remove shapes that no grouping has any more, and days before `oldest` of which nothing is stored.

    `conn` must be in autocommit. While another process reads, this leaves it to the next time.
    """
    with conn.transaction():
        if _alone(conn):
            conn.execute(queries("shapes")["forget"])
            conn.execute(queries("shapes")["forget_days"], {"oldest": oldest})


def _alone(conn: Connection) -> bool:
    row = conn.execute(queries("shapes")["lock"]).fetchone()
    return bool(row and row[0])


def _keep(conn: Connection, found: Sequence[Read]) -> None:
    known: dict[int, set[Shape]] = {read.grouping_id: set() for read in found}
    for grouping, name, text in conn.execute(queries("shapes")["known"], {"groupings": list(known)}):
        known[grouping].add((name, text))
    added: list[tuple[int, str, str]] = []
    dropped: list[tuple[int, str, str]] = []
    for read in found:
        before = frozenset(known[read.grouping_id])
        after = merged(before, read.values)
        added += [(read.grouping_id, *one) for one in sorted(after - before)]
        dropped += [(read.grouping_id, *one) for one in sorted(before - after)]
    if added:
        conn.execute(queries("shapes")["add_shapes"], _links(added))
        conn.execute(queries("shapes")["link"], _links(added))
    if dropped:
        conn.execute(queries("shapes")["unlink"], _links(dropped))
    days = [(read.grouping_id, day) for read in found for day in read.days]
    if days:
        groupings, dates = zip(*days, strict=True)
        conn.execute(queries("shapes")["add_days"], {"groupings": list(groupings), "days": list(dates)})


def _links(links: Sequence[tuple[int, str, str]]) -> Mapping[str, Any]:
    groupings, names, shapes = zip(*links, strict=True)
    return {"groupings": list(groupings), "names": list(names), "shapes": list(shapes)}


def _columns(unread: Sequence[Unread]) -> Mapping[str, Any]:
    return {
        "groupings": [one.grouping_id for one in unread],
        "since": [one.since for one in unread],
        "until": [one.until for one in unread],
        "before": [one.before for one in unread],
    }
