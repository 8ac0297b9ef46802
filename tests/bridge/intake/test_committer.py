"""Commits are shared, bad items fall alone, a full queue or a lost database turns senders away and loses nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing

import psycopg
import pytest

from openclaw_otel_bridge.db import Connection, Database
from openclaw_otel_bridge.intake.committer import Committer, Limits
from openclaw_otel_bridge.problems import Unavailable


def insert(conn: Connection, items: Sequence[str]) -> None:
    conn.execute("insert into audit_log (action, object) select 'x', unnest(%s::text[])", (list(items),))


def stored(url: str) -> list[str]:
    with psycopg.connect(url) as conn:
        return sorted(row[0] for row in conn.execute("select object from audit_log"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url)) as database:
        yield database


def test_an_answer_means_committed(database: Database, database_url: str) -> None:
    with closing(Committer("test", database, insert)) as committer:
        assert committer.submit(["a", "b"]) == []
        assert stored(database_url) == ["a", "b"]
        assert committer.submit([]) == []
        assert committer.depth == 0


def test_requests_on_their_way_share_a_transaction(database: Database, database_url: str) -> None:
    with closing(Committer("test", database, insert, Limits(seconds=60))) as committer:
        ready = threading.Barrier(60)

        def request(text: str) -> None:
            committer.expect()
            ready.wait(30)
            committer.submit([text])

        threads = [threading.Thread(target=request, args=(f"{n:03}",)) for n in range(60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert stored(database_url) == [f"{n:03}" for n in range(60)]
        assert committer.figures.transactions == 1
        assert committer.figures.items == 60


def test_a_large_request_waits_for_no_other(database: Database) -> None:
    limits = Limits(seconds=3600, patience=60)
    with closing(Committer("test", database, insert, limits)) as committer:
        other = threading.Thread(target=committer.expect)
        other.start()
        other.join()
        assert committer.submit(["a"] * limits.enough) == []


def test_nobody_waits_for_a_request_that_brings_nothing(database: Database) -> None:
    with closing(Committer("test", database, insert, Limits(seconds=60))) as committer:
        gone = threading.Event()

        def request() -> None:
            committer.expect()
            gone.wait(30)
            committer.expect_no_more()

        thread = threading.Thread(target=request)
        thread.start()
        waiting = threading.Thread(target=committer.submit, args=(["a"],))
        waiting.start()
        gone.set()
        thread.join()
        waiting.join(30)
        assert not waiting.is_alive()


def test_a_bad_item_falls_alone(database: Database, database_url: str) -> None:
    with closing(Committer("test", database, insert)) as committer:
        items = [f"{n:03}" for n in range(20)] + ["nul \x00 byte"] + [f"{n:03}" for n in range(20, 40)]
        (refused,) = committer.submit(items)
        assert refused.item == "nul \x00 byte"
        assert "NUL" in refused.reason
        assert stored(database_url) == [f"{n:03}" for n in range(40)]


def test_a_bug_refuses_its_item_only(database: Database, database_url: str) -> None:
    def fragile(conn: Connection, items: Sequence[str]) -> None:
        if "bomb" in items:
            raise ValueError("cannot read bomb")
        insert(conn, items)

    with closing(Committer("test", database, fragile)) as committer:
        (refused,) = committer.submit(["a", "bomb", "b"])
        assert (refused.item, refused.reason) == ("bomb", "cannot read bomb")
        assert stored(database_url) == ["a", "b"]


def test_large_requests_are_cut(database: Database, database_url: str) -> None:
    with closing(Committer("test", database, insert, Limits(flush=10))) as committer:
        assert committer.submit([str(n) for n in range(95)]) == []
        assert len(stored(database_url)) == 95
        assert committer.figures.transactions == 5


def test_a_full_queue_turns_away(database: Database) -> None:
    release = threading.Event()

    def slow(conn: Connection, items: Sequence[str]) -> None:
        release.wait(10)

    with closing(Committer("test", database, slow, Limits(queue=3, seconds=0))) as committer:
        first = threading.Thread(target=committer.submit, args=(["a", "b"],))
        first.start()
        while committer.depth == 0:
            time.sleep(0.001)
        with pytest.raises(Unavailable) as caught:
            committer.submit(["c", "d"])
        assert caught.value.headers["Retry-After"] == "1"
        assert committer.figures.turned_away == 2
        release.set()
        first.join()
        assert committer.submit(["c", "d"]) == []


def test_a_request_wider_than_the_queue_goes_in_when_it_is_empty(database: Database) -> None:
    with closing(Committer("test", database, insert, Limits(queue=3))) as committer:
        assert committer.submit(list("abcdef")) == []


def test_a_missing_table_is_not_the_items_fault(database: Database) -> None:
    def misplaced(conn: Connection, items: Sequence[str]) -> None:
        conn.execute("insert into nowhere values (1)")

    with closing(Committer("test", database, misplaced)) as committer:
        with pytest.raises(Unavailable):
            committer.submit(["a"])
        assert committer.figures.refused == 0


def test_a_gone_database_sends_back() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with closing(Committer("test", database, insert)) as committer, pytest.raises(Unavailable):
        committer.submit(["a"])


def test_a_killed_session_is_made_again(database: Database, database_url: str) -> None:
    with closing(Committer("test", database, insert)) as committer:
        committer.submit(["a"])
        with psycopg.connect(database_url, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid, 2000) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        assert committer.submit(["b"]) == []
        assert stored(database_url) == ["a", "b"]
        assert committer.figures.repeats >= 1


def test_a_slow_database_is_not_waited_for(database: Database) -> None:
    def slow(conn: Connection, items: Sequence[str]) -> None:
        time.sleep(0.5)

    with closing(Committer("test", database, slow, Limits(patience=0.1))) as committer:
        with pytest.raises(Unavailable, match="too slow"):
            committer.submit(["a"])


def test_after_close_nothing_is_taken(database: Database) -> None:
    committer = Committer("test", database, insert)
    committer.submit(["a"])
    committer.close()
    with pytest.raises(Unavailable):
        committer.submit(["b"])


def test_what_is_looked_up_is_looked_up_by_index(database: Database) -> None:
    seen: list[str] = []

    def look(conn: Connection, _: Sequence[str]) -> None:
        plan = "explain select 1 from events where trace_id = '\\x01' and day = current_date"
        seen.extend(row[0] for row in conn.execute(plan))

    with closing(Committer("test", database, look)) as committer:
        committer.submit(["a"])
    assert any("Index" in line for line in seen), seen  # the partition is empty: a whole read would look cheapest
    assert not any("Seq Scan" in line for line in seen), seen
