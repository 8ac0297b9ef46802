from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.worker import Task, Worker
from tests.bridge.seeding import insert
from tests.bridge.working import Company, Robot, company, conn, robot

__all__ = ["company", "conn", "robot"]


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something the worker does, in its own time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "the worker did not do it in time"
        time.sleep(0.05)


@pytest.fixture
def worker(database_url: str) -> Iterator[Worker]:
    found = Worker(Config(database_url, public_url="http://bridge.example"))
    thread = threading.Thread(target=found.run)
    thread.start()
    yield found
    found.stop()
    thread.join(20)
    assert not thread.is_alive()


class Watch:
    """Reads and writes in autocommit, so that both sides see each other at once."""

    def __init__(self, company: Company) -> None:
        company.conn.commit()
        company.conn.autocommit = True
        self.company = company

    def status(self) -> list[str]:
        return [row[3] for row in self.company.deliveries()]


@pytest.fixture
def watch(company: Company) -> Watch:
    return Watch(company)


def deliver(watch: Watch, channel: int) -> None:
    insert(watch.company.conn, "deliveries", project_id=1, channel_id=channel, kind="new", data={"issue": 7})


def test_it_seeds_folds_unmutes_sends_and_shows_that_it_lives(watch: Watch, robot: Robot, worker: Worker) -> None:
    one = watch.company.one
    issue = watch.company.issue(muted_until=datetime.now(UTC) - timedelta(seconds=1))
    watch.company.seed.event(issue)
    channel = watch.company.channel(robot.url)
    deliver(watch, channel)
    until(lambda: "sent" in watch.status())
    until(lambda: one("select event_count from issues where id = %s", issue) == 1)
    until(lambda: one("select muted_until is null from issues where id = %s", issue))
    until(lambda: one("select n > 0 from totals where name = 'worker_heartbeat'") is True)
    until(lambda: one("select (settings ->> 'seeded')::boolean from projects") is True)
    today = datetime.now(UTC).date()
    until(lambda: one(f"select to_regclass('events_d{today:%Y%m%d}') is not null"))


def test_it_waits_for_a_database_that_is_gone_and_goes_on(
    watch: Watch, robot: Robot, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "openclaw_otel_bridge.worker")
    channel = watch.company.channel(robot.url)
    deliver(watch, channel)
    until(lambda: watch.status() == ["sent"])
    watch.company.conn.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    deliver(watch, channel)
    until(lambda: watch.status() == ["sent", "sent"])
    until(lambda: "the database is back after" in caplog.text)
    assert "the database is gone, waiting for it" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_running_send_is_finished_and_recorded_before_the_end(watch: Watch, robot: Robot, database_url: str) -> None:
    robot.answers = [(200, {}, b'{"errcode": 0}', 1.0)]
    deliver(watch, watch.company.channel(robot.url))
    worker = Worker(Config(database_url))
    thread = threading.Thread(target=worker.run)
    thread.start()
    until(lambda: len(robot.heard) == 1)
    worker.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert watch.status() == ["sent"]
    assert len(robot.heard) == 1


def test_a_worker_with_no_database_stops_at_once_when_told(caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker(Config("postgresql://nobody:s3cretpw@127.0.0.1:1/none"))
    thread = threading.Thread(target=worker.run)
    thread.start()
    until(lambda: "the database is gone" in caplog.text)
    worker.stop()
    thread.join(8)
    assert not thread.is_alive()
    assert "s3cretpw" not in caplog.text


def test_one_failing_task_does_not_stop_the_others(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker(Config(database_url))
    ran: list[str] = []

    def broken(conn: object) -> None:
        ran.append("broken")
        raise psycopg.ProgrammingError("no such column")

    def fine(conn: object) -> None:
        ran.append("fine")
        worker.stop()

    worker._loop([Task("broken", 0.0, broken), Task("fine", 0.0, fine)])
    assert ran == ["broken", "fine"]
    assert "broken failed; it is tried again" in caplog.text
