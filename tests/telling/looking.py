"""Looking for planted values: in every column of every table, unpacked, and in any text, however it is written."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

import psycopg
import re2
from psycopg.rows import dict_row

from openclaw_otel_bridge.archive import unpack

ZSTD = b"\x28\xb5\x2f\xfd"
BATCH = 400
"""Needles looked for at once."""


def stored(database_url: str) -> Iterator[tuple[str, str]]:
    """Yield (`table.column`, text) of everything the database holds."""
    with psycopg.connect(database_url, row_factory=dict_row) as conn:
        tables = conn.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and n.nspname = 'public' order by 1"
        ).fetchall()
        for table in tables:
            name = table["relname"]
            for row in conn.execute(psycopg.sql.SQL("select * from {}").format(psycopg.sql.Identifier(name))):
                for column, value in row.items():
                    yield from ((f"{name}.{column}", text) for text in texts(value))


def texts(value: Any) -> Iterator[str]:
    """Yield every text inside a value: JSON walked, chunks unpacked, bytes as they are."""
    if isinstance(value, bytes):
        plain = unpack(value) if value.startswith(ZSTD) else value
        yield plain.decode("utf-8", "replace")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    elif value is not None:
        yield str(value)


def spellings(value: str) -> set[str]:
    """Return the ways a value may be written: as it is, inside JSON, inside JSON inside JSON, inside a URL."""
    escaped = json.dumps(value)[1:-1]
    found = {value, escaped, json.dumps(escaped)[1:-1], quote(value), quote(value, safe=""), quote_plus(value)}
    local, at, _ = value.partition("@")
    if at and len(local) >= 9:
        found.add(local)
    bare = re.sub(r"[ ()+-]", "", value)
    if bare.isdecimal() and len(bare) >= 10:
        found.add(bare)
    return {each.casefold() for each in found}


class Needles:
    """Planted values, ready to be looked for in much text at once."""

    def __init__(self, canaries: Iterable[Mapping[str, str]]) -> None:
        self.kinds: dict[str, str] = {}
        for canary in canaries:
            for spelling in spellings(canary["value"]):
                self.kinds.setdefault(spelling, canary["kind"])
        options = re2.Options()
        options.max_mem = 1 << 28
        ordered = sorted(self.kinds, key=len, reverse=True)
        self._patterns = [
            re2.compile("|".join(map(re2.escape, ordered[at : at + BATCH])), options)
            for at in range(0, len(ordered), BATCH)
        ]

    def found(self, places: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
        """Return (place, kind, the text around) of each planted value that is there."""
        by_place: dict[str, list[str]] = {}
        for place, text in places:
            by_place.setdefault(place, []).append(text)
        leaks = []
        for place, pieces in by_place.items():
            text = "\x00".join(pieces).casefold()
            for pattern in self._patterns:
                for hit in pattern.finditer(text):
                    around = text[max(0, hit.start() - 80) : hit.end() + 40]
                    leaks.append((place, self.kinds[hit.group()], around))
        return leaks


def summary(leaks: list[tuple[str, str, str]]) -> str:
    """Return what leaked where, with examples, for a person."""
    counts = Counter((place, kind) for place, kind, _ in leaks)
    examples = {(place, kind): around for place, kind, around in leaks}
    return "\n".join(f"{count} × {key}: …{examples[key]!r}…" for key, count in counts.most_common(40))
