"""Spans as rows of a chart."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from openclaw_otel_bridge.views.ui.timeline import MOST, NARROWEST, timeline

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    span_id: str
    parent_id: str | None
    begins: float
    ends: float
    name: str = "work"
    kind: int = 3
    service: str | None = "sync"
    status: int = 0
    status_text: str = ""

    @property
    def started_at(self) -> datetime:
        return NOW + timedelta(milliseconds=self.begins)

    @property
    def ended_at(self) -> datetime:
        return NOW + timedelta(milliseconds=self.ends)


def test_no_spans_no_chart():
    assert timeline([], None) is None


def test_the_call_chain_in_order_with_places_and_depths():
    chart = timeline(
        [
            Span("c", "b", 300, 900, status=2),
            Span("d", "a", 900, 1000),
            Span("b", "a", 200, 900),
            Span("a", None, 0, 1000, kind=2),
        ],
        "c",
    )
    assert chart is not None
    assert [(row.depth, row.left, row.width) for row in chart.rows] == [
        (0, 0, 100),
        (1, 20, 70),
        (2, 30, 60),
        (1, 90, 10),
    ]
    failed = chart.rows[2]
    assert (failed.failed, failed.is_event, failed.offset, failed.duration) == (True, True, "300 ms", "600 ms")
    assert (chart.rows[0].kind, failed.kind, chart.duration) == ("server", "client", "1.00 s")


def test_a_missing_parent_and_an_empty_length():
    chart = timeline([Span("x", "gone", 5, 5)], None)
    assert chart is not None
    assert chart.rows[0].depth == 0
    assert chart.rows[0].width >= NARROWEST


def test_bad_data_ends():
    cycle = [Span("a", "b", 0, 1), Span("b", "a", 1, 2), Span("s", "s", 2, 3), Span("a", None, 0, 9)]
    chart = timeline(cycle, None)
    assert chart is not None
    assert sorted(row.name for row in chart.rows) == ["work"] * 3
    backwards = timeline([Span("a", None, 10, 5)], None)
    assert backwards is not None
    assert 0 <= backwards.rows[0].left <= 100


def test_many_spans_are_counted_not_shown():
    chart = timeline([Span(f"{n:05}", f"{n - 1:05}" if n else None, n, n + 1) for n in range(5000)], None)
    assert chart is not None
    assert (len(chart.rows), chart.hidden) == (MOST, 4800)
