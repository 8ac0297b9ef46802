"""The enrich processor fills what is empty and touches nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openclaw_otel import Category, Config, ErrorRecord, OwnerHint, Processor, Stage, shipped_catalog
from openclaw_otel_plugins import enrich

RECORD = ErrorRecord(id="1", category=Category.AUTH)


def test_one_processor() -> None:
    (processor,) = enrich.register_processors(Config())
    assert isinstance(processor, Processor)
    assert processor.stage is Stage.ENRICH


@pytest.mark.parametrize("category", list(Category))
def test_every_category_is_explained_in_both_languages(category: Category) -> None:
    record = enrich.EnrichProcessor()(replace(RECORD, category=category))
    assert record.owner_hint is not None
    assert set(record.explanation) == set(record.next_step) == {"en", "zh"}


def test_what_is_there_stays() -> None:
    mine = replace(RECORD, explanation={"en": "mine"}, owner_hint=OwnerHint.SUPPORT)
    record = enrich.EnrichProcessor()(mine)
    assert record.explanation == {"en": "mine"}
    assert record.owner_hint is OwnerHint.SUPPORT
    assert record.next_step
    full = replace(mine, next_step={"en": "do"})
    assert enrich.EnrichProcessor()(full) is full


def test_the_row_of_the_code_is_better_than_that_of_the_category() -> None:
    row = next(row for row in shipped_catalog("shopify").rows if row.code and "*" not in row.code and row.explanation)
    record = replace(RECORD, platform="shopify", code=row.code, category=row.category)
    found = enrich.EnrichProcessor()(record)
    assert found.explanation in [r.explanation for r in shipped_catalog("shopify").rows]
    other = next(category for category in Category if category is not row.category)
    assert enrich.EnrichProcessor()(replace(record, category=other)).explanation != found.explanation
