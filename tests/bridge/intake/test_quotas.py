"""So much and no more, counted by all processes together; free where there is no quota."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from openclaw_otel_bridge.config import Retention
from openclaw_otel_bridge.db import Connection, Database
from openclaw_otel_bridge.intake import quotas
from openclaw_otel_bridge.intake.projects import Projects
from openclaw_otel_bridge.intake.quotas import LONGEST_WAIT, QuotaExceeded, Quotas, Usage, refusal, usage_of
from openclaw_otel_bridge.intake.store import Store
from openclaw_otel_bridge.project_settings import ProjectSettings
from tests.bridge.flooding import event


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url)) as found:
        yield found


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    with database.connect(autocommit=True) as connection:
        yield connection


class Process:
    """What one web process has of it."""

    def __init__(self, database: Database, conn: Connection) -> None:
        self.quotas = Quotas(database, Projects(database))
        self._conn = conn
        self._store = Store(Retention(), 0, self.quotas)

    def stores(self, *kinds: str, project: int = 1) -> None:
        self.quotas.check(project)
        items = [event(kind, project=project) for kind in kinds]
        self._store.prepare(self._conn, items)
        with self._conn.transaction():
            self._store.write(self._conn, items)


@pytest.mark.parametrize(
    ("settings", "used", "wait"),
    [
        (ProjectSettings(quota_per_minute=10), Usage(1, 9, 900), None),
        (ProjectSettings(quota_per_minute=10), Usage(1, 10, 900, 12.3), 13),
        (ProjectSettings(quota_per_minute=10), Usage(1, 11, 900, -0.5), 1),
        (ProjectSettings(quota_per_day=10), Usage(1, 0, 10, 12.3, 100.0), 100),
        (ProjectSettings(quota_per_day=10), Usage(1, 0, 10), LONGEST_WAIT),
        (ProjectSettings(quota_per_minute=1, quota_per_day=10), Usage(1, 5, 50, 9.0, 400.0), 400),
        (ProjectSettings(), Usage(1, 10**9, 10**9), None),
    ],
)
def test_refusal(settings: ProjectSettings, used: Usage, wait: int | None) -> None:
    refused = refusal(settings, used)
    assert (int(refused.headers["Retry-After"]) if refused else None) == wait


def test_without_a_quota_nothing_is_counted_or_asked(database: Database, conn: Connection) -> None:
    Process(database, conn).stores("a")
    assert conn.execute("select count(*) from quota_usage").fetchone() == (0,)


def test_all_processes_share_a_quota(database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "BELIEVED_SECONDS", 0.0)
    conn.execute("""update projects set settings = '{"quota_per_day": 5}'""")
    conn.execute("insert into projects (slug, name) values ('free', 'Free')")
    one, two = Process(database, conn), Process(database, conn)
    one.stores("a", "b")
    two.stores("c", "d")
    one.stores("e", "f", "g")  # the last request goes in whole
    for process in (one, two):
        with pytest.raises(QuotaExceeded, match="quota of 5 events per day is used up"):
            process.stores("h")
    two.stores("x", project=2)
    assert conn.execute("select sum(in_day), sum(in_minute) > 0, count(*) from quota_usage").fetchone() == (7, True, 2)
    assert usage_of(conn, [1, 2])[2].in_day == 0


def test_a_process_knows_its_own_count_at_once(database: Database, conn: Connection) -> None:
    conn.execute("""update projects set settings = '{"quota_per_day": 2}'""")
    process = Process(database, conn)
    process.stores("a")
    process.stores("b")
    with pytest.raises(QuotaExceeded):
        process.stores("c")


def test_what_is_resent_or_rolled_back_is_not_counted(database: Database, conn: Connection) -> None:
    conn.execute("""update projects set settings = '{"quota_per_day": 100}'""")
    counting = Quotas(database, Projects(database))
    counting.check(1)
    store, same = Store(Retention(), 0, counting), [event("a"), event("b")]
    store.prepare(conn, same)
    for _ in range(2):
        with conn.transaction():
            store.write(conn, same)
    with conn.transaction(force_rollback=True):
        store.write(conn, [event("c")])
    assert usage_of(conn, [1])[1].in_day == 2


def test_a_new_minute_and_a_new_day_begin_at_nothing(database: Database, conn: Connection) -> None:
    conn.execute("""update projects set settings = '{"quota_per_day": 9, "quota_per_minute": 9}'""")
    process = Process(database, conn)
    process.stores("a")
    conn.execute("update quota_usage set minute = minute - interval '1 minute', in_minute = 500")
    assert usage_of(conn, [1])[1].in_minute == 0
    process.stores("b")
    assert (usage_of(conn, [1])[1].in_minute, usage_of(conn, [1])[1].in_day) == (1, 2)
    conn.execute("update quota_usage set day = day - 1, in_day = 500")
    assert usage_of(conn, [1])[1].in_day == 0
    process.stores("c")
    used = usage_of(conn, [1])[1]
    assert used.in_day == 1
    assert 0 < used.minute_left <= 60
    assert 0 < used.day_left <= 86_400
