"""What one process shares: its settings, pipeline and platforms, the failures it remembers, and where records go.

Instrumentation, webhooks and exporters are started by different doors (`instrument()`, `setup()`, an entry point read
by the SDK) and must still agree; this is the one place where they meet. Built on first use, never at import.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from openclaw_otel.config import Config
from openclaw_otel.copies import Copies
from openclaw_otel.failures import Failures
from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import Pipeline, build_pipeline

if TYPE_CHECKING:
    from opentelemetry._logs import LoggerProvider

    from openclaw_otel.platforms import Platforms


@dataclass(slots=True)
class Process:
    """What there is one of per process."""

    failures: Failures = field(default_factory=Failures)
    copies: Copies = field(default_factory=Copies)
    logger_provider: LoggerProvider | None = None
    """Our own log pipeline, where `setup()` made one; None: records go to the global provider."""
    owned: list[Any] = field(default_factory=list)
    """Providers `setup()` made, to be flushed and shut down."""
    drains: set[Callable[[], None]] = field(default_factory=set)
    """Finish calls whose responses were let go unread; called before a flush."""
    pipelines: weakref.WeakSet[Pipeline] = field(default_factory=weakref.WeakSet)
    """The pipelines that are alive: what they keep back is released now and then, and at the end."""
    exporters: weakref.WeakSet[Any] = field(default_factory=weakref.WeakSet)
    """Our log exporters that are alive: with one on the global provider no second pipeline is needed."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Settings and what was built from them."""

    config: Config
    pipeline: Pipeline
    platforms: Platforms
    process: Process


@cache
def process() -> Process:
    """Return this process's shared state."""
    return Process()


@cache
def runtime() -> Runtime:
    """Return the runtime of the environment's settings.

    Raises:
        ConfigError: a setting is bad; the message names the variable.
    """
    return build_runtime(Config.from_env())


def build_runtime(config: Config) -> Runtime:
    """Return a runtime of given settings."""
    from openclaw_otel.platforms import Platforms

    pipeline = build_pipeline(Side.SOURCE, config)
    process().pipelines.add(pipeline)
    return Runtime(config, pipeline, Platforms(config), process())
