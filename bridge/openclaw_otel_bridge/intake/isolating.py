"""One item that cannot be read must not cost the others: where reading a request fails, its bad items are found.

Whoever reads attributes meets values nobody thought of. Only walked when the request has failed already.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from google.protobuf.message import Message

from openclaw_otel_bridge.intake.found import Reading

log = logging.getLogger(__name__)
Request = TypeVar("Request", bound=Message)
_GROUPS, _SCOPES, _ITEMS = 1, 2, 2
"""Field numbers, the same in traces and logs: resource_spans, scope_spans, spans."""


def read_sound(message: Request, read: Callable[[Request], Reading]) -> Reading:
    """Return what `read` makes of an export request; items it raises for are left out and counted as rejected."""
    try:
        return read(message)
    except Exception:
        log.exception("a request cannot be read as a whole; its items are tried one by one")
    lost: dict[str, int] = {}
    groups = _repeated(message, _GROUPS)
    for at in reversed(range(len(groups))):
        if not _sift(message, groups[at], read, lost):
            del groups[at]  # its resource may be what cannot be read
    reading = read(message)
    for reason, n in lost.items():
        reading.lose(reason, n)
    return reading


def _sift(message: Request, group: Any, read: Callable[[Request], Reading], lost: dict[str, int]) -> int:
    """Take the bad items out of a group; return how many are left."""
    left = 0
    for scope in _repeated(group, _SCOPES):
        items = _repeated(scope, _ITEMS)
        sound = [item for item in items if _is_sound(message, group, item, read, lost)]
        if len(sound) < len(items):
            kept = [type(item).FromString(item.SerializeToString()) for item in sound]
            del items[:]
            items.extend(kept)
        left += len(items)
    return left


def _is_sound(
    message: Request, group: Any, item: Any, read: Callable[[Request], Reading], lost: dict[str, int]
) -> bool:
    alone = type(message)()
    of_group = _repeated(alone, _GROUPS).add()
    of_group.resource.CopyFrom(group.resource)
    _repeated(_repeated(of_group, _SCOPES).add(), _ITEMS).add().CopyFrom(item)
    try:
        read(alone)
    except Exception as error:
        log.debug("one of its items", exc_info=True)
        reason = f"the item cannot be read: {type(error).__name__}"
        lost[reason] = lost.get(reason, 0) + 1
        return False
    return True


def _repeated(message: Any, number: int) -> Any:
    return getattr(message, message.DESCRIPTOR.fields_by_number[number].name)
