"""Rows by COPY: by far the cheapest way into PostgreSQL, for server and client alike.

The text is made here because intake writes few types, and thousands of rows a second through general adapters cost
more than everything else together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg import sql

from openclaw_otel_bridge.db import Connection

_NULL = "\\N"
_SPECIAL = re.compile(r"[\\\n\r\t]")
_REPEATED = frozenset({str, date, type(None)})
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def copy_rows(conn: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of str, int, bool, bytes, UUID, date, datetime, None or lists of str.

    Raises:
        psycopg.errors.UniqueViolation: another transaction has inserted one of them; repeat with a new look.
        psycopg.DataError: a value cannot be stored.
    """
    written = [_column(values) for values in zip(*rows, strict=True)]
    if not written:
        return
    text = "\n".join(map("\t".join, zip(*written, strict=True))) + "\n"
    with conn.cursor() as cursor, cursor.copy(_command(table, tuple(columns))) as copy:
        copy.write(text.encode())


@lru_cache(maxsize=64)
def _command(table: str, columns: tuple[str, ...]) -> bytes:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), names).as_bytes(None)


def array(items: Iterable[UUID | date | int | str]) -> str:
    """Return an array literal of values that need no quotes (or have them); cheaper than adapting each."""
    return "{" + ",".join([item.hex if type(item) is UUID else str(item) for item in items]) + "}"


def _column(values: Sequence[Any]) -> Iterable[str]:
    """Return how the values of one column are written; column by column nearly all is done without a call a value."""
    kinds = set(map(type, values))
    if kinds <= _REPEATED:
        return map(_Cells().__getitem__, values)
    if len(kinds) == 1:
        write = _WRITERS.get(kinds.pop(), str)
        return [write(values[0])] * len(values) if values.count(values[0]) == len(values) else map(write, values)
    return [_NULL if value is None else _WRITERS.get(type(value), str)(value) for value in values]


class _Cells(dict[Any, str]):
    """How the values of a column are written: rows that come together share most of theirs."""

    def __missing__(self, value: Any) -> str:
        written = _NULL if value is None else _WRITERS.get(type(value), str)(value)
        self[value] = written
        return written


def _list(value: Sequence[str]) -> str:
    return "{" + ",".join(f'"{_item(item)}"' for item in value) + "}"


def _item(value: str) -> str:
    """Quoted for the array inside text that is escaped once more for COPY."""
    return _text(value).replace("\\\\", "\\\\\\\\").replace('"', '\\\\"')


def _text(value: str) -> str:
    return value.translate(_ESCAPES) if _SPECIAL.search(value) else value


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    str: _text,
    UUID: lambda value: str(value.hex),
    bytes: lambda value: f"\\\\x{value.hex()}",
    datetime: datetime.isoformat,
    bool: lambda value: "t" if value else "f",
    list: _list,
    tuple: _list,
}
"""How a value is written, by its type; date and int as they print."""
