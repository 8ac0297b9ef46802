"""Items know their key, and are told apart by being themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

from openclaw_otel.record import ErrorRecord
from openclaw_otel_bridge.intake.items import Candidate, Reject, Source


def test_candidates() -> None:
    ident, day = uuid4(), date(2026, 11, 22)
    each = Candidate(3, ident, day, Source.LOG, ErrorRecord(id=str(ident)), datetime.now(UTC))
    assert each.key == (day, ident, 3)
    assert Reject("otlp", "x") != Reject("otlp", "x")  # two refusals are two


def test_sources_are_the_bits_of_the_column() -> None:
    assert {source.name: int(source) for source in Source} == {
        "SPAN_EVENT": 1,
        "LOG": 2,
        "SENTRY": 4,
        "WEBHOOK": 8,
        "SPAN": 16,
    }
