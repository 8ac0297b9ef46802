"""A delivery's items as plain JSON and back, so that they can wait in a file; pure.

Written by the types of the fields, never pickled: what a file says is data, whoever wrote it. A field this version
does not know is left out, one it misses has its default: a file may be read by the next version, or the one before.
"""

from __future__ import annotations

import base64
import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from openclaw_otel_bridge.intake.items import Candidate, InboxRow, Item
from openclaw_otel_bridge.sentry.keeping import SentryHook

VERSION = 1
Kept = Item | SentryHook
"""What a delivery may come to."""
_KINDS: Mapping[str, type[InboxRow] | type[Candidate] | type[SentryHook]] = {
    "delivery": InboxRow,
    "event": Candidate,
    "sentry_hook": SentryHook,
}


class BadParcel(ValueError):
    """The bytes are no parcel, or one of a version nobody here can read."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one delivery came to, redacted; `project` is a slug: its id may not be known while the database is gone."""

    project: str
    items: tuple[Kept, ...]


def pack_parcel(parcel: Parcel) -> bytes:
    """Return the parcel as JSON.

    Raises:
        TypeError: an item is of a kind that no delivery brings.
    """
    names = {kind: name for name, kind in _KINDS.items()}
    items = []
    for item in parcel.items:
        if not isinstance(item, InboxRow | Candidate | SentryHook):
            raise TypeError(f"a {type(item).__name__} does not wait in a file")
        items.append({"kind": names[type(item)], **_fields(item)})
    # Lone surrogates stay escapes: what was read is what was written.
    return json.dumps({"version": VERSION, "project": parcel.project, "items": items}, separators=(",", ":")).encode()


def unpack_parcel(data: bytes) -> Parcel:
    """Return the parcel in `data`.

    Raises:
        BadParcel: it is none.
    """
    try:
        found = json.loads(data)
        if found["version"] != VERSION:
            raise BadParcel(f"it is of version {str(found['version'])[:20]}, not {VERSION}")
        items = tuple(_made(_KINDS[item["kind"]], item) for item in found["items"])
        return Parcel(_made(str, found["project"]), items)
    except BadParcel:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadParcel(f"it cannot be read: {error!r}"[:300]) from error


def of_project(item: Kept, project_id: int) -> Kept:
    """Return an item of a parcel as one of that project."""
    if isinstance(item, Candidate):
        return item._replace(project_id=project_id)
    return replace(item, project_id=project_id) if isinstance(item, InboxRow) else item


def _fields(value: Any) -> dict[str, Any]:
    kind: Any = type(value)
    return {name: _plain(getattr(value, name)) for name in _shape(kind).hints}


def _plain(value: Any) -> Any:
    if _is_shaped(type(value)):
        return _fields(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _made(kind: Any, value: Any) -> Any:
    """Return a value of JSON as the type it was of."""
    if _is_shaped(kind):
        return _shaped(kind, value)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _one_of([each for each in inner if each is not types.NoneType], value)
    if origin is tuple:
        return tuple(_made(inner[0], item) for item in value)
    if origin is not None:  # a mapping: nothing else is among the fields
        return {key: _made(inner[1], item) for key, item in value.items()}
    return value if kind is Any else _single(kind, value)


def _single(kind: Any, value: Any) -> Any:
    if kind is bytes:
        return base64.b64decode(value, validate=True)
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    if issubclass(kind, Enum | UUID):
        return kind(value)
    return _checked(kind, value)


def _one_of(kinds: Sequence[Any], value: Any) -> Any:
    """Of several types JSON tells all apart; a list was a tuple."""
    if len(kinds) == 1:
        return _made(kinds[0], value)
    return tuple(value) if isinstance(value, list) else value


def _checked(kind: type, value: Any) -> Any:
    if kind is float and isinstance(value, int):
        return float(value)
    if not isinstance(value, kind):
        raise TypeError(f"{str(value)[:40]!r} is no {kind.__name__}")
    return value


def _shaped(kind: Any, value: Mapping[str, Any]) -> Any:
    shape = _shape(kind)
    given = {name: _made(hint, value[name]) for name, hint in shape.hints.items() if name in value}
    if missing := shape.needed - given.keys():
        raise BadParcel(f"{kind.__name__} lacks {', '.join(sorted(missing))}")
    return kind(**given)


@dataclass(frozen=True, slots=True)
class _Shape:
    """The fields of a dataclass or named tuple by their types, and those without a default."""

    hints: Mapping[str, Any]
    needed: frozenset[str]


def _is_shaped(kind: Any) -> bool:
    return is_dataclass(kind) or hasattr(kind, "_field_defaults")


@cache
def _shape(kind: Any) -> _Shape:
    hints = get_type_hints(kind)
    if not is_dataclass(kind):
        return _Shape(
            {name: hints[name] for name in kind._fields}, frozenset(kind._fields) - kind._field_defaults.keys()
        )
    needed = {each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING}
    return _Shape({each.name: hints[each.name] for each in fields(kind)}, frozenset(needed))
