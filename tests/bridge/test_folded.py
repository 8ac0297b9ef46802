"""What rules read of a first record outlives its events."""

from __future__ import annotations

import json

from openclaw_otel.record import ErrorRecord
from openclaw_otel_bridge.folded import kept_of, record_of
from openclaw_otel_bridge.query import IssueTerms, Subject


def test_rules_read_the_kept_record_as_the_first_one() -> None:
    record = ErrorRecord(
        id="x",
        platform="shopify",
        store="us-1",
        environment="production",
        service="sync",
        release="2.0",
        request_id="r-1",
        trace_id="ab" * 16,
        objects={"order": "1001", "product": "7"},
        attributes={"team": "pay", "tags": ("a", "b")},
    )
    kept = json.loads(json.dumps(kept_of(record, {"team": "pay", "tags": ["a", "b"]})))
    again = Subject.of_record(record_of(kept, "9"), IssueTerms())
    expected = Subject.of_record(record, IssueTerms())
    assert again.events[0].attributes == {"team": "pay", "tags": ["a", "b"]}
    for name in ("platform", "store", "env", "service", "order", "request", "trace", "release"):
        assert getattr(again.events[0], name) == getattr(expected.events[0], name), name


def test_what_a_record_does_not_tell_is_not_kept() -> None:
    kept = kept_of(ErrorRecord(id="x"), {})
    assert kept == {}
    assert record_of(kept, "1").store is None
