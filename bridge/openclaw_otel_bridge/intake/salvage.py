"""A request that cannot be decoded as a whole, decoded item by item: one bad span must not cost a Collector's batch.

Only walked when the request has failed already. Resources and scopes have to be sound: items mean little without.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import DecodeError, Message

from openclaw_otel_bridge.intake.otlp_json import BadJson, fill, load

MOST_PARTS = 200_000
"""Fields that are walked at most: a body made of tiny ones is not worth the time."""
_GROUPS, _SCOPES, _ITEMS = 1, 2, 2
"""Field numbers, the same in traces and logs: resource_spans, scope_spans, spans."""
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5


class Unsound(ValueError):
    """The frame around the items is broken, too."""


@dataclass(slots=True)
class Salvaged:
    """How many items could be decoded, how many not, and why the first of them could not."""

    kept: int = 0
    lost: int = 0
    reason: str = ""

    def lose(self, error: Exception) -> None:
        """Count an item that cannot be decoded."""
        self.lost += 1
        self.reason = self.reason or f"the item cannot be decoded: {str(error)[:200]}"


def salvage_protobuf(data: bytes, message: Message) -> Salvaged:
    """Fill an empty export request with the items of `data` that can be decoded.

    Raises:
        Unsound, DecodeError: something around the items cannot.
    """
    return _Walk().message(data, message)


def salvage_json(data: bytes, message: Message) -> Salvaged:
    """Do the same with OTLP JSON.

    Raises:
        Unsound, BadJson: something around the items cannot be decoded.
    """
    document = load(data)
    done = Salvaged()
    groups, scopes, items = _names(message)
    for group in _objects(document, groups):
        for scope in _objects(group, scopes):
            found = scope.get(items)
            if isinstance(found, list):
                scope[items] = [item for item in found if _fits(message, item, done)]
    fill(message, document)
    return done


@dataclass(slots=True)
class _Walk:
    """One walk over the wire format: https://protobuf.dev/programming-guides/encoding/"""

    parts: int = 0
    done: Salvaged = field(default_factory=Salvaged)

    def message(self, data: bytes, message: Message) -> Salvaged:
        for number, whole, body in self._fields(data):
            if number == _GROUPS:
                self._group(body, _added(message, _GROUPS))
            else:
                message.MergeFromString(whole)
        return self.done

    def _group(self, data: bytes, group: Message) -> None:
        for number, whole, body in self._fields(data):
            if number == _SCOPES:
                self._scope(body, _added(group, _SCOPES))
            else:
                group.MergeFromString(whole)

    def _scope(self, data: bytes, scope: Message) -> None:
        items = _repeated(scope, _ITEMS)
        for number, whole, body in self._fields(data):
            if number != _ITEMS:
                scope.MergeFromString(whole)
                continue
            try:
                items.add().MergeFromString(body)
            except DecodeError as error:
                del items[-1]
                self.done.lose(error)
            else:
                self.done.kept += 1

    def _fields(self, data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield (number, the field as it stands, its body; empty unless of type bytes)."""
        at = 0
        while at < len(data):
            self.parts += 1
            if self.parts > MOST_PARTS:
                raise Unsound("too many fields")
            start = at
            key, at = _varint(data, at)
            begin, at = _span(data, at, key & 7)
            if at > len(data):
                raise Unsound("a field ends after the body")
            yield key >> 3, data[start:at], data[begin:at] if key & 7 == _BYTES else b""


def _span(data: bytes, at: int, kind: int) -> tuple[int, int]:
    """Return where a field's value begins and ends."""
    if kind == _VARINT:
        return at, _varint(data, at)[1]
    if kind == _BYTES:
        size, at = _varint(data, at)
        return at, at + size
    if kind in (_EIGHT, _FOUR):
        return at, at + (8 if kind == _EIGHT else 4)
    raise Unsound(f"there is no wire type {kind}")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index, byte in enumerate(data[at : at + 10]):
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            return value, at + index + 1
    raise Unsound("a number does not end")


def _repeated(message: Message, number: int) -> Any:
    return getattr(message, message.DESCRIPTOR.fields_by_number[number].name)


def _added(message: Message, number: int) -> Message:
    added: Message = _repeated(message, number).add()
    return added


def _names(message: Message) -> tuple[str, str, str]:
    group = _added(type(message)(), _GROUPS)
    scope = _added(group, _SCOPES)
    levels = ((message, _GROUPS), (group, _SCOPES), (scope, _ITEMS))
    groups, scopes, items = (each.DESCRIPTOR.fields_by_number[number].json_name for each, number in levels)
    return groups, scopes, items


def _objects(value: Any, name: str) -> list[dict[str, Any]]:
    found = value.get(name) if isinstance(value, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _fits(message: Message, item: Any, done: Salvaged) -> bool:
    """Say whether an item can be decoded alone, and count it."""
    alone = type(message)()
    try:
        fill(_added(_added(_added(alone, _GROUPS), _SCOPES), _ITEMS), item)
    except BadJson as error:
        done.lose(error)
        return False
    done.kept += 1
    return True
