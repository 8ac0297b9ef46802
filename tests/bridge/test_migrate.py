"""Migrations apply once, refuse what would harm, and together make exactly schema.sql."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql

from openclaw_otel_bridge.migrate import Migration, MigrationError, apply, migrate, pending, shipped
from openclaw_otel_bridge.query.shapes import RELEASE
from openclaw_otel_bridge.shaping import read_attributes

CATALOG: dict[str, LiteralString] = {
    "columns": """
        select table_name, column_name, data_type, udt_name, is_nullable, column_default, is_identity
        from information_schema.columns where table_schema = 'public'""",
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'",
    "constraints": """
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        from pg_constraint where connamespace = 'public'::regnamespace""",
    "partitions": """
        select c.relname, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid), c.relkind::text
        from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'S')""",
    "functions": "select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace",
    "triggers": "select tgrelid::regclass::text, tgname from pg_trigger where not tgisinternal",
}
SEEDED = ("projects", "kinds", "totals")


@pytest.fixture
def conn(empty_database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        yield connection


def catalog(conn: psycopg.Connection[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: sorted(row for row in conn.execute(query).fetchall() if "schema_migrations" not in str(row[0]))
        for name, query in CATALOG.items()
    }
    for table in SEEDED:
        rows = conn.execute(sql.SQL("select to_jsonb(t) from {} t").format(sql.Identifier(table))).fetchall()
        found[table] = sorted(str({k: v for k, v in row[0].items() if k != "created_at"}) for row in rows)
    return found


def test_schema_is_all_migrations(database_url: str, conn: psycopg.Connection[Any]) -> None:
    conn.execute((resources.files("openclaw_otel_bridge") / "schema.sql").read_text("utf-8"))  # type: ignore[arg-type]
    with psycopg.connect(database_url) as migrated:
        assert catalog(migrated) == catalog(conn)


def test_second_run_applies_nothing(empty_database_url: str, conn: psycopg.Connection[Any]) -> None:
    names = [migration.name for migration in shipped()]
    assert pending(conn) == names
    assert migrate(empty_database_url) == names
    assert migrate(empty_database_url) == []
    assert pending(conn) == []


def test_two_at_once(empty_database_url: str) -> None:
    applied: list[list[str]] = []
    threads = [threading.Thread(target=lambda: applied.append(migrate(empty_database_url))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, applied)) == [0, 0, len(shipped())]


def test_a_failing_file_leaves_those_before_it(conn: psycopg.Connection[Any]) -> None:
    good = Migration("0001_good.sql", "create table good (id int)")
    bad = Migration("0002_bad.sql", "create table bad (id int); select nonsense")
    with pytest.raises(psycopg.errors.UndefinedColumn):
        apply(conn, [good, bad])
    assert conn.execute("select to_regclass('good'), to_regclass('bad')").fetchone() == ("good", None)
    mended = Migration("0002_bad.sql", "create table bad (id int)")
    assert apply(conn, [good, mended]) == ["0002_bad.sql"]


def test_a_changed_file_is_refused(conn: psycopg.Connection[Any]) -> None:
    apply(conn, [Migration("0001_a.sql", "select 1")])
    with pytest.raises(MigrationError, match=r"0001_a\.sql has changed"):
        apply(conn, [Migration("0001_a.sql", "select 2")])


def test_a_newer_database_is_refused(conn: psycopg.Connection[Any]) -> None:
    apply(conn, [Migration("0001_a.sql", "select 1"), Migration("0002_b.sql", "select 1")])
    with pytest.raises(MigrationError, match=r"0002_b\.sql, which this version does not know"):
        apply(conn, [Migration("0001_a.sql", "select 1")])


def test_an_unreachable_server_raises() -> None:
    with pytest.raises(psycopg.OperationalError):
        migrate("postgresql://nobody@127.0.0.1:1/none")


def test_numbers_have_no_gap() -> None:
    numbers = [int(migration.name[:4]) for migration in shipped()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_sightings_are_made_of_events_and_of_counts_that_outlived_them(conn: psycopg.Connection[Any]) -> None:
    apply(conn, shipped()[:5])
    conn.execute(
        """insert into issues (project_id, platform, service, message, first_seen, last_seen, event_count)
           values (1, 'shopify', 'erp', 'of the first', now(), now(), 7);
           insert into groupings (project_id, key, fingerprint, parts, issue_id, home_issue_id)
           values (1, 'k', 'f', '{}', 1, 1);
           insert into events (day, id, project_id, grouping_id, occurred_at, received_at, category, severity,
                               platform, store, service, occurrences, message)
           select '2026-03-01', gen_random_uuid(), 1, 1, '2026-03-01 10:20Z'::timestamptz + n * interval '1 minute',
                  now(), 'auth', 'error', 'shopify', 'us-1', case when n = 3 then 'tax' else 'erp' end, 1, 'm' || n
           from generate_series(1, 3) n;
           insert into counters values (1, '2026-01-01 10:00Z', 'us-1', '', 5), (1, '2026-03-01 10:00Z', 'us-1', '', 2);
           insert into counter_deltas (grouping_id, hour, store, env, n, last_seen)
           values (1, '2026-03-01 10:00Z', 'us-1', '', 1, now() + interval '1 day')"""
    )
    apply(conn, shipped())
    rows = conn.execute(
        """select p.service, s.n, s.first_seen, s.last_seen, s.message
           from sightings s join places p on p.id = s.place_id order by 1"""
    ).fetchall()
    assert rows == [
        ("erp", 7, at("2026-01-01 10:00"), at("2026-03-01 10:22"), "of the first"),
        ("tax", 1, at("2026-03-01 10:23"), at("2026-03-01 10:23"), "m3"),
    ]
    assert conn.execute("select hour, sum(n)::int from counters group by 1 order by 1").fetchall() == [
        (at("2026-01-01 10:00"), 5),
        (at("2026-03-01 10:00"), 3),
    ]
    assert conn.execute("select event_count, last_seen > now() from issues").fetchone() == (8, True)
    assert conn.execute("select count(*) from counter_deltas").fetchone() == (0,)


def test_events_of_before_are_to_be_read_for_searches(conn: psycopg.Connection[Any]) -> None:
    apply(conn, shipped()[:9])
    conn.execute(
        """insert into issues (project_id, first_seen, last_seen) values (1, now(), now());
           insert into groupings (project_id, key, fingerprint, parts, issue_id, home_issue_id)
           values (1, 'k', 'f', '{}', 1, 1);
           insert into events (day, id, project_id, grouping_id, occurred_at, received_at, category, severity, release)
           values ('2026-03-01', gen_random_uuid(), 1, 1, '2026-03-01 10:20Z', now(), 'auth', 'error', 'v7');
           insert into counter_deltas (grouping_id, hour, n, last_seen) values (1, '2026-03-01 10:00Z', 1, now())"""
    )
    apply(conn, shipped())
    assert read_attributes(conn) == 1
    assert conn.execute("select name, shape from attribute_shapes").fetchone() == (RELEASE, "v7")
    conn.execute("delete from counter_deltas")  # as the folding of the version before does, which knows of no shapes
    assert conn.execute("select grouping_id, since from attribute_unread").fetchone() == (1, at("2026-03-01 10:00"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
