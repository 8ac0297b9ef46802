"""Pages of any list: cut behind a limit, continued behind the keys of their last row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from psycopg import sql

from openclaw_otel_bridge.query.compile import Binder
from openclaw_otel_bridge.reads.cursor import decode

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """One page of a list; `next` is the cursor of the following one, None at the end."""

    items: Sequence[_T]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order of rows by expressions and their SQL types; the last one is unique."""

    name: str
    keys: tuple[sql.Composable, ...]
    types: tuple[str, ...]
    ascending: bool = False

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
