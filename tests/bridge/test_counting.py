from __future__ import annotations

from datetime import timedelta

from openclaw_otel_bridge.counting import fold
from openclaw_otel_bridge.db import Database
from tests.bridge.seeding import NOW
from tests.bridge.working import Company, company, conn

__all__ = ["company", "conn"]


def test_counts_move_once_into_counters_issues_and_totals(company: Company) -> None:
    one, two = company.issue(), company.issue()
    for store, occurrences in (("a", 1), ("a", 2), ("b", 5)):
        company.seed.event(one, NOW + timedelta(minutes=occurrences), store=store, env="prod", occurrences=occurrences)
    company.seed.event(two, NOW - timedelta(days=1))
    before = company.one("select n from totals where name = 'events'")
    company.conn.commit()
    company.conn.autocommit = True
    assert fold(company.conn, most=3) == 4
    assert fold(company.conn) == 0
    assert company.row("select event_count, last_seen from issues where id = %s", one) == (
        8,
        NOW + timedelta(minutes=5),
    )
    assert company.row("select event_count, last_seen from issues where id = %s", two) == (1, NOW)
    rows = company.conn.execute("select store, env, n from counters order by store, n").fetchall()
    assert rows == [("", "", 1), ("a", "prod", 3), ("b", "prod", 5)]
    assert company.one("select n from totals where name = 'events'") == before + 9
    company.seed.event(one, NOW, store="a", env="prod")
    assert fold(company.conn) == 1
    assert company.one("select n from counters where store = 'a'") == 4
    assert company.one("select version from issues where id = %s", one) == 1, "a count is no change by a person"


def test_a_place_remembers_its_first_message_and_its_times(company: Company) -> None:
    issue = company.issue(platform="shopify")
    late, early = NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)
    company.seed.event(issue, late, store="a", service="erp", message="late")
    company.conn.commit()
    company.conn.autocommit = True
    assert fold(company.conn) == 1
    for at, message in ((early, "early"), (NOW, "between")):
        company.seed.event(issue, at, store="a", service="erp", message=message)
    assert fold(company.conn) == 2
    assert company.row("select n, first_seen, last_seen, message from sightings") == (3, early, late, "early")
    assert company.row("select count(*), sum(n)::int from tallies") == (2, 3)
    company.conn.execute(
        "insert into counter_deltas (grouping_id, hour, store, n, last_seen) select id, %s, 'a', 1, %s from groupings",
        (NOW, NOW),
    )
    assert fold(company.conn) == 1, "of a process of the version before"
    assert company.row("select platform, service from places order by id desc limit 1") == ("shopify", "")


def test_a_delta_of_a_grouping_that_is_gone_stops_nobody(company: Company) -> None:
    company.conn.execute(
        "insert into counter_deltas (grouping_id, hour, n, last_seen) values (999999, now(), 1, now())"
    )
    company.seed.event(company.issue())
    company.conn.commit()
    company.conn.autocommit = True
    assert fold(company.conn) == 2


def test_one_folder_at_a_time(database_url: str, company: Company) -> None:
    company.seed.event(company.issue())
    company.conn.commit()
    company.conn.execute("select pg_advisory_xact_lock(7345000000000000001)")
    with Database(database_url).connect(autocommit=True) as other:
        assert fold(other) == 0
        company.conn.rollback()
        assert fold(other) == 1
