from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from openclaw_otel_bridge import partitions
from openclaw_otel_bridge.config import Retention
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.housekeeping import TABLES, keep_house
from tests.bridge.seeding import insert
from tests.bridge.working import Company, company, conn

__all__ = ["company", "conn"]
TODAY = date(2026, 3, 1)
KEEP = Retention(events=30, spans=7, inbox=14, activity=400)


def children(company: Company) -> set[str]:
    found = set()
    for table in TABLES:
        rows = company.conn.execute(
            "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
            " where i.inhparent = %s::regclass",
            (table,),
        )
        found |= {row[0] for row in rows if not row[0].endswith("_default")}
    return found


def test_partitions_are_made_ahead_and_dropped_when_over(database_url: str, company: Company) -> None:
    company.conn.rollback()
    with Database(database_url).connect(autocommit=True) as worker:
        for table, age in (("events", 31), ("events", 30), ("spans", 8), ("spans", 7)):
            partitions.make(worker, table, TODAY - timedelta(days=age))
        for _ in range(2):
            keep_house(worker, KEEP, TODAY)
    names = children(company)
    ahead = {partitions.child_name(table, TODAY + timedelta(days=n)) for table in TABLES for n in range(3)}
    assert names == ahead | {"events_d20260130", "spans_d20260222"}


def test_a_partition_in_use_is_dropped_later(database_url: str, company: Company) -> None:
    old = TODAY - timedelta(days=40)
    company.conn.commit()
    with Database(database_url).connect(autocommit=True) as worker:
        partitions.make(worker, "events", old)
        company.conn.execute(f"lock table {partitions.child_name('events', old)} in access share mode")
        keep_house(worker, KEEP, TODAY)
        assert partitions.child_name("events", old) in children(company)
        company.conn.rollback()
        keep_house(worker, KEEP, TODAY)
    assert partitions.child_name("events", old) not in children(company)


def test_old_rows_go_and_what_is_not_done_stays(database_url: str, company: Company) -> None:
    issue, channel = company.issue(), company.channel()
    for days in (401, 399):
        at = datetime.now(UTC) - timedelta(days=days)
        insert(company.conn, "activity", issue_id=issue, actor="system", action="x", at=at)
        company.conn.execute(
            "insert into audit_log (action, object, at) values ('x', 'y', now() - make_interval(days => %s))", (days,)
        )
        for status in ("sent", "queued"):
            insert(
                company.conn, "deliveries", project_id=1, channel_id=channel, kind="new", status=status, created_at=at
            )
    company.conn.commit()
    with Database(database_url).connect(autocommit=True) as worker:
        keep_house(worker, KEEP)
    assert company.one("select count(*) from activity") == 1
    assert company.one("select count(*) from audit_log") == 1
    assert sorted(row[3] for row in company.deliveries()) == ["queued", "queued", "sent"]


def test_counts_of_processes_that_are_gone_go(database_url: str, company: Company) -> None:
    company.conn.execute(
        """insert into quota_usage (project_id, writer, minute, in_minute, day, in_day)
           select 1, gen_random_uuid(), now(), 1, (now() at time zone 'UTC')::date - age, 1
           from unnest(array[0, 1, 2, 9]) age"""
    )
    company.conn.commit()
    with Database(database_url).connect(autocommit=True) as worker:
        keep_house(worker, KEEP)
    assert company.one("select count(*) from quota_usage") == 2


def refused(company: Company) -> list[tuple[object, ...]]:
    query = "select protocol, reason, n, detail, first_at is null, at - coalesce(first_at, at) from rejects order by id"
    return company.conn.execute(query).fetchall()


def test_refusals_of_an_hour_that_is_over_become_one_row_and_old_ones_go(database_url: str, company: Company) -> None:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for at, detail in (
        (hour - timedelta(days=31), "old"),
        (hour - timedelta(minutes=50), "a"),
        (hour - timedelta(minutes=20), ""),
        (hour - timedelta(minutes=70), "b"),
        (hour, "now"),
        (hour, "now"),
    ):
        insert(company.conn, "rejects", project_id=1, protocol="p", reason="r", n=2, detail=detail, at=at)
    insert(company.conn, "rejects", protocol="p", reason="r", at=hour - timedelta(minutes=30))
    company.conn.commit()
    with Database(database_url).connect(autocommit=True) as worker:
        for _ in range(2):
            keep_house(worker, KEEP)
    none = timedelta(0)
    assert refused(company) == [
        ("p", "r", 4, "a", False, timedelta(minutes=30)),
        ("p", "r", 2, "b", False, none),
        ("p", "r", 2, "now", True, none),
        ("p", "r", 2, "now", True, none),
        ("p", "r", 1, "", False, none),
    ]
