"""The house-errors processor: what our own exceptions mean, whose job they are, and which are not worth an issue.

It looks at facts alone (the exception's type) and keeps nothing, so that running it twice, in the service and again in
the bridge, gives the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from openclaw_otel import Category, Config, DropRecord, ErrorRecord, OwnerHint, Processor, Side, Stage, hookimpl

CLASSIFIER = "acme_plugin/1"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an exception of ours means."""

    category: Category
    owner: OwnerHint
    retryable: bool = False


HOUSE: Mapping[str, Meaning] = {
    "acme.errors.WarehouseClosed": Meaning(Category.BUSINESS_RULE, OwnerHint.OPS, retryable=True),
    "acme.errors.SkuUnknown": Meaning(Category.DATA_MAPPING, OwnerHint.OPS),
    "acme.errors.LedgerLocked": Meaning(Category.INTERNAL, OwnerHint.DEV, retryable=True),
}
EXPECTED = frozenset({"acme.errors.AlreadySynced"})
"""Raised to end a job early; no failure."""


@dataclass(slots=True)
class HouseErrors:
    """Judges exceptions of `house`, drops those of `expected`, leaves everything else as it is."""

    name: str = "acme_plugin"
    stage: Stage = Stage.CLASSIFY
    order: int = 200
    """After openclaw-otel's own classifier, whose order is 100."""
    runs: frozenset[Side] = frozenset(Side)
    house: Mapping[str, Meaning] = field(default_factory=lambda: HOUSE)
    expected: frozenset[str] = EXPECTED

    def __call__(self, record: ErrorRecord) -> ErrorRecord:
        """Return the record judged.

        Raises:
            DropRecord: the exception is expected; the record goes nowhere, the team's own span stays.
        """
        raised = record.exception.type if record.exception else ""
        if raised in self.expected:
            raise DropRecord
        meaning = self.house.get(raised)
        if meaning is None or record.platform is not None:
            return record
        return replace(
            record,
            category=meaning.category,
            owner_hint=meaning.owner,
            retryable=meaning.retryable,
            classifier=CLASSIFIER,
            explanation={},  # of the category judged before; `enrich` fills in ours
            next_step={},
        )


@hookimpl
def register_processors(config: Config) -> Sequence[Processor]:
    """Return the processors of this package; called once per process."""
    return [HouseErrors()]
