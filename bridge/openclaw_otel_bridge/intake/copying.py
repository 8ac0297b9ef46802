"""Rows by COPY: by far the cheapest way into PostgreSQL, for server and client alike.

The text is made here because intake writes few types, and thousands of rows a second through general adapters cost
more than everything else together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import sql

from openclaw_otel_bridge.db import Connection

_NULL = "\\N"
_SPECIAL = re.compile(r"[\\\n\r\t]")
_SHARED = frozenset({str, date, type(None)})
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def copy_rows(conn: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of str, int, bool, bytes, UUID, date, datetime, None or lists of str.

    Raises:
        psycopg.errors.UniqueViolation: another transaction has inserted one of them; repeat with a new look.
        psycopg.DataError: a value cannot be stored.
    """
    cells = _Cells()
    text = "".join([_line(row, cells) for row in rows])
    if not text:
        return
    command = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with conn.cursor() as cursor, cursor.copy(command) as copy:
        copy.write(text.encode())


def array(items: Iterable[UUID | date | int | str]) -> str:
    """Return an array literal of values that need no quotes (or have them); cheaper than adapting each."""
    return "{" + ",".join([item.hex if type(item) is UUID else str(item) for item in items]) + "}"


class _Cells(dict[object, str]):
    """How texts, dates and None are written: rows that come together share most of theirs."""

    def __missing__(self, value: object) -> str:
        written = _text(value) if isinstance(value, str) else _NULL if value is None else str(value)
        self[value] = written
        return written


def _line(row: Sequence[Any], cells: _Cells) -> str:
    return "\t".join([cells[v] if (kind := type(v)) in _SHARED else _WRITERS.get(kind, str)(v) for v in row]) + "\n"


def _list(value: Sequence[str]) -> str:
    return "{" + ",".join(f'"{_item(item)}"' for item in value) + "}"


def _item(value: str) -> str:
    """Quoted for the array inside text that is escaped once more for COPY."""
    return _text(value).replace("\\\\", "\\\\\\\\").replace('"', '\\\\"')


def _text(value: str) -> str:
    return value.translate(_ESCAPES) if _SPECIAL.search(value) else value


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    UUID: lambda value: str(value.hex),
    bytes: lambda value: f"\\\\x{value.hex()}",
    bool: lambda value: "t" if value else "f",
    list: _list,
    tuple: _list,
}
"""How a value is written, by its type; texts and dates by `_Cells`, datetime and int as they print."""
