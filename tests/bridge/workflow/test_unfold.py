"""Unfolded, each kind of error is the issue it would have been: nothing lost, nothing doubled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from openclaw_otel_bridge.counting import fold
from openclaw_otel_bridge.db import Connection, Database
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.workflow import unfold as unfolding
from openclaw_otel_bridge.workflow.errors import IllegalTransition, InvalidField, NotAllowed, NotFound
from openclaw_otel_bridge.workflow.mute import live_count, mute
from openclaw_otel_bridge.workflow.unfold import unfold, unfold_all
from tests.bridge.flooding import NOW, event, flooded, folded_ids, store
from tests.bridge.seeding import Seed


@pytest.fixture
def conn(database_url: str) -> Iterator[Connection]:
    connection = Database(database_url).connect(autocommit=True)
    yield connection
    connection.close()


@pytest.fixture
def ops(conn: Connection) -> Actor:
    return Seed(conn).person("Olga", "ops")


def rows(conn: Connection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    return conn.execute(query, values).fetchall()  # type: ignore[call-overload,no-any-return]


ISSUE = """select g.key, i.status, i.platform, i.store, i.operation, i.category, i.sender_category, i.code, i.message,
i.exception_type, i.service, i.severity, i.owner_hint, i.retryable, i.explanation, i.next_step, i.first_seen,
i.last_seen, i.event_count, i.origin, g.home_issue_id = g.issue_id from issues i join groupings g on g.issue_id = i.id
where i.project_id = %s order by g.key"""


@pytest.mark.parametrize("folds_before", [0, 1, 2])
def test_it_is_as_if_nothing_had_been_folded(conn: Connection, ops: Actor, folds_before: int) -> None:
    conn.execute("insert into projects (slug, name) values ('free', 'Free')")
    for batch in range(2):
        for project, most in ((1, 2), (2, 0)):
            events = [
                event(f"k{n}", project=project, at=NOW + timedelta(seconds=n - 30 * batch), occurrences=1 + n)
                for n in range(7)
            ]
            store(conn, events, most)
        if batch < folds_before:
            fold(conn)
    overflow = rows(conn, "select id from issues where origin = 'overflow'")[0][0]
    one = folded_ids(conn)["k4"]
    with conn.transaction():
        done = unfold(conn, ops, overflow, [one])
    assert (list(done.issues), done.left) == ([one], 4)
    store(conn, [event("k4", at=NOW + timedelta(minutes=1))])
    store(conn, [event("k4", project=2, at=NOW + timedelta(minutes=1))], 0)
    assert unfold_all(conn, ops, overflow).left == 0
    fold(conn)
    assert rows(conn, ISSUE, 1) == rows(conn, ISSUE, 2)
    assert rows(conn, "select event_count, status from issues where id = %s", overflow) == [(0, "resolved")]
    assert rows(conn, "select count(*) from folded_groupings") == [(0,)]


def test_what_is_left_keeps_its_own_count_and_times(conn: Connection, ops: Actor) -> None:
    overflow = flooded(conn, 6)
    fold(conn)
    ids = folded_ids(conn)
    with conn.transaction():
        unfold(conn, ops, overflow, [ids["k2"], ids["k5"]])
    assert rows(conn, "select event_count, first_seen, last_seen, version from issues where id = %s", overflow) == [
        (2, NOW + timedelta(seconds=3), NOW + timedelta(seconds=4), 2)
    ]


def test_the_log_and_the_audit_tell(conn: Connection, ops: Actor) -> None:
    overflow = flooded(conn, 4)
    ids = sorted(folded_ids(conn).values())
    with conn.transaction():
        done = unfold(conn, ops, overflow, ids)
    own = list(done.issues.values())
    told = rows(conn, "select action, actor, actor_id, data from activity where issue_id = %s order by id", overflow)
    assert told[1:] == [
        ("unfolded", "person", ops.id, {"n": 2, "issues": own}),
        ("emptied", "system", None, {}),
    ]
    assert rows(conn, "select action, actor_id, data from activity where issue_id = any(%s)", own) == [
        ("unfolded_from", ops.id, {"issue": overflow})
    ] * len(own)
    assert rows(conn, "select action, object, person_id, data from audit_log where action = 'issue.unfold'") == [
        ("issue.unfold", f"issue {overflow}", ops.id, {"groupings": ids, "issues": own})
    ]


def test_rules_run_even_when_the_events_are_gone(conn: Connection, ops: Actor) -> None:
    overflow = flooded(conn, 4, environment="eu", objects={"order": "1001"})
    conn.execute("insert into teams (project_id, slug, name) values (1, 'eu', 'Europe')")
    conn.execute("insert into channels (project_id, name, kind, url) values (1, 'c', 'wecom', 'https://x.example/')")
    conn.execute(
        "insert into rules (project_id, position, name, query, team_id, due_minutes) "
        "values (1, 1, 'r', 'env:eu order:1001 code:k3', 1, 60)"
    )
    conn.execute("delete from events")
    done = unfold_all(conn, ops, overflow)
    own = done.issues[max(done.issues)]
    assert rows(conn, "select id, status, due_at is not null from issues where team_id = 1") == [
        (own, "assigned", True)
    ]
    assert rows(conn, "select kind, issue_id from deliveries order by issue_id") == [
        ("new", issue) for issue in sorted(done.issues.values())
    ]


def test_a_mute_by_count_goes_on_counting_what_is_left(conn: Connection, ops: Actor) -> None:
    overflow = flooded(conn, 6)
    with conn.transaction():
        mute(conn, ops, overflow, count=10)
    fold(conn)
    store(conn, [event("k3")])
    with conn.transaction():
        unfold(conn, ops, overflow, [folded_ids(conn)["k3"]])
    (left,) = rows(conn, "select muted_count from issues where id = %s", overflow)[0]
    assert (live_count(conn, overflow), left) == (3, 12)


def test_an_unfolded_kind_counts_in_the_minute_it_came_in(conn: Connection, ops: Actor) -> None:
    overflow = flooded(conn, 4)
    conn.execute("update groupings set created_at = created_at - interval '2 minutes'")
    conn.execute("update issues set created_at = created_at - interval '2 minutes'")
    unfold_all(conn, ops, overflow)
    done = store(conn, [event("new one")])
    assert (done.stored.issues, done.stored.folded) == (1, 0)


def test_a_closed_flood_is_not_used_again(conn: Connection, ops: Actor) -> None:
    first = flooded(conn, 4)
    unfold_all(conn, ops, first)
    store(conn, [event("k9")], 1)
    assert rows(conn, "select id > %s from issues where origin = 'overflow' and status = 'new'", first) == [(True,)]


def test_kinds_of_a_resolved_flood_can_be_unfolded(conn: Connection, ops: Actor) -> None:
    overflow = flooded(conn, 4)
    conn.execute("update issues set status = 'resolved', resolved_at = now(), root_cause_kind = 'other'")
    unfold_all(conn, ops, overflow)
    assert rows(conn, "select status, root_cause_kind from issues where id = %s", overflow) == [("resolved", "other")]
    assert rows(conn, "select count(*) from issues where status = 'new'") == [(2,)]


def test_who_may(conn: Connection, ops: Actor) -> None:
    overflow = flooded(conn, 4)
    ids = sorted(folded_ids(conn).values())
    seed = Seed(conn)
    support, stranger = seed.person("Sue", "support"), seed.person("Eve", "ops", scope="store:eu-*")
    with pytest.raises(NotAllowed):
        unfold(conn, support, overflow, ids)
    for names in (ids, None):
        with pytest.raises(NotFound), conn.transaction():
            unfold(conn, stranger, overflow, ids) if names else unfolding._bite(conn, stranger, overflow, None)
    with pytest.raises(NotFound), conn.transaction():
        unfold(conn, replace(ops, project_id=2), overflow, ids)
    with pytest.raises(NotFound), conn.transaction():
        unfold(conn, ops, 2**40, ids)
    for bad in ([], [2**40], [*ids, 1], list(range(1, 300))):
        with pytest.raises(InvalidField), conn.transaction():
            unfold(conn, ops, overflow, bad)
    conn.execute("update issues set merged_into = 1 where id = %s", (overflow,))
    with pytest.raises(IllegalTransition), conn.transaction():
        unfold(conn, ops, overflow, ids)
    assert len(folded_ids(conn)) == 2


def test_a_scope_reaches_its_own_kinds_alone(conn: Connection) -> None:
    store(conn, [event("k0"), event("k1")])
    store(conn, [event("us", store="us-1"), event("eu", store="eu-1"), event("de", store="eu-2")])
    overflow = rows(conn, "select id from issues where origin = 'overflow'")[0][0]
    ids = folded_ids(conn)
    seed = Seed(conn)
    half = seed.person("Half", "ops", scope="store:us-*,eu-*", act="store:eu-*")
    blind = seed.person("Blind", "ops", scope="store:eu-*")
    with pytest.raises(NotAllowed), conn.transaction():
        unfold(conn, half, overflow, [ids["us"]])
    with pytest.raises(InvalidField), conn.transaction():
        unfold(conn, blind, overflow, [ids["us"]])
    done = unfold_all(conn, half, overflow)
    assert sorted(done.issues) == sorted([ids["eu"], ids["de"]])
    assert done.left == 0
    assert folded_ids(conn) == {"us": ids["us"]}


def test_all_goes_on_in_bites_up_to_a_limit(conn: Connection, ops: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    overflow = flooded(conn, 12)
    monkeypatch.setattr(unfolding, "BITE", 3)
    monkeypatch.setattr(unfolding, "MOST", 6)
    done = unfold_all(conn, ops, overflow)
    assert (len(done.issues), done.left) == (6, 4)
    done = unfold_all(conn, ops, overflow)
    assert (len(done.issues), done.left) == (4, 0)
    assert unfold_all(conn, ops, overflow).issues == {}


class Busy:
    """Intake, the worker and a person who all work on the same flood, each over a connection of its own."""

    def __init__(self, database_url: str, ops: Actor) -> None:
        self._url = database_url
        self._ops = ops
        self._ended = threading.Event()

    def run(self) -> None:
        with ThreadPoolExecutor(4) as pool:
            others = [pool.submit(self._repeat, work) for work in (self._fold, self._unfold)]
            senders = [pool.submit(self._send, number) for number in (1, 2)]
            try:
                for sender in senders:
                    sender.result()
            finally:
                self._ended.set()
            for other in others:
                other.result()

    def _send(self, occurrences: int) -> None:
        with Database(self._url).connect(autocommit=True) as conn:
            for n in range(40):
                store(conn, [event(f"f{(n * k) % 60}", occurrences=occurrences) for k in range(1, 9)])

    def _repeat(self, work: Callable[[Connection], object]) -> None:
        with Database(self._url).connect(autocommit=True) as conn:
            while not self._ended.is_set():
                work(conn)

    def _fold(self, conn: Connection) -> None:
        fold(conn, most=7)

    def _unfold(self, conn: Connection) -> None:
        query = """select g.issue_id, (array_agg(g.id))[1:3] from folded_groupings f
                   join groupings g on g.id = f.grouping_id group by g.issue_id"""
        for issue, some in rows(conn, query):
            with conn.transaction():
                unfold(conn, self._ops, issue, some)


def test_nothing_is_lost_or_doubled_while_intake_and_worker_run(
    database_url: str, ops: Actor, conn: Connection
) -> None:
    Busy(database_url, ops).run()
    fold(conn)
    wrong = """select i.id, i.event_count, s.n from issues i left join (
                   select g.issue_id, sum(e.occurrences) as n from groupings g join events e on e.grouping_id = g.id
                   group by 1) s on s.issue_id = i.id where i.event_count <> coalesce(s.n, 0)"""
    assert rows(conn, wrong) == []
    assert rows(conn, "select sum(event_count), count(*) filter (where origin = 'overflow') > 0 from issues") == [
        (320 + 640, True)
    ]
    assert rows(conn, "select count(*) > 2 from issues where origin = 'event'") == [(True,)]
