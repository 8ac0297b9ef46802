"""What was found becomes what is stored: identified, processed, redacted; spans of fine traces fall away."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from openclaw_otel.config import Config
from openclaw_otel.errors import DropRecord
from openclaw_otel.hookspecs import Processor, Redactor, Side, Stage
from openclaw_otel.pipeline import WITHHELD, Pipeline, build_pipeline
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import ErrorRecord
from openclaw_otel.registry import Loaded
from openclaw_otel_bridge.archive import StoredSpan, find_spans, pack
from openclaw_otel_bridge.intake.calls import Calls
from openclaw_otel_bridge.intake.items import Candidate, TraceSpans
from openclaw_otel_bridge.intake.process import Process, Processed
from openclaw_otel_bridge.intake.span_lines import MOST_SPANS
from openclaw_otel_bridge.intake.traces import read_traces
from tests.bridge.otlp_messages import exception_event, span, traces

NOW = datetime.now(UTC)
PIPELINE = build_pipeline(Side.BRIDGE, Config())


def run(*spans: Span, pipeline: Pipeline = PIPELINE, known: Sequence[bytes] = ()) -> Processed:
    reading = read_traces(traces(*spans), 1, Calls(Platforms()).read)
    return Process(pipeline, b"k" * 32).run(reading, 1, NOW, reading.quiet & set(known))


def candidates(done: Processed) -> list[Candidate]:
    return [item for item in done.items if isinstance(item, Candidate)]


def groups(done: Processed) -> list[TraceSpans]:
    return [item for item in done.items if isinstance(item, TraceSpans)]


def spans_of(group: TraceSpans) -> list[StoredSpan]:
    return list(find_spans(pack(group.lines)[1], group.trace_id))


def test_candidates_are_processed_and_redacted() -> None:
    one = span(
        exception_event("E", "mail jane@example.com", "by jane@example.com"), attributes={"mail": "jane@example.com"}
    )
    (found,) = candidates(run(one))
    assert found.record.redacted
    assert found.record.id == str(found.id)
    assert found.record.fingerprint is not None
    assert found.copy_hash is not None
    assert "jane@" not in str(found.record)
    assert "jane@" not in str(groups(run(one)))


def test_stamped_candidates_need_no_comparing() -> None:
    stamped = {"openclaw.integration.record.id": "018f0000-0000-7000-8000-000000000001"}
    assert candidates(run(span(exception_event("E", "m", **stamped))))[0].copy_hash is None


def test_fine_traces_fall_away_unless_known() -> None:
    fine, known = span(failed=False), span(failed=False)
    done = run(fine, known, known=[known.trace_id])
    assert [group.trace_id for group in groups(done)] == [known.trace_id.hex()]
    assert done.spans_dropped == 1


def test_the_span_of_an_event_keeps_nothing_twice() -> None:
    trace = os.urandom(16)
    failed = span(exception_event("E", "m"), trace=trace, attributes={"a": "b"})
    beside = span(Span.Event(name="cache", attributes=[]), trace=trace, failed=False, attributes={"c": "d"})
    (group,) = groups(run(failed, beside))
    assert [each.attributes for each in spans_of(group)] == [{}, {"c": "d"}]
    assert [event["name"] for each in spans_of(group) for event in each.events] == ["exception", "cache"]
    assert {each.service for each in spans_of(group)} == {"erp-sync"}


def test_endless_traces_are_cut() -> None:
    trace = os.urandom(16)
    done = run(*(span(trace=trace, kind=1) for _ in range(MOST_SPANS + 5)))
    assert len(groups(done)[0].lines) == MOST_SPANS
    assert done.spans_dropped == 5


def test_spans_that_end_before_they_start() -> None:
    (group,) = groups(run(span(kind=1, start_time_unix_nano=10**18 + 5000, end_time_unix_nano=10**18)))
    (stored,) = spans_of(group)
    assert stored.ended_at == stored.started_at


class Dropper:
    name, stage, order, runs = "dropper", Stage.CLASSIFY, 1, frozenset({Side.BRIDGE})

    def __call__(self, record: ErrorRecord) -> ErrorRecord:
        raise DropRecord


def test_what_a_processor_drops_is_counted_and_its_trace_kept() -> None:
    processors: tuple[Processor, ...] = (Dropper(),)
    done = run(span(exception_event("E", "m")), pipeline=Pipeline(Loaded(processors, (), ()), Side.BRIDGE))
    assert (candidates(done), done.dropped, len(groups(done))) == ([], 1, 1)


def test_without_a_redactor_texts_are_withheld() -> None:
    redactors: tuple[Redactor, ...] = ()
    bare = Pipeline(Loaded((), redactors, ()), Side.BRIDGE)
    done = run(span(exception_event("E", "secret"), name="secret", attributes={"a": "secret"}), pipeline=bare)
    assert "secret" not in str(done.items)
    assert candidates(done)[0].record.message == WITHHELD
    assert spans_of(groups(done)[0])[0].name == WITHHELD


def test_times_are_placed() -> None:
    event = exception_event("E", "m")
    event.time_unix_nano = 1
    (found,) = candidates(run(span(event)))
    assert found.record.occurred_at == NOW
    assert found.day.year == 1970
