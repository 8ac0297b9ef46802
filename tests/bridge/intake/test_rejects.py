"""A storm of refusals makes few rows, and none with anybody's data."""

from __future__ import annotations

import time

import pytest

from openclaw_otel_bridge.intake import rejects
from openclaw_otel_bridge.intake.items import Reject
from openclaw_otel_bridge.intake.rejects import MOST_KINDS, Rejects, item_reason


def test_refusals_are_summed_up() -> None:
    rows: list[Reject] = []
    noted = Rejects(rows.extend, lambda text: text.replace("secret", "[…]"))
    for n in range(1000):
        noted.note("otlp_traces", "undecodable", detail=f"secret {n}")
    noted.note("otlp_logs", "item", n=5, project_id=1)
    noted.flush()
    assert [(row.protocol, row.reason, row.n, row.detail, row.project_id) for row in rows] == [
        ("otlp_traces", "undecodable", 1000, "[…] 0", None),
        ("otlp_logs", "item", 5, "", 1),
    ]
    assert noted.totals == {("otlp_traces", "undecodable"): 1000, ("otlp_logs", "item"): 5}
    noted.flush()
    assert len(rows) == 2


def test_they_are_written_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejects, "SECONDS", 0.05)
    rows: list[Reject] = []
    noted = Rejects(rows.extend, str)
    noted.note("a", "b", detail="x" * 1000)
    deadline = time.monotonic() + 5
    while not rows:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert len(rows[0].detail) == 300


def test_kinds_are_bounded() -> None:
    rows: list[Reject] = []
    noted = Rejects(rows.extend, str)
    for n in range(MOST_KINDS + 50):
        noted.note("a", f"reason {n}")
    noted.flush()
    assert len(rows) == MOST_KINDS


def test_items_are_refused_for_reasons_people_are_shown() -> None:
    assert item_reason("trace_id is not 16 bytes, or all zero") == "bad_trace_id"
    assert item_reason("span_id is not 8 bytes, or all zero") == "bad_span_id"
    assert item_reason("the event is not JSON: unexpected end") == "bad_event"
    assert item_reason("the item cannot be decoded: nested deeper than 90 levels") == "bad_item"
    assert item_reason("value out of range") == "item"
