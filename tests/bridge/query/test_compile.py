"""SQL and memory agree: generated queries over generated issues and events, on the real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.types.json import Jsonb

from openclaw_otel_bridge.query import Context, EventTerms, IssueTerms, Subject, compile_sql, parse, predicate
from openclaw_otel_bridge.query.binding import TRUE
from openclaw_otel_bridge.query.parse import parse_scope
from openclaw_otel_bridge.query.predicate import attribute_texts
from openclaw_otel_bridge.query.terms import Query
from openclaw_otel_bridge.query.walk import needs_walk, walk_of
from openclaw_otel_bridge.shaping import read_some

NOW = datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC)
PEOPLE = (("li@shop.example", "李雷"), ("Ann@shop.example", "Ann_Lee"))
TEAMS = (("ops", "Operations"), ("dev", "开发%"))
TRACE = "0af7651916cd43dd8448eb211c80319c"

words = st.sampled_from(
    ["a", "A", "us-1", "us_1", "eu%", "50\\", "é", "É", "订单", "a b", "a,b", '"', "*", "line\nend"]
)
maybe = st.none() | words
moments = st.sampled_from([timedelta(0), *(timedelta(hours=h) for h in (1, 24, 25, 168, 400))]).map(
    lambda ago: NOW - ago
)


@dataclass
class World:
    """A connection inside one transaction, and the ids of its people and teams."""

    conn: psycopg.Connection[Any]
    people: list[int]
    teams: list[int]


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with psycopg.connect(database_url) as conn:
        conn.execute("set timezone to 'UTC'")
        people = [_one(conn, "insert into people (email, name) values (%s, %s) returning id", row) for row in PEOPLE]
        teams = [
            _one(conn, "insert into teams (project_id, slug, name) values (1, %s, %s) returning id", row)
            for row in TEAMS
        ]
        yield World(conn, people, teams)
        conn.rollback()


def _one(conn: psycopg.Connection[Any], query: str, parameters: Any) -> int:
    row = conn.execute(query.encode(), parameters).fetchone()
    assert row is not None
    return int(row[0])


attributes = st.dictionaries(
    st.sampled_from(["k", "http.route"]),
    st.none()
    | words
    | st.booleans()
    | st.integers(-5, 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.lists(words | st.integers(0, 3), max_size=2),
    max_size=2,
)
events = st.builds(
    EventTerms,
    platform=maybe,
    store=maybe,
    env=maybe,
    service=maybe,
    order=maybe,
    request=maybe,
    trace=st.sampled_from([None, TRACE]),
    release=maybe,
    attributes=attributes,
)


@dataclass(frozen=True)
class Case:
    """One generated issue: `person` and `team` index PEOPLE and TEAMS."""

    issue: IssueTerms
    events: tuple[EventTerms, ...] = ()
    person: int | None = None
    team: int | None = None
    raised: EventTerms | None = None
    muted_until: datetime | None = None
    muted_count: int | None = None


issues = st.builds(
    IssueTerms,
    status=st.sampled_from(["new", "assigned", "in_review", "resolved"]),
    title=words,
    message=words,
    code=maybe,
    category=st.sampled_from(["auth", "rate_limit"]),
    severity=st.sampled_from(["info", "warn", "error", "critical"]),
    platform=maybe,
    operation=maybe,
    exception_type=maybe,
    first_seen=moments,
    last_seen=moments,
    due=st.none() | moments,
    regressed=st.booleans(),
)
cases = st.builds(
    Case,
    issue=issues,
    events=st.lists(events, max_size=3).map(tuple),
    person=st.sampled_from([None, 0, 1]),
    team=st.sampled_from([None, 0, 1]),
    raised=st.none() | st.builds(EventTerms, store=maybe, service=maybe, order=maybe),
    muted_until=st.sampled_from([None, NOW - timedelta(1), NOW + timedelta(1)]),
    muted_count=st.sampled_from([None, 5]),
)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


values = words.map(quoted) | words.map(lambda word: quoted(word) + "*") | st.sampled_from(["*", "u*1", "us-*", "A"])
times = st.sampled_from(["<24h", ">24h", "<=1d", ">=1h", "24h", "2026-03-01", "<2026-02-28", ">=2026-03-01T12:30"])
keyed = st.one_of(
    st.tuples(st.sampled_from("code platform operation store env service order request release".split()), values),
    st.tuples(st.sampled_from(["attr.k", "attr.http.route"]), values | st.sampled_from(["true", "0*", "*0", "1"])),
    st.tuples(st.sampled_from(["first_seen", "last_seen", "due"]), times),
    st.tuples(st.just("is"), st.sampled_from(["unassigned", "regressed", "muted"])),
    st.tuples(st.just("status"), st.sampled_from(["new", "*ed", "in_review"])),
    st.tuples(st.just("category"), st.sampled_from(["auth", "*_limit", "network"])),
    st.tuples(st.just("severity"), st.sampled_from(["warn", ">=error", "<warn", "<info", "<=error", "*r"])),
    st.tuples(st.just("assignee"), st.sampled_from(["me", "*", "LI@shop.example", "李*", "ann_lee", "ann%"])),
    st.tuples(st.just("team"), st.sampled_from(["ops", "OPER*", "开发%", "*"])),
    st.tuples(st.just("trace"), st.sampled_from([TRACE, TRACE.upper(), "0" * 32])),
)
terms = st.lists(keyed, min_size=1, max_size=2).map(
    lambda pairs: f"{pairs[0][0]}:" + ",".join(value for key, value in pairs if key == pairs[0][0])
) | (words.map(quoted) | st.sampled_from([TRACE, "a*b"]))
queries = st.lists(st.tuples(st.sampled_from(["", "-"]), terms), max_size=3).map(
    lambda parts: " ".join(sign + term for sign, term in parts)
)
scopes = st.sampled_from(
    ["", "store:us-*,a", "env:A platform:*", "env:A", "project:default", "project:other", "service:é"]
)


def store(world: World, case: Case) -> int:
    issue = case.issue
    raised = case.raised or EventTerms()
    ident = _one(
        world.conn,
        """insert into issues (project_id, origin, status, title, message, code, category, severity, platform,
               operation, exception_type, first_seen, last_seen, due_at, regressed, assignee_id, team_id,
               muted_until, muted_count, store, service, order_id)
           values (1, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
           returning id""",
        (
            *("manual" if case.raised else "event", issue.status, issue.title, issue.message, issue.code),
            *(issue.category, issue.severity, issue.platform, issue.operation, issue.exception_type),
            *(issue.first_seen, issue.last_seen, issue.due, issue.regressed),
            None if case.person is None else world.people[case.person],
            None if case.team is None else world.teams[case.team],
            *(case.muted_until, case.muted_count, raised.store, raised.service, raised.order),
        ),
    )
    for event in case.events:
        key = uuid4()
        grouping = _one(
            world.conn,
            """insert into groupings (project_id, key, fingerprint, parts, issue_id, home_issue_id)
               values (1, %s, '', '{}', %s, %s) returning id""",
            (str(key), ident, ident),
        )
        world.conn.execute(
            """insert into events (day, id, project_id, grouping_id, occurred_at, received_at, category, severity,
                   platform, store, env, service, order_id, request_id, trace_id, release, attributes)
               values (%s, %s, 1, %s, %s, %s, 'auth', 'error', %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            (
                *(NOW.date(), key, grouping, NOW, NOW, event.platform, event.store, event.env, event.service),
                *(event.order, event.request, bytes.fromhex(event.trace) if event.trace else None, event.release),
                Jsonb(dict(event.attributes)),
            ),
        )
        _count(world, ident, grouping, event)
    return ident


def _count(world: World, issue: int, grouping: int, event: EventTerms) -> None:
    """Count an event as intake does: some folded, of those some with their attributes read, and some not folded."""
    values = tuple(value or "" for value in (event.platform, event.store, event.service, event.env))
    if grouping % 2:
        world.conn.execute(
            """insert into places (project_id, platform, store, service, env) values (1, %s, %s, %s, %s)
               on conflict do nothing""",
            values,
        )
        world.conn.execute(
            """insert into sightings (grouping_id, issue_id, place_id, n, first_seen, last_seen, message)
               select %s, %s, id, 1, now(), now(), '' from places
               where (platform, store, service, env) = (%s, %s, %s, %s)""",
            (grouping, issue, *values),
        )
        world.conn.execute(
            "insert into attribute_unread (grouping_id, since, until) values (%s, '-infinity', 'infinity')", (grouping,)
        )
        if grouping % 4 == 1:
            assert read_some(world.conn) > 0
    else:
        world.conn.execute(
            """insert into counter_deltas (grouping_id, hour, platform, store, service, env, n, last_seen)
               values (%s, %s, %s, %s, %s, %s, 1, now())""",
            (grouping, NOW, *values),
        )


def subject(world: World, case: Case, scope: str) -> Subject:
    person = None if case.person is None else world.people[case.person]
    team = None if case.team is None else world.teams[case.team]
    issue = replace(
        case.issue,
        assignee_id=person,
        assignee_names=() if case.person is None else (str(person), *PEOPLE[case.person]),
        team_id=team,
        team_names=() if case.team is None else (str(team), *TEAMS[case.team]),
        muted=case.muted_count is not None or (case.muted_until or NOW) > NOW,
    )
    told = tuple(replace(event, project="default") for event in case.events)
    if case.raised:
        told = (*told, replace(case.raised, project="default", platform=case.issue.platform))
    inside = predicate(parse_scope(scope))
    return Subject(issue, tuple(event for event in told if inside(Subject(issue, (event,)))))


def walked(world: World, query: Query, context: Context, scope: str) -> set[int]:
    """Return what the parts of a query find when they are put together again."""
    parts = walk_of(query, 1, context, parse_scope(scope) if scope else None)
    statement = sql.SQL(
        """select i.id from issues i where ({}) and (({}) or exists (
               select from groupings g join events e on e.grouping_id = g.id
               where g.issue_id = i.id and ({}) and ({})))"""
    ).format(parts.issue, parts.settled, parts.grouping or TRUE, parts.event)
    return {row[0] for row in world.conn.execute(statement, parts.parameters)}


def empty_in_scope(case: Case, seen: Subject) -> bool:
    """An issue raised by hand is never empty: when the scope hides its own event, nothing of it can be seen."""
    return case.raised is not None and not seen.events


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(generated=st.lists(cases, min_size=1, max_size=4), text=queries, scope=scopes)
@example(generated=[Case(IssueTerms(first_seen=NOW, last_seen=NOW))], text="-env:staging", scope="")
def test_sql_and_memory_agree(world: World, generated: list[Case], text: str, scope: str) -> None:
    query = parse(text)
    assert parse(str(query)) == query
    context = Context(now=NOW, person_id=world.people[0], teams=frozenset({world.teams[0]}))
    with world.conn.transaction(force_rollback=True):
        ids = {store(world, case): case for case in generated}
        condition = compile_sql(query, 1, context, parse_scope(scope) if scope else None)
        statement = sql.SQL("select i.id from issues i where {}").format(condition.sql)
        found = {row[0] for row in world.conn.execute(statement, condition.parameters)}
        if needs_walk(query):
            assert walked(world, query, context, scope) == found
    matches = predicate(query, context)
    for ident, case in ids.items():
        seen = subject(world, case, scope)
        if query.event_terms and empty_in_scope(case, seen):
            assert ident not in found
        else:
            assert (ident in found) == matches(seen), (case, text, scope)


def test_every_value_is_a_bound_parameter() -> None:
    hostile = "x'; drop table issues; --"
    condition = compile_sql(parse(f'store:"{hostile}" "{hostile}" assignee:"{hostile}" attr.a\';b:"{hostile}"'), 1)
    assert "drop table" not in condition.sql.as_string(None)
    assert sum("drop table" in str(value) for value in condition.parameters.values()) == 6


def test_numbers_in_attributes_are_shown_alike(world: World) -> None:
    for number in (1e20, 1.5e-10, -0.0, 3, 10**30, 0.1, 123456789.125):
        row = world.conn.execute("select %s::jsonb ->> 'n'", (json.dumps({"n": number}),)).fetchone()
        assert row == attribute_texts(number)
