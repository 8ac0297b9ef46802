"""Every extension point of openclaw-otel, each with one docstring and a first-party user.

A plugin is a module (or object) behind an entry point of group `openclaw_otel.plugins` whose functions are marked
`@hookimpl`. Hooks return parts; the pipeline calls those parts by declared stage and order, never by registration.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

import pluggy

from openclaw_otel.config import Config
from openclaw_otel.record import ErrorRecord

PROJECT = "openclaw_otel"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Stage(StrEnum):
    """The steps of the pipeline, in the order they run."""

    CLASSIFY = "classify"
    FINGERPRINT = "fingerprint"
    BURST = "burst"
    ENRICH = "enrich"
    REDACT = "redact"


class Side(StrEnum):
    """Where a processor runs: in the instrumented service, or in the bridge."""

    SOURCE = "source"
    BRIDGE = "bridge"


@runtime_checkable
class Processor(Protocol):
    """One step: record in, record out; raises DropRecord to drop it. Must not block and must not keep the record."""

    name: str
    stage: Stage
    order: int
    """Within the stage, ascending; first-party processors use 100."""
    runs: frozenset[Side]

    def __call__(self, record: ErrorRecord) -> ErrorRecord: ...


@runtime_checkable
class Flushing(Protocol):
    """A processor that keeps records back (it raises DropRecord) and lets others stand for them later."""

    name: str

    def __call__(self, record: ErrorRecord) -> ErrorRecord: ...

    def flush(self, *, everything: bool = False) -> Sequence[ErrorRecord]:
        """Return what is due; all that is kept back with `everything` (the process ends)."""
        ...


@runtime_checkable
class Redactor(Protocol):
    """Takes personal data and secrets out of anything. All loaded redactors run, in `order`."""

    name: str
    order: int

    def text(self, text: str) -> str:
        """Return free text (a message, a stack trace, a URL inside text) redacted."""
        ...

    def tree(self, value: Any, key: str = "") -> Any:
        """Return JSON-like data (dict, list, scalars) redacted by key and by value; same shape; input unchanged."""
        ...

    def record(self, record: ErrorRecord) -> ErrorRecord:
        """Return every text of the record redacted, snapshot included."""
        ...


@runtime_checkable
class BatchRedactor(Redactor, Protocol):
    """A redactor that takes many records at once, for less than one by one. Optional: others are asked by `record`."""

    def records(self, records: Sequence[ErrorRecord]) -> Sequence[ErrorRecord]:
        """Return each record as `record` does, in their order. When it raises, the records are asked one by one."""
        ...


class Specs:
    """The hooks."""

    @hookspec
    def register_processors(self, config: Config) -> Sequence[Processor]:  # type: ignore[empty-body]
        """Return the processors of this plugin; called once per process. First-party user: `classify`."""

    @hookspec
    def register_redactors(self, config: Config) -> Sequence[Redactor]:  # type: ignore[empty-body]
        """Return the redactors of this plugin; with none loaded, texts are withheld. First-party user: `redact`."""
