"""Beyond a limit a minute, new kinds of errors share one overflow issue; nothing of them is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.intake.flood import Flood
from openclaw_otel_bridge.intake.issues import Places
from tests.bridge.flooding import NOW, event, flooded, folded_ids, store


@pytest.fixture
def conn(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("set time zone 'UTC'")
        yield connection


def rows(conn: Connection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    return conn.execute(query, values).fetchall()  # type: ignore[call-overload,no-any-return]


def test_what_is_over_the_limit_is_folded_into_one_issue(conn: Connection) -> None:
    done = store(conn, (event(f"k{n}", at=NOW + timedelta(seconds=n)) for n in range(5)))
    assert rows(conn, "select origin, code, status from issues order by id") == [
        ("event", "k0", "new"),
        ("event", "k1", "new"),
        ("overflow", "flood", "new"),
    ]
    assert (done.stored.events, done.stored.issues, done.stored.folded) == (5, 3, 3)
    assert rows(conn, "select key, fingerprint, parts from groupings where issue_id = 3 order by id") == [
        (f"v1:k{n}", f"v1:k{n}", ["platform=shopify", "operation=orders.get", f"code=k{n}"]) for n in (2, 3, 4)
    ]
    assert rows(conn, "select count(distinct grouping_id), sum(n) from counter_deltas") == [(5, 5)]
    assert rows(conn, "select code, message, category, first_seen, first_event ->> 'store' from folded_groupings") == [
        (f"k{n}", f"failed k{n}", "validation", NOW + timedelta(seconds=n), "us-1") for n in (2, 3, 4)
    ]
    assert rows(conn, "select issue_id, action from activity order by id") == [(n, "created") for n in (1, 2, 3)]
    (texts,) = rows(conn, "select explanation, next_step from issues where origin = 'overflow'")
    assert all(set(text) == {"en", "zh"} for text in texts)


def test_later_events_find_their_grouping_and_later_kinds_the_open_issue(conn: Connection) -> None:
    flooded(conn, 4)
    done = store(conn, [event("k3"), event("k3"), event("k9")])
    assert (done.stored.issues, done.stored.folded) == (0, 1)
    assert rows(conn, "select count(*) from issues") == [(3,)]
    assert rows(conn, "select count(*) from groupings") == [(5,)]


def test_the_limit_is_of_one_project_and_one_minute(conn: Connection) -> None:
    conn.execute("insert into projects (slug, name) values ('second', 'Second')")
    store(conn, [event(f"k{n}", project=project) for n in range(3) for project in (1, 2)])
    assert rows(conn, "select project_id, origin, count(*) from issues group by 1, 2 order by 1, 2") == [
        (project, origin, n) for project in (1, 2) for origin, n in (("event", 2), ("overflow", 1))
    ]
    conn.execute("update issues set created_at = created_at - interval '61 seconds' where project_id = 1")
    store(conn, [event("later", project=project) for project in (1, 2)])
    assert rows(conn, "select project_id from issues where code = 'later'") == [(1,)]


def test_without_a_limit_nothing_is_asked(conn: Connection) -> None:
    flood = Flood(conn, 0)
    conn.close()
    flood.look([1])
    assert not flood.folds(1)


def test_a_resolved_flood_comes_back_by_its_kinds_and_a_new_one_is_a_new_issue(conn: Connection) -> None:
    first = flooded(conn, 3)
    conn.execute("update issues set status = 'resolved', resolved_at = %s where id = %s", (NOW, first))
    late = event("k2", at=NOW - timedelta(minutes=9))
    store(conn, [late, event("k8")])
    assert rows(conn, "select id, status from issues where origin = 'overflow' order by id") == [
        (first, "resolved"),
        (first + 1, "new"),
    ]
    store(conn, [event("k2", at=NOW + timedelta(minutes=1))])
    assert rows(conn, "select status, regressed from issues where id = %s", first) == [("new", True)]


def test_channels_hear_once_of_a_flood(conn: Connection) -> None:
    conn.execute("insert into channels (project_id, name, kind, url) values (1, 'c', 'wecom', 'https://x.example/')")
    flooded(conn, 5)
    store(conn, [event("k8")])
    told = rows(conn, "select kind, data ->> 'kinds' from deliveries where issue_id = 3")
    assert told == [("new", "3")]


def test_rules_give_a_flood_an_owner(conn: Connection) -> None:
    conn.execute("insert into teams (project_id, slug, name) values (1, 'pay', 'Payments')")
    conn.execute("insert into rules (project_id, position, name, query, team_id) values (1, 1, 'r', 'code:flood', 1)")
    overflow = flooded(conn, 4)
    assert rows(conn, "select id from issues where team_id = 1") == [(overflow,)]


def test_a_folded_grouping_learns_what_its_carrier_knows(conn: Connection) -> None:
    flooded(conn, 3)
    conn.execute("delete from folded_groupings")
    short = event("k9", message="", weak=True)
    store(conn, [short])
    assert rows(conn, "select message from folded_groupings") == [("",)]
    carrier = event("k9", ident=short.id, message="told", release="2.0")
    store(conn, [carrier])
    assert rows(conn, "select message, first_event ->> 'release' from folded_groupings") == [("told", "2.0")]
    assert rows(conn, "select message from issues where origin = 'overflow'") == [("",)]
    assert rows(conn, "select message from events where id = %s", short.id) == [("told",)]


def test_describing_finds_a_grouping_that_was_unfolded_meanwhile(conn: Connection) -> None:
    flooded(conn, 3)
    conn.execute("delete from folded_groupings")
    short = event("k9", message="", weak=True)
    store(conn, [short])
    places = Places(conn, 2)
    full = event("k9", message="told")
    places.resolve([full])
    conn.execute("insert into issues (project_id, first_seen, last_seen) values (1, now(), now())")
    conn.execute("update groupings set issue_id = (select max(id) from issues) where key = 'v1:k9'")
    conn.execute("delete from folded_groupings")
    places.describe(full)
    assert rows(conn, "select origin, message from issues order by id desc limit 2") == [
        ("event", "told"),
        ("overflow", ""),
    ]


def test_all_processes_count_the_same_issues(database_url: str, conn: Connection) -> None:
    start = threading.Barrier(4)

    def work(number: int) -> None:
        with psycopg.connect(database_url, autocommit=True) as mine:
            start.wait()
            for n in range(10):
                store(mine, [event(f"{number}-{n}"), event(f"shared-{n}")], 7)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, number) for number in range(4)]:
            done.result()
    assert rows(conn, "select origin, count(*) from issues group by 1 order by 1") == [("event", 7), ("overflow", 1)]
    assert rows(conn, "select count(*) from groupings") == [(50,)]
    assert len(folded_ids(conn)) == 43
    assert rows(conn, "select sum(n) from counter_deltas") == [(80,)]


def test_the_question_is_answered_by_an_index(conn: Connection) -> None:
    conn.execute(
        "insert into issues (project_id, first_seen, last_seen, created_at) "
        "select 1, now(), now(), now() - n * interval '1 minute' from generate_series(1, 20000) n"
    )
    conn.execute("analyze issues")
    plan = rows(
        conn,
        "explain select count(*) from (select from issues i where i.project_id = 1 and i.origin = 'event' "
        "and i.created_at > now() - interval '1 minute' limit 200) made",
    )
    assert "issues_made" in str(plan)
