"""What is packed comes back whole; one line is found among many; chunks of near-equal events are small."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg

from openclaw_otel_bridge.archive import (
    EventDetails,
    StoredSpan,
    event_details,
    event_line,
    find_event,
    find_spans,
    pack,
    span_line,
    trace_spans,
    unpack,
)
from tests.bridge.stored_spans import line_of

TRACE = "0af7651916cd43dd8448eb211c80319c"
OTHER = "0af7651916cd43dd8448eb211c80319d"
START = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)
DETAILS = EventDetails(
    message="限流 with \n newline",
    exception={"type": "Throttled", "message": "m", "stacktrace": "a\nb"},
    snapshot={"method": "POST", "status": 429},
    evidence="code",
    codes=["THROTTLED"],
    status=429,
    retryable=True,
    notes=["category rate_limit: catalog row x"],
    attributes={"deep": {"list": [1, None, "x"]}},
)


def span(number: int, trace: str = TRACE) -> StoredSpan:
    return StoredSpan(
        trace_id=trace,
        span_id=f"{number:016x}",
        parent_id=f"{number - 1:016x}" if number > 1 else None,
        name=f"step {number}",
        kind=3,
        service="erp-sync",
        started_at=START + timedelta(milliseconds=number),
        ended_at=START + timedelta(milliseconds=number + 7),
        status=2,
        status_text="Throttled",
        attributes={"n": number},
        events=[{"name": "exception", "at": START.isoformat(), "attributes": {}}],
    )


def test_an_event_is_found_among_others() -> None:
    ids = [uuid4() for _ in range(50)]
    _, data = pack(event_line(each, asdict(EventDetails(message=str(number)))) for number, each in enumerate(ids))
    assert [find_event(data, each).message for each in (ids[0], ids[25], ids[49])] == ["0", "25", "49"]
    assert find_event(data, uuid4()) == EventDetails()


def test_details_come_back_whole() -> None:
    event_id = uuid4()
    assert find_event(pack([event_line(event_id, asdict(DETAILS))])[1], event_id) == DETAILS


def test_lone_surrogates_do_no_harm() -> None:
    event_id = uuid4()
    _, data = pack([event_line(event_id, {"message": "a\ud800b"})])
    assert find_event(data, event_id).message == "a?b"


def test_spans_of_one_trace() -> None:
    _, data = pack(map(line_of, [span(1), span(1, OTHER), span(2)]))
    assert list(find_spans(data, TRACE)) == [span(1), span(2)]
    assert list(find_spans(data, OTHER)) == [span(1, OTHER)]


def test_times_of_events_in_chunks_of_early_versions() -> None:
    old = {"name": "exception", "at": START.isoformat(), "attributes": {}}
    _, data = pack([span_line(TRACE, "1" * 16, (None, "s", 1, None, 0, 0, 0, "", {}, [old, {**old, "at": None}]))])
    assert [event["at"] for each in find_spans(data, TRACE) for event in each.events] == [START.isoformat(), None]


def test_neighbours_compress() -> None:
    stack = "\n".join(f'  File "/srv/app/m{n}.py", line {n}, in step_{n}' for n in range(30))
    lines = [event_line(uuid4(), {"message": f"order {n}", "exception": {"stacktrace": stack}}) for n in range(64)]
    raw, data = pack(lines)
    assert raw == len(unpack(data))
    assert len(data) < raw / 15


def test_reading_from_the_database(database_url: str) -> None:
    day, event_id, project = date(2026, 11, 22), uuid4(), 1
    with psycopg.connect(database_url) as conn:
        for table, chunk, lines in (
            ("snapshots", 7, [event_line(event_id, asdict(DETAILS))]),
            ("spans", 8, [line_of(span(2)), line_of(span(1))]),
            ("spans", 9, [line_of(span(2)), line_of(span(3))]),
        ):
            raw, data = pack(lines)
            conn.execute(f"insert into {table} values (%s, %s, %s, %s)", (day, chunk, raw, data))
        conn.execute(
            "insert into events (day, id, project_id, grouping_id, occurred_at, received_at, category, severity,"
            " trace_id, chunk, span_chunk) values (%s, %s, %s, 1, now(), now(), 'unknown', 'error', %s, 7, 8)",
            (day, event_id, project, bytes.fromhex(TRACE)),
        )
        conn.execute("insert into trace_spans values (%s, %s, 9)", (day, bytes.fromhex(TRACE)))
        assert event_details(conn, day, event_id, 7) == DETAILS
        assert event_details(conn, day, event_id, 99) == EventDetails()
        assert trace_spans(conn, project, TRACE) == [span(1), span(2), span(3)]
        assert trace_spans(conn, 2, TRACE) == []
