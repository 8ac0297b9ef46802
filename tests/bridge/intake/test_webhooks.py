"""Into the database in time, else into the spool, else back to the sender."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake.committer import Committer
from openclaw_otel_bridge.intake.parcels import Parcel, of_project
from openclaw_otel_bridge.intake.projects import Projects
from openclaw_otel_bridge.intake.spool import Bounds, Spool
from openclaw_otel_bridge.intake.store import Store
from openclaw_otel_bridge.intake.webhooks import MOST_PATIENCE, UNKNOWN, Ways, Webhooks
from openclaw_otel_bridge.problems import Unavailable
from openclaw_otel_bridge.sentry.keeping import keep_hooks
from tests.bridge.intake.test_parcels import ROW, refused


@contextmanager
def ways(database: Database) -> Iterator[Ways]:
    store = Store(Config(database.url).retention)
    found = Ways(
        Committer("webhooks", database, store.write, prepare=store.prepare),
        Committer("sentry_hooks", database, keep_hooks),
    )
    with closing(found.items), closing(found.hooks):
        yield found


@pytest.fixture
def parts(database_url: str) -> Iterator[tuple[Ways, Projects]]:
    with closing(Database(database_url)) as database, ways(database) as found:
        yield found, Projects(database)


def nothing(nowhere: Database) -> Ways:
    """Ways to a database that is not there; their threads start with the first item."""
    return Ways(
        Committer("webhooks", nowhere, lambda conn, items: None), Committer("sentry_hooks", nowhere, keep_hooks)
    )


def rows(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as conn:
        return conn.execute("select dedup_key, project_id, copies from webhook_inbox order by 1").fetchall()


def soon(seconds: float = 0.3) -> float:
    return time.monotonic() + seconds


def parcel(key: str, project_id: int = 1) -> Parcel:
    return Parcel("default", (replace(ROW, dedup_key=key, id=uuid4(), project_id=project_id),))


def test_what_is_not_committed_in_time_waits_and_is_stored_once(
    parts: tuple[Ways, Projects], database_url: str, tmp_path: Path
) -> None:
    spool = Spool(tmp_path)
    webhooks = Webhooks(*parts, spool)
    webhooks.start()
    assert webhooks.project("default", soon()) == 1
    assert webhooks.project("none", soon()) is None
    assert webhooks.take(parcel("a"), soon(5), proved=True) == []
    with psycopg.connect(database_url) as blocker:
        blocker.execute("lock table webhook_inbox in access exclusive mode")
        assert webhooks.take(parcel("b"), soon(), proved=True) == ()
        started = time.monotonic()
        for key in ("c", "d"):  # the trouble is known: nobody waits to find out again
            assert webhooks.take(parcel(key), soon(5), proved=False) == ()
        assert time.monotonic() - started < 2
        assert spool.look().files == 3
        blocker.rollback()
    deadline = time.monotonic() + 30
    while spool.waiting():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    # The one given up was committed after all when the lock went; it is the same delivery, and no copy.
    assert rows(database_url) == [(key, 1, 1) for key in "abcd"]
    assert (webhooks.spooled, webhooks.turned_away) == (3, 0)
    webhooks.close()


def test_with_no_database_at_all_and_the_event_of_a_forgery(tmp_path: Path, database_url: str) -> None:
    nowhere = Database("postgresql://u:p@127.0.0.1:9/none", timeout=5)
    gone = Webhooks(nothing(nowhere), Projects(nowhere), Spool(tmp_path))
    started = time.monotonic()
    for _ in range(3):
        assert gone.project("default", soon()) == UNKNOWN
    assert gone.take(parcel("a", UNKNOWN), soon(), proved=True) == ()
    assert gone.take(Parcel("default", (of_project(refused(), UNKNOWN),)), soon(), proved=False) == ()
    assert time.monotonic() - started < 1
    nowhere.close()
    with closing(Database(database_url)) as database, ways(database) as back:
        webhooks = Webhooks(back, Projects(database), Spool(tmp_path))
        assert webhooks.drain is not None
        assert webhooks.drain.drain() == 2
    assert rows(database_url) == [("a", 1, 1)]
    with psycopg.connect(database_url) as conn:
        assert conn.execute("select project_id, category from issues").fetchall() == [(1, "webhook_signature")]


def test_a_crash_between_commit_and_removal_doubles_nothing(
    parts: tuple[Ways, Projects], database_url: str, tmp_path: Path
) -> None:
    spool = Spool(tmp_path)
    webhooks = Webhooks(*parts, spool)
    event = Parcel("default", (refused(),))
    for one in (parcel("a", UNKNOWN), parcel("b", UNKNOWN), event):
        webhooks._keep(one, spool, 1.0)
    files = {file: file.read_bytes() for file in spool.waiting()}
    assert webhooks.drain is not None
    for _ in range(3):
        for file, data in files.items():
            file.write_bytes(data)
        assert webhooks.drain.drain() == 3
    assert rows(database_url) == [("a", 1, 1), ("b", 1, 1)]
    with psycopg.connect(database_url) as conn:
        assert conn.execute("select count(*) from events").fetchall() == [(1,)]


def test_a_full_or_broken_spool_sends_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    nowhere = Database("postgresql://u:p@127.0.0.1:9/none")
    committer = nothing(nowhere)
    webhooks = Webhooks(committer, Projects(nowhere), Spool(tmp_path / "spool", Bounds(files=4)))
    for _ in range(2):
        webhooks.take(parcel("a", UNKNOWN), soon(), proved=False)
    with pytest.raises(Unavailable) as sent_back:
        webhooks.take(
            parcel("a", UNKNOWN), soon(), proved=False
        )  # anybody can send it: half is left for what is signed
    assert sent_back.value.headers["Retry-After"] == "30"
    webhooks.take(parcel("a", UNKNOWN), soon(), proved=True)
    (tmp_path / "file").write_text("")
    broken = Webhooks(committer, Projects(nowhere), Spool(tmp_path / "file"))
    with pytest.raises(Unavailable):
        broken.take(parcel("a", UNKNOWN), soon(), proved=True)
    assert (webhooks.turned_away, broken.turned_away) == (1, 1)
    assert "the spool takes no more" in caplog.text
    nowhere.close()


def test_without_a_spool_it_is_sent_back_and_said(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = Database("postgresql://u:p@127.0.0.1:9/none", timeout=0.2)
    committer = nothing(nowhere)
    webhooks = Webhooks(committer, Projects(nowhere), None)
    webhooks.start()
    with pytest.raises(psycopg.OperationalError):
        webhooks.project("default", soon())
    with pytest.raises(Unavailable):
        webhooks.take(parcel("a"), soon(), proved=True)
    assert "OPENCLAW_OTEL_SPOOL_DIR names no directory" in caplog.text
    webhooks.close()
    committer.items.close()
    nowhere.close()


def test_how_long_a_platform_is_kept_waiting(parts: tuple[Ways, Projects], tmp_path: Path) -> None:
    for spool, deadline, patience in (
        (None, 60, 48),
        (None, 0.1, 0.3),
        (Spool(tmp_path), 60, MOST_PATIENCE),
        (Spool(tmp_path), 0.5, 0.4),
    ):
        waits = Webhooks(*parts, spool).until(deadline) - time.monotonic()
        assert waits == pytest.approx(patience, abs=0.1)
