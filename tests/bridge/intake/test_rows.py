"""Rows hold what fits, chunks the rest; nothing is lost between them."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from openclaw_otel.record import ErrorRecord, ExceptionInfo, Fingerprint, OwnerHint, Snapshot
from openclaw_otel_bridge.archive import EventDetails, find_event, pack
from openclaw_otel_bridge.intake.items import Candidate, Source
from openclaw_otel_bridge.intake.reconcile import Known
from openclaw_otel_bridge.intake.rows import (
    ATTRIBUTE_BYTES,
    ATTRIBUTES_KEPT,
    CHUNK_BYTES,
    EVENT_COLUMNS,
    Written,
    bundles,
    chunk_id,
    details_of,
    event_row,
    hidden_attributes,
    issue_of,
    row_of,
    shown_attributes,
    slices,
    written,
)

RECORD = ErrorRecord(
    id="x",
    occurred_at=datetime(2026, 11, 22, tzinfo=UTC),
    platform="shopify",
    message="m" * 500,
    exception=ExceptionInfo("E", "m", "stack"),
    objects={"order": "1001", "product": "7"},
    owner_hint=OwnerHint.OPS,
    snapshot=Snapshot(method="GET", status=429),
    trace_id="ab" * 16,
    occurrences=-5,
    attributes={"short": 1, "long": "x" * 1000, "deep": {"a": 1}},
    fingerprint=Fingerprint("v1", ("p",), "v1:a", ("p", "g"), "v1:b"),
)


def candidate(record: ErrorRecord = RECORD, **values: Any) -> Candidate:
    return Candidate(1, uuid4(), date(2026, 11, 22), Source.LOG, record, datetime.now(UTC), **values)


def test_rows() -> None:
    row = row_of(candidate())
    assert (row["order_id"], row["trace_id"], row["occurrences"]) == ("1001", bytes.fromhex("ab" * 16), 1)
    assert len(row["message"]) == 300
    assert json.loads(row["attributes"]) == {"short": 1, "long": "x" * 256}
    each = candidate()
    event = Known(each.key, each.source, candidate=each, grouping_id=9)
    values = dict(zip(EVENT_COLUMNS, event_row(written(event), 5, None), strict=True))
    assert (values["grouping_id"], values["chunk"], values["span_chunk"], values["sources"]) == (9, 5, None, 2)


def test_details_hold_what_the_row_does_not() -> None:
    hidden = hidden_attributes(RECORD.attributes, shown_attributes(RECORD.attributes))
    found = details_of(candidate(sender={"category": "auth"}, resource={"host.name": "h"}), hidden)
    details = EventDetails(**found)
    assert found.keys() == {field.name for field in fields(EventDetails)}
    assert details.message == RECORD.message
    assert details.attributes == {"long": "x" * 1000, "deep": {"a": 1}, "host.name": "h"}
    assert details.snapshot == {"method": "GET", "status": 429}
    assert (details.fingerprint, details.grouping_parts) == ("v1:a", ("p", "g"))
    assert details.sender == {"category": "auth"}
    assert details_of(candidate(replace(RECORD, message="short")), {})["message"] == ""


def test_an_event_is_written_whole() -> None:
    each = candidate()
    made = written(Known(each.key, each.source, candidate=each))
    assert made.columns == tuple(row_of(each).values())
    found = find_event(pack([made.line])[1], each.id)
    assert found.attributes == {"long": "x" * 1000, "deep": {"a": 1}}
    assert found.message == RECORD.message


def test_shown_attributes_are_few_and_short() -> None:
    many = shown_attributes({f"k{n}": n for n in range(500)})
    assert len(many) == ATTRIBUTES_KEPT
    big = shown_attributes({f"k{n}": "x" * 250 for n in range(60)})
    assert len(json.dumps(big)) < ATTRIBUTE_BYTES * 1.5
    assert shown_attributes({"n" * 300: 1, "list": [1] * 500, "few": [1, "a"], "none": None}) == {
        "few": [1, "a"],
        "none": None,
    }


def test_chunk_ids_ascend_and_differ() -> None:
    ids = [chunk_id() for _ in range(1000)]
    assert len(set(ids)) > 990
    assert [each >> 21 for each in ids] == sorted(each >> 21 for each in ids)
    assert 0 < ids[0] < 2**63


def test_a_chunk_is_full_by_lines_or_by_bytes() -> None:
    each = candidate()
    event = Known(each.key, each.source, candidate=each)
    short = [Written(event, (n,), b"x") for n in range(5)]
    assert [[n for _, (n,), _ in bundle] for bundle in bundles(short, 2)] == [[0, 1], [2, 3], [4]]
    long = [Written(event, (n,), b"x" * (CHUNK_BYTES // 2)) for n in range(5)]
    assert [[n for _, (n,), _ in bundle] for bundle in bundles(long, 100)] == [[0, 1], [2, 3], [4]]
    assert list(bundles([], 2)) == []


def test_slices() -> None:
    assert list(slices(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(slices([], 2)) == []


def test_an_issue_takes_the_columns_of_its_record() -> None:
    assert set(issue_of(RECORD)) < {field.name for field in fields(ErrorRecord)} | {"exception_type"}


def test_row_and_chunk_together_hold_every_attribute() -> None:
    cases: tuple[dict[str, Any], ...] = (
        {},
        {"a": "b", "url.full": "https://x.example"},
        {"a": "b" * 300, "n": 5, "c": "d"},
        {f"key{n}": "v" * 100 for n in range(70)},
        {"k" * 300: "v", "list": ("a", "b")},
    )
    for attributes in cases:
        shown = shown_attributes(attributes)
        hidden = hidden_attributes(attributes, shown)
        assert all(name in shown or name in hidden for name in attributes)
        assert all(hidden.get(name, value) == value for name, value in attributes.items())
        lists = {name: list(value) if isinstance(value, tuple) else value for name, value in attributes.items()}
        assert all(shown[name] == lists[name] for name in attributes if name not in hidden)
