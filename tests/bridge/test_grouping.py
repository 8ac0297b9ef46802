"""A grouping shows what its events share, and only that."""

from __future__ import annotations

from dataclasses import replace

from openclaw_otel.record import Category, ErrorRecord, ExceptionInfo, Fingerprint
from openclaw_otel_bridge.grouping import grouping_of

RECORD = ErrorRecord(
    id="x", platform="shopify", operation="orders.get", store="demo", code="THROTTLED", category=Category.RATE_LIMIT
)


def marked(*parts: str) -> ErrorRecord:
    return replace(RECORD, fingerprint=Fingerprint("v1", ("shopify", "orders.get"), "v1:aa", parts, "v1:bb"))


def test_the_key_is_the_fingerprints_grouping() -> None:
    grouping = grouping_of(marked("platform=shopify", "operation=orders.get", "code=THROTTLED", "store=demo"))
    assert (grouping.key, grouping.fingerprint) == ("v1:bb", "v1:aa")
    assert (grouping.store, grouping.operation) == ("demo", "orders.get")


def test_what_is_not_in_the_key_is_not_shown() -> None:
    assert grouping_of(marked("shopify", "orders.get")).store is None
    assert grouping_of(marked("shopify", "UNAUTHORIZED", "demo")).operation is None


def test_without_a_fingerprint_the_facts_decide() -> None:
    first = grouping_of(RECORD)
    assert first == grouping_of(replace(RECORD, id="y", store="other", message="m"))
    assert first.key != grouping_of(replace(RECORD, code="OTHER")).key
    assert first.key != grouping_of(replace(RECORD, exception=ExceptionInfo("E"))).key
    assert first.key.startswith("v0:")
