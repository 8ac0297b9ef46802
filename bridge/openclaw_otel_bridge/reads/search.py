"""The statements of a search that has to look at events; how it goes on is decided in `walking`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.query import Query
from openclaw_otel_bridge.query.binding import TRUE
from openclaw_otel_bridge.query.compile import for_many
from openclaw_otel_bridge.query.walk import Walk
from openclaw_otel_bridge.reads.cursor import encode
from openclaw_otel_bridge.reads.pages import Order, Page
from openclaw_otel_bridge.reads.view import View, part
from openclaw_otel_bridge.reads.walking import Bounds, Candidate, walk


@dataclass(frozen=True, slots=True)
class After:
    """Which page: behind a cursor, so many rows."""

    cursor: str | None
    limit: int


def search(
    conn: Connection, view: View, query: Query, order: Order, after: After, bounds: Bounds | None = None
) -> Page[int]:
    """Return a page of ids of the visible issues that match, and how far the search went where it was bounded.

    Raises:
        BadCursor: the cursor is none of this order.
    """
    bounds = bounds or Bounds()
    asked = view.walk(query)
    candidates = _candidates(conn, view, asked, order, after.cursor, bounds)

    def look(groupings: Sequence[int], depth: int) -> Mapping[int, tuple[bool, int]]:
        return _look(conn, view, asked, groupings, depth)

    found = walk(candidates, look, after.limit, bounds)
    following = encode(order.name, found.last.sort_keys) if found.last else None
    return Page([one.id for one in found.matches], following, found.searched if found.searched.bounded else None)


def _candidates(
    conn: Connection, view: View, asked: Walk, order: Order, cursor: str | None, bounds: Bounds
) -> list[Candidate]:
    project = view.binder.bind(view.actor.project_id)
    statement = part(
        "candidates",
        visible=view.few() if view.everything else view.issues(order.figures),
        led=part("led_by_some", project=project, grouping=asked.grouping) if asked.grouping else part("led_by_all"),
        meant=part("meant", project=project, settled=asked.settled) if asked.grouping else TRUE,
        settled=asked.settled,
        issue=asked.issue if view.everything else for_many(asked.issue),
        keys=order.texts(),
        order=order.by(),
        after=order.after(cursor, view.binder),
        most=view.binder.bind(bounds.of_issue),
        limit=view.binder.bind(bounds.groupings + 1),
    )
    return view.rows(conn, statement, Candidate)


def _look(
    conn: Connection, view: View, asked: Walk, groupings: Sequence[int], depth: int
) -> Mapping[int, tuple[bool, int]]:
    statement = part(
        "looked_at",
        event=asked.event,
        groupings=view.binder.bind(list(groupings)),
        depth=view.binder.bind(depth),
    )
    return {row[0]: (row[1], row[2]) for row in conn.execute(statement, view.binder.parameters)}
