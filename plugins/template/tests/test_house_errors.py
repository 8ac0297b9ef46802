"""The processor alone, and as one of the pipeline that is installed here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from openclaw_otel import (
    Category,
    Config,
    DropRecord,
    ErrorRecord,
    ExceptionInfo,
    OwnerHint,
    Processor,
    Side,
    build_pipeline,
)

from acme_plugin.house_errors import CLASSIFIER, HouseErrors


def raised(kind: str, message: str = "no luck") -> ErrorRecord:
    return ErrorRecord(id="1", message=message, exception=ExceptionInfo(kind, message))


def test_an_exception_of_ours_is_judged() -> None:
    record = HouseErrors()(raised("acme.errors.WarehouseClosed"))
    assert (record.category, record.owner_hint) == (Category.BUSINESS_RULE, OwnerHint.OPS)
    assert record.retryable
    assert HouseErrors()(record) == record


def test_everything_else_stays_as_it_is() -> None:
    for record in (raised("KeyError"), replace(raised("acme.errors.SkuUnknown"), platform="shopify")):
        assert HouseErrors()(record) is record


def test_an_expected_exception_is_dropped() -> None:
    with pytest.raises(DropRecord):
        HouseErrors()(raised("acme.errors.AlreadySynced"))


@pytest.mark.parametrize("side", Side)
def test_it_runs_where_it_is_installed(side: Side) -> None:
    assert isinstance(HouseErrors(), Processor)
    pipeline = build_pipeline(side, Config())
    record = pipeline.run(raised("acme.errors.LedgerLocked", "locked by wei.chen@example.com"))
    assert record is not None
    assert (record.classifier, record.category) == (CLASSIFIER, Category.INTERNAL)
    assert record.explanation["zh"]
    assert "wei.chen" not in repr(record)
    assert pipeline.run(raised("acme.errors.AlreadySynced")) is None
    assert pipeline.timings["acme_plugin"].failures == 0
