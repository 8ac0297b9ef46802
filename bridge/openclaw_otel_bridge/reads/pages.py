"""Pages of any list: cut behind a limit, continued behind the keys of their last row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from psycopg import sql

from openclaw_otel_bridge.query.binding import Binder
from openclaw_otel_bridge.reads.cursor import decode

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Searched:
    """How far a search went that looks at events: `issues` were looked at, `partly` of them not to their oldest event;
    `unfinished` when it stopped before the page was full, so that the next page goes on.
    """

    issues: int
    partly: int = 0
    unfinished: bool = False

    @property
    def bounded(self) -> bool:
        """Whether there may be more up to here than was found."""
        return self.unfinished or self.partly > 0


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """One page of a list; `next` is the cursor of the following one, None at the end; `searched` where bounded."""

    items: Sequence[_T]
    next: str | None = None
    searched: Searched | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order of rows by expressions and their SQL types; the last one is unique. `figures` is the same order said of
    the figures of issues, where these decide it.
    """

    name: str
    keys: tuple[sql.Composable, ...]
    types: tuple[str, ...]
    ascending: bool = False
    figures: sql.SQL | None = None

    def by(self) -> sql.Composable:
        """Return what stands behind `order by`."""
        direction = sql.SQL(" asc") if self.ascending else sql.SQL(" desc")
        return sql.SQL(", ").join(key + direction for key in self.keys)

    def texts(self) -> sql.Composable:
        """Return the keys as texts, for the cursor."""
        return sql.SQL(", ").join(sql.SQL("({})::text").format(key) for key in self.keys)

    def after(self, cursor: str | None, binder: Binder) -> sql.Composable:
        """Return the condition that a row stands behind the cursor; true without one.

        Raises:
            BadCursor: the cursor is none of this order.
        """
        if not cursor:
            return sql.SQL("true")
        values = [
            sql.SQL("{}::{}").format(binder.bind(value), _TYPES[kind])
            for value, kind in zip(decode(cursor, self.name, self.types), self.types, strict=True)
        ]
        template = sql.SQL("({}) > ({})") if self.ascending else sql.SQL("({}) < ({})")
        return template.format(sql.SQL(", ").join(self.keys), sql.SQL(", ").join(values))


_TYPES = {"timestamptz": sql.SQL("timestamptz"), "bigint": sql.SQL("bigint"), "uuid": sql.SQL("uuid")}


def cut(rows: Sequence[_T], limit: int, cursor: Callable[[_T], str]) -> Page[_T]:
    """Return the page of rows that were read one further than `limit`."""
    if len(rows) <= limit:
        return Page(rows)
    return Page(rows[:limit], cursor(rows[limit - 1]))
