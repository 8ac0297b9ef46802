"""Finding plugins: entry points one by one, each isolated and named when it fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from openclaw_otel.config import Config
from openclaw_otel.errors import CannotEnable, ConfigError
from openclaw_otel.hookspecs import PROJECT, Processor, Redactor, Specs

GROUP = "openclaw_otel.plugins"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PluginStatus:
    """One plugin as `openclaw-otel plugins` lists it."""

    name: str
    version: str
    hooks: tuple[str, ...] = ()
    problem: str = ""
    """Why it is not in use; empty when it is."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """All parts the plugins gave, and how each plugin fared."""

    processors: tuple[Processor, ...]
    redactors: tuple[Redactor, ...]
    status: tuple[PluginStatus, ...]


def load(config: Config, found: Iterable[EntryPoint] | None = None) -> Loaded:
    """Load the plugins of this environment (`found`: given entry points, for tests).

    Raises:
        ConfigError: OPENCLAW_OTEL_PLUGINS names a plugin that is not installed or cannot work.
    """
    points = sorted(entry_points(group=GROUP) if found is None else found, key=lambda point: point.name)
    names = {point.name for point in points}
    for name in config.plugins:
        if name not in names:
            raise ConfigError("OPENCLAW_OTEL_PLUGINS", f"no plugin {name!r}; installed: {', '.join(sorted(names))}")
    processors: list[Processor] = []
    redactors: list[Redactor] = []
    status = []
    for point in points:
        if config.plugins and point.name not in config.plugins:
            status.append(PluginStatus(point.name, _version(point), problem="not in OPENCLAW_OTEL_PLUGINS"))
            continue
        status.append(_load_one(point, config, processors, redactors))
    return Loaded(tuple(processors), tuple(redactors), tuple(status))


def _load_one(
    point: EntryPoint, config: Config, processors: list[Processor], redactors: list[Redactor]
) -> PluginStatus:
    try:
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(Specs)
        plugin = point.load()
        manager.register(plugin, name=point.name)
        manager.check_pending()
        callers = manager.get_hookcallers(plugin) or []
        new_processors = _parts(manager.hook.register_processors, config)
        new_redactors = _parts(manager.hook.register_redactors, config)
    except CannotEnable as error:
        if point.name in config.plugins:
            raise ConfigError("OPENCLAW_OTEL_PLUGINS", f"{point.name} cannot work: {error}") from error
        return PluginStatus(point.name, _version(point), problem=str(error))
    except Exception as error:
        if point.name in config.plugins:
            raise ConfigError("OPENCLAW_OTEL_PLUGINS", f"{point.name} failed to load: {error!r}") from error
        log.warning("plugin %s is not used: %r", point.name, error)
        return PluginStatus(point.name, _version(point), problem=repr(error))
    processors += new_processors
    redactors += new_redactors
    return PluginStatus(point.name, _version(point), tuple(caller.name for caller in callers))


def _parts(hook: Callable[..., Sequence[Sequence[Any]]], config: Config) -> list[Any]:
    return [part for parts in hook(config=config) for part in parts or ()]


def _version(point: EntryPoint) -> str:
    return point.dist.version if point.dist else "?"
