"""The enrich processor: explanation, next step and owner from the catalog, where a record has none yet.

`classify` leaves nothing to do for what it judged; this is for records judged elsewhere: by an older sender, by a
third-party processor that sets a category and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from openclaw_otel import Category, Config, ErrorRecord, Processor, Row, Side, Stage, hookimpl, shipped_catalog


@dataclass(slots=True)
class EnrichProcessor:
    """Fills what is empty and touches nothing else."""

    name: str = "enrich"
    stage: Stage = Stage.ENRICH
    order: int = 100
    runs: frozenset[Side] = frozenset(Side)

    def __call__(self, record: ErrorRecord) -> ErrorRecord:
        """Return the record with explanation, next step and owner hint."""
        if record.explanation and record.next_step and record.owner_hint:
            return record
        row = _row(record)
        return record.but(
            explanation=record.explanation or row.explanation,
            next_step=record.next_step or row.next_step,
            owner_hint=record.owner_hint or row.owner,
        )


def _row(record: ErrorRecord) -> Row:
    """Return the catalog row that speaks of the record: its code's when that is of the same category."""
    if record.platform is not None and record.code is not None:
        row = shipped_catalog(record.platform).by_code(record.code, record.status, record.message)
        if row is not None and row.category is record.category:
            return row
    return category_rows()[record.category]


@cache
def category_rows() -> Mapping[Category, Row]:
    """Return the row that says what each category means, whatever the platform."""
    rows = {row.id: row for row in shipped_catalog("_words").rows}
    return {category: rows[category.value] for category in Category}


@hookimpl
def register_processors(config: Config) -> Sequence[Processor]:
    """Return the enrich processor."""
    return [EnrichProcessor()]
