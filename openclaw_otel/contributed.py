"""Finding adapters other packages bring: entry points one by one, each isolated and named when it fails.

Group `openclaw_otel.adapters`; the entry's name is the platform's, its object a subclass of `Adapter` without
arguments. A platform of ours keeps our adapter.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openclaw_otel.adapters.base import Adapter

GROUP = "openclaw_otel.adapters"
log = logging.getLogger(__name__)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class AdapterStatus:
    """One contributed adapter as `openclaw-otel plugins` lists it."""

    name: str
    version: str
    problem: str = ""
    """Why it is not in use; empty when it is."""


@dataclass(frozen=True, slots=True)
class Contributed:
    """The adapters other packages gave by platform name, and how each fared."""

    adapters: Mapping[str, Adapter]
    status: tuple[AdapterStatus, ...]


def contributed(own: Collection[str], found: Iterable[EntryPoint] | None = None) -> Contributed:
    """Return the adapters of this environment (`found`: given entry points, for tests); `own` names win."""
    points = entry_points(group=GROUP) if found is None else found
    adapters: dict[str, Adapter] = {}
    status = []
    for point in sorted(points, key=lambda point: (point.name, point.value)):
        version = point.dist.version if point.dist else "?"
        try:
            adapters[point.name] = _adapter(point, {*own, *adapters})
        except Exception as error:  # noqa: BLE001 - foreign code: one broken adapter must not stop the host
            log.warning("adapter %s (%s) is not used: %r", point.name, point.value, error)
            status.append(AdapterStatus(point.name, version, repr(error)))
        else:
            status.append(AdapterStatus(point.name, version))
    return Contributed(adapters, tuple(status))


def _adapter(point: EntryPoint, taken: Collection[str]) -> Adapter:
    from openclaw_otel.adapters.base import Adapter  # the package of adapters imports this module

    if point.name in taken:
        raise ValueError("there is an adapter of that name already")
    if not _NAME.fullmatch(point.name):
        raise ValueError("a platform's name is lower_snake_case")
    adapter = point.load()()
    if not isinstance(adapter, Adapter):
        raise TypeError(f"{point.value} is no subclass of openclaw_otel.Adapter")
    if adapter.name != point.name:
        raise ValueError(f"the class calls itself {adapter.name!r}: entry point and class must agree")
    return adapter
