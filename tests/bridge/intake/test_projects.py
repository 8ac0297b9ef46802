"""Settings are read rarely and believed for some seconds."""

from __future__ import annotations

import time
from contextlib import closing

import psycopg
import pytest

from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake import projects
from openclaw_otel_bridge.intake.projects import Projects


def test_projects(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projects, "REMEMBERED_SECONDS", 0.0)
    with closing(Database(database_url)) as database:
        found = Projects(database)
        assert (found.id_of("default"), found.id_of("none")) == (1, None)
        assert not found.takes_plain_errors(1)
        assert not found.takes_plain_errors(99)
        with database.connection() as conn:
            conn.execute("""update projects set settings = '{"error_logs": true}'""")
        assert found.takes_plain_errors(1)
        assert found.exists(1)
        assert found.limited == frozenset()
        with database.connection() as conn:
            conn.execute("""update projects set settings = '{"quota_per_day": 5}'""")
        assert found.settings(1).quota_per_day == 5
        assert found.limited == {1}
        assert not found.settings(99).has_quota
        assert not found.exists(99)


def test_while_the_database_is_gone_what_is_known_holds(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projects, "REMEMBERED_SECONDS", 0.0)
    with closing(Database(database_url)) as database, closing(Database("postgresql://u:p@127.0.0.1:9/none")) as gone:
        found = Projects(database)
        assert found.id_of("default") == 1
        found._database = gone
        assert found.id_of("default", patience=0.1) == 1
        assert found.exists(1)
        with pytest.raises(psycopg.OperationalError):  # it may have been made since
            found.id_of("new", patience=0.1)
        deadline = time.monotonic() + 20
        while found._reading is not None:  # the look at the database that is gone
            assert time.monotonic() < deadline
            time.sleep(0.01)
        found._database, found._until = database, 0.0
        assert found.id_of("new") is None


def test_where_nothing_is_known_only_the_first_waits_for_a_database_that_is_gone() -> None:
    with closing(Database("postgresql://u:p@127.0.0.1:9/none", timeout=30)) as gone:
        found = Projects(gone)
        started = time.monotonic()
        for _ in range(5):
            with pytest.raises(psycopg.OperationalError):
                found.id_of("default", patience=0.2)
        assert time.monotonic() - started < 2


def test_a_server_that_stands_still_keeps_nobody_waiting(database_url: str) -> None:
    with closing(Database(database_url)) as database:
        known, new = Projects(database), Projects(database)
        assert known.id_of("default") == 1
        with psycopg.connect(database_url) as blocker:
            blocker.execute("lock table projects in access exclusive mode")
            known._until = 0.0
            started = time.monotonic()
            assert [known.id_of("default", patience=0.3) for _ in range(20)] == [1] * 20
            assert time.monotonic() - started < 2
            assert all(known.exists(1) and not known.takes_plain_errors(1) for _ in range(20))
            assert time.monotonic() - started < 3
            for _ in range(5):
                with pytest.raises(psycopg.OperationalError, match="in time"):
                    new.id_of("default", patience=0.1)
            assert time.monotonic() - started < 3
            blocker.rollback()
        assert new.id_of("default") == 1
