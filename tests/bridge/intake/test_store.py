"""One transaction holds everything of a batch; known issues are not touched, resolved ones come back."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from openclaw_otel.ids import uuid7
from openclaw_otel.record import Category, ErrorRecord, ExceptionInfo, Fingerprint
from openclaw_otel_bridge.archive import StoredSpan, event_details, trace_spans
from openclaw_otel_bridge.config import Retention
from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.intake.identity import place
from openclaw_otel_bridge.intake.items import Candidate, Item, Reject, Source, TraceSpans
from openclaw_otel_bridge.intake.store import Store
from tests.bridge.stored_spans import line_of

NOW = datetime.now(UTC).replace(microsecond=0)
TRACE = "ab" * 16


def mark(key: str) -> Fingerprint:
    return Fingerprint(
        "v1", ("platform=shopify", f"code={key}"), f"v1:{key}", ("platform=shopify", f"code={key}"), f"v1:{key}"
    )


def record(key: str = "a", **values: Any) -> ErrorRecord:
    values = {"occurred_at": NOW, "message": f"failed {key}", "platform": "shopify", "store": "demo", **values}
    error = ExceptionInfo("E", f"failed {key}", "stack")
    return ErrorRecord(id="x", exception=error, fingerprint=mark(key), category=Category.RATE_LIMIT, **values)


def candidate(key: str = "a", ident: UUID | None = None, source: Source = Source.LOG, **values: Any) -> Candidate:
    extra = {name: values.pop(name) for name in ("weak", "sender", "parent_id", "copy_hash") if name in values}
    made, ident = record(key, **values), ident or uuid4()
    day, _ = place(ident, made.occurred_at, NOW)
    return Candidate(1, ident, day, source, made, NOW, **extra)


@pytest.fixture
def conn(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("set time zone 'UTC'")
        yield connection


def write(conn: Connection, *items: Item) -> Store:
    store = Store(Retention())
    store.prepare(conn, items)
    with conn.transaction():
        store.write(conn, items)
    return store


def rows(conn: Connection, query: str) -> list[tuple[Any, ...]]:
    return conn.execute(query).fetchall()  # type: ignore[call-overload,no-any-return]


def test_events_issues_counts_and_details(conn: Connection) -> None:
    batch = [candidate("a", environment="prod") for _ in range(100)] + [candidate("b", occurrences=40)]
    store = write(conn, *batch)
    assert rows(conn, "select count(*), sum(occurrences) from events") == [(101, 140)]
    assert sorted(rows(conn, "select message, status, event_count, platform from issues")) == [
        ("failed a", "new", 0, "shopify"),
        ("failed b", "new", 0, "shopify"),
    ]
    assert sorted(rows(conn, "select n, store, env from counter_deltas")) == [(40, "demo", ""), (100, "demo", "prod")]
    assert rows(conn, "select action, actor from activity") == [("created", "system")] * 2
    assert (store.stored.events, store.stored.issues) == (101, 2)
    assert rows(conn, "select count(*) from snapshots") == [(1,)]
    day, ident, chunk = rows(conn, "select day, id, chunk from events limit 1")[0]
    assert event_details(conn, day, ident, chunk).exception["stacktrace"] == "stack"


def test_known_issues_are_not_touched(conn: Connection) -> None:
    write(conn, candidate("a"))
    before = rows(conn, "select xmin::text, * from issues")
    write(conn, candidate("a"), candidate("a"))
    assert rows(conn, "select xmin::text, * from issues") == before
    assert rows(conn, "select sum(n) from counter_deltas") == [(3,)]


def test_again_adds_nothing(conn: Connection) -> None:
    batch: list[Item] = [candidate(key) for key in "abc"]
    write(conn, *batch)
    store = write(conn, *batch)
    assert (store.stored.events, store.stored.resent) == (0, 3)
    assert rows(conn, "select count(*) from snapshots") == [(1,)]


def test_a_resolved_issue_comes_back_by_what_happened_after(conn: Connection) -> None:
    write(conn, candidate("a"), candidate("b"))
    conn.execute("update issues set status = 'resolved', resolved_at = %s", (NOW,))
    write(
        conn,
        candidate("a", occurred_at=NOW - timedelta(minutes=5)),
        candidate("b", occurred_at=NOW + timedelta(seconds=5)),
    )
    assert sorted(rows(conn, "select message, status, regressed from issues")) == [
        ("failed a", "resolved", False),
        ("failed b", "new", True),
    ]


def test_rules_see_new_issues(conn: Connection) -> None:
    conn.execute("insert into teams (project_id, slug, name) values (1, 'pay', 'Payments')")
    conn.execute(
        "insert into rules (project_id, position, name, query, team_id) values (1, 1, 'r', 'platform:shopify', 1)"
    )
    write(conn, candidate("a"))
    assert rows(conn, "select status, team_id from issues") == [("assigned", 1)]


def spans(count: int) -> tuple[bytes, ...]:
    return tuple(line_of(StoredSpan(TRACE, f"{n:016x}", None, f"s{n}", 1, "svc", NOW, NOW)) for n in range(count))


def test_spans_lie_beside_the_events_of_their_trace(conn: Connection) -> None:
    group = TraceSpans(1, TRACE, NOW.date(), spans(3))
    event = candidate("a", source=Source.SPAN_EVENT, trace_id=TRACE, span_id="0" * 16)
    write(conn, event, group)
    assert rows(conn, "select count(*) from trace_spans") == [(0,)]
    assert [each.name for each in trace_spans(conn, 1, TRACE)] == ["s0", "s1", "s2"]
    write(conn, event, group)  # a resend stores no span twice
    assert rows(conn, "select count(*) from spans") == [(1,)]


def test_spans_that_come_later_or_alone(conn: Connection) -> None:
    ident = UUID(uuid7(NOW))
    write(conn, candidate("a", ident, trace_id=TRACE))
    weak = candidate("a", ident, Source.SPAN_EVENT, trace_id=TRACE, span_id="0" * 16, weak=True)
    write(conn, weak, TraceSpans(1, TRACE, NOW.date(), spans(2)))
    assert len(trace_spans(conn, 1, TRACE)) == 2
    assert rows(conn, "select sources from events") == [(3,)]
    write(conn, TraceSpans(1, TRACE, NOW.date(), spans(3)))
    assert len(trace_spans(conn, 1, TRACE)) == 3


def test_a_short_copy_first_then_its_carrier(conn: Connection) -> None:
    ident = UUID(uuid7(NOW))
    short = replace(record("poor"), message="", exception=None)
    day, _ = place(ident, NOW, NOW)
    write(conn, Candidate(1, ident, day, Source.SPAN_EVENT, short, NOW, weak=True))
    write(conn, candidate("rich", ident))
    assert rows(conn, "select message, sources, exception_type from events") == [("failed rich", 3, "E")]
    assert rows(conn, "select g.key from events e join groupings g on g.id = e.grouping_id") == [("v1:rich",)]
    found = rows(
        conn, "select g.key, sum(d.n)::int from groupings g join counter_deltas d on d.grouping_id = g.id group by 1"
    )
    assert sorted(found) == [("v1:poor", 0), ("v1:rich", 1)]
    day, ident, chunk = rows(conn, "select day, id, chunk from events")[0]
    assert event_details(conn, day, ident, chunk).exception["stacktrace"] == "stack"


def test_a_short_copy_goes_where_its_sender_says(conn: Connection) -> None:
    write(conn, candidate("rich"))
    ident = UUID(uuid7(NOW))
    short = candidate("poor", ident, Source.SPAN_EVENT, weak=True, sender={"fingerprint": "v1:rich"})
    write(conn, short._replace(record=replace(short.record, message="")))
    assert rows(conn, "select count(*) from issues") == [(1,)]


def test_a_short_copy_that_can_be_fingerprinted_goes_by_its_own(conn: Connection) -> None:
    write(conn, candidate("rich"))
    other_store = candidate("poor", UUID(uuid7(NOW)), Source.SPAN_EVENT, weak=True, sender={"fingerprint": "v1:rich"})
    write(conn, other_store)
    assert rows(conn, "select count(*) from issues") == [(2,)]


def test_an_issue_raised_by_a_short_copy_learns(conn: Connection) -> None:
    ident = UUID(uuid7(NOW))
    day, _ = place(ident, NOW, NOW)
    short = replace(record("a"), message="", category=Category.UNKNOWN)
    write(conn, Candidate(1, ident, day, Source.SPAN_EVENT, short, NOW, weak=True))
    write(conn, candidate("a", ident))
    assert rows(conn, "select message, category from issues") == [("failed a", "rate_limit")]


def test_rejects_are_summed(conn: Connection) -> None:
    write(conn, Reject("otlp", "x", 2), Reject("otlp", "x", 3), Reject("otlp", "y", project_id=1))
    assert rows(conn, "select protocol, reason, n, project_id from rejects order by reason") == [
        ("otlp", "x", 5, None),
        ("otlp", "y", 1, 1),
    ]


def test_events_of_other_days(conn: Connection) -> None:
    days = [NOW - timedelta(days=age) for age in (0, 3, 20, 300)]
    write(conn, *(candidate("a", occurred_at=day) for day in days))
    found = rows(conn, "select tableoid::regclass::text, chunk from events order by day")
    assert [name for name, _ in found] == ["events_default"] + [f"events_d{day:%Y%m%d}" for day in days[2::-1]]
    assert len({chunk for _, chunk in found}) == 4


def test_the_same_items_from_many_sides_at_once(database_url: str) -> None:
    batches: Sequence[Sequence[Item]] = [[candidate(f"{n % 7}") for n in range(30)] for _ in range(3)]
    problems: list[BaseException] = []

    def work(mine: Sequence[Sequence[Item]]) -> None:
        store = Store(Retention())
        with psycopg.connect(database_url, autocommit=True) as connection:
            for batch in mine:
                store.prepare(connection, batch)
                for _ in range(5):  # as the committer does
                    try:
                        with connection.transaction():
                            store.write(connection, batch)
                    except psycopg.errors.UniqueViolation:
                        continue
                    except psycopg.Error as error:
                        problems.append(error)
                    break

    threads = [threading.Thread(target=work, args=(batches[n:] + batches[:n],)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from events").fetchone() == (90,)
        assert connection.execute("select sum(n) from counter_deltas").fetchone() == (90,)
        assert connection.execute("select count(*) from issues").fetchone() == (7,)
