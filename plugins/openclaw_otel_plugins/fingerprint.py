"""The fingerprint processor: gives each record its identity, at the source and again in the bridge, which decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openclaw_otel import Config, ErrorRecord, Processor, Side, Stage, hookimpl
from openclaw_otel_plugins.v1.parts import fingerprint_of


@dataclass(slots=True)
class FingerprintProcessor:
    """Sets `fingerprint` from the facts of the record; what the record said before is replaced."""

    name: str = "fingerprint"
    stage: Stage = Stage.FINGERPRINT
    order: int = 100
    runs: frozenset[Side] = frozenset(Side)

    def __call__(self, record: ErrorRecord) -> ErrorRecord:
        """Return the record with its fingerprint of the current format."""
        return record.but(fingerprint=fingerprint_of(record))


@hookimpl
def register_processors(config: Config) -> Sequence[Processor]:
    """Return the fingerprint processor."""
    return [FingerprintProcessor()]
