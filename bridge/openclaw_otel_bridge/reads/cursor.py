"""Where a page ended: opaque text that carries the sort and the keys of the last row, never an offset."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence

_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00|infinity", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_SHAPES = {"timestamptz": _TIME, "bigint": _NUMBER, "uuid": _UUID}


class BadCursor(ValueError):
    """The cursor is none of ours, or of another sort."""


def encode(sort: str, keys: Sequence[str]) -> str:
    """Return the cursor that stands behind the row with these sort keys."""
    return base64.urlsafe_b64encode(json.dumps([sort, *keys]).encode()).rstrip(b"=").decode()


def decode(cursor: str, sort: str, types: Sequence[str]) -> list[str]:
    """Return the keys in a cursor; `types` are their SQL types (timestamptz, bigint, uuid).

    Raises:
        BadCursor: it cannot be read, or was made for another sort.
    """
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise BadCursor("the cursor cannot be read; take it from `next` of the page before") from error
    if not isinstance(found, list) or len(found) != len(types) + 1 or found[0] != sort:
        raise BadCursor("the cursor belongs to another sort; start again without it")
    for value, kind in zip(found[1:], types, strict=True):
        if not isinstance(value, str) or not _SHAPES[kind].fullmatch(value):
            raise BadCursor("the cursor cannot be read; take it from `next` of the page before")
    return found[1:]
