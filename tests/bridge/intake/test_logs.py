"""The table of what is an event in log data, line by line."""

from __future__ import annotations

from uuid import UUID

import pytest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from openclaw_otel import attributes as names
from openclaw_otel.record import Category, ErrorRecord, ExceptionInfo, Severity, Snapshot
from openclaw_otel.wire import to_attributes
from openclaw_otel_bridge.intake.found import Reading
from openclaw_otel_bridge.intake.items import Source
from openclaw_otel_bridge.intake.logs import read_logs
from tests.bridge.otlp_messages import log, logs

RECORD = ErrorRecord(
    id="018f0000-0000-7000-8000-000000000001",
    platform="shopify",
    operation="orders.get",
    code="THROTTLED",
    codes=("THROTTLED",),
    category=Category.RATE_LIMIT,
    message="Throttled",
    exception=ExceptionInfo("E", "m", "s"),
    snapshot=Snapshot(method="GET", status=429, response_body="{}"),
    classifier="catalog/1",
)
TRACE, SPAN = b"t" * 16, b"s" * 8


def read(*records: LogRecord, plain_errors: bool = False) -> Reading:
    return read_logs(logs(*records), 1, plain_errors=plain_errors)


def test_the_librarys_own_record() -> None:
    own = log(to_attributes(RECORD), event_name=names.EVENT_API_EXCEPTION, trace_id=TRACE, span_id=SPAN)
    (found,) = read(own).found
    assert (found.id, found.source, found.stamped, found.weak) == (UUID(RECORD.id), Source.LOG, True, False)
    record = found.record
    assert (record.platform, record.code, record.message) == ("shopify", "THROTTLED", "Throttled")
    assert record.snapshot == RECORD.snapshot
    assert (record.trace_id, record.span_id) == (TRACE.hex(), SPAN.hex())
    assert found.sender["category"] == "rate_limit"


@pytest.mark.parametrize("severity", [1, 9, 13, 17, 21])
def test_an_exception_is_an_event_at_any_severity(severity: int) -> None:
    (found,) = read(log({"exception.type": "E", "exception.message": "m"}, severity_number=severity)).found
    expected = {13: Severity.WARN, 21: Severity.CRITICAL}.get(severity, Severity.ERROR)
    assert found.record.severity is expected


def test_names_make_an_event_too() -> None:
    named = [log({}, event_name="exception", body="boom"), log({"otel.event.name": "job.exception"}, body="boom")]
    assert [found.record.message for found in read(*named).found] == ["boom", "boom"]


def test_observations_and_plain_logs_are_none() -> None:
    reading = read(log({}, event_name=names.EVENT_OBSERVATION), log({}, body="started", severity_number=9), log({}))
    assert (reading.found, reading.seen) == ([], 3)


def test_plain_errors_when_the_project_opts_in() -> None:
    records = [log({}, body="disk full"), log({}, body="slow", severity_number=13), log({}, body={"a": 1})]
    assert read(*records).found == []
    found = read(*records, plain_errors=True).found
    assert [each.record.message for each in found] == ["disk full", '{"a": 1}']


def test_dropped_records_are_none() -> None:
    assert read(log({"exception.type": "E", names.RECORD_DROPPED: True})).found == []


def test_ids_of_foreign_records() -> None:
    one = log({"exception.type": "E", "exception.message": "m"}, time_unix_nano=5, trace_id=TRACE, span_id=SPAN)
    assert read(one).found[0].id == read(one).found[0].id
    later = log({"exception.type": "E", "exception.message": "m"}, time_unix_nano=6, trace_id=TRACE, span_id=SPAN)
    other = log({"exception.type": "E", "exception.message": "n"}, time_unix_nano=5, trace_id=TRACE, span_id=SPAN)
    assert len({found.id for found in read(one, later, other).found}) == 3
    named = log({"exception.type": "E", "log.record.uid": "01H"}, time_unix_nano=5)
    assert read(named).found[0].id == read(named).found[0].id


def test_bad_ids_cost_their_record_only() -> None:
    reading = read(
        log({"exception.type": "E"}, trace_id=b"short"),
        log({"exception.type": "E"}, trace_id=TRACE, span_id=b"\0" * 8),
        log({"exception.type": "E"}),
    )
    assert len(reading.found) == 1
    assert sum(reading.rejected.values()) == 2


def test_times() -> None:
    observed = log({"exception.type": "E"}, time_unix_nano=0, observed_time_unix_nano=10**18)
    assert read(observed).found[0].record.occurred_at.year == 2001
    assert not read(log({"exception.type": "E"}, time_unix_nano=0)).found[0].timed
