"""Whatever dies under load: what was acknowledged is stored, nothing is there twice, and the bridge comes back.

The clients send each request until it is acknowledged, and at the end everything once more.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import requests

from tests.prove.load import Load, check
from tests.up_process import Running, free_port, gone, running, wait_for

TIMES = 10 if os.environ.get("OPENCLAW_OTEL_FULL") else 1
POOL = 2
STOPPED_SECONDS = 20


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Running]:
    settings = {"OPENCLAW_OTEL_POOL_SIZE": str(POOL)}
    with running(tmp_path / "data", free_port(), environ=settings) as up:
        up.ready(60)
        yield up


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_postgres(pid: int) -> bool:
    return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"


def part(up: Running, fits: Callable[[int], bool]) -> int:
    """Return the child of `up` that fits, once it is there: what dies often is started again after some seconds."""
    return wait_for(lambda: [pid for pid in children(up.process.pid) if fits(pid)], 30)[0]


def postgres(up: Running) -> int:
    return part(up, is_postgres)


def web(up: Running) -> int:
    """The process that forks the web processes."""
    return part(up, lambda pid: not is_postgres(pid) and bool(children(pid)))


def worker(up: Running) -> int:
    server = web(up)
    return part(up, lambda pid: not is_postgres(pid) and pid != server)


def kill_a_web_process(up: Running) -> None:
    os.kill(children(web(up))[0], signal.SIGKILL)


def kill_the_web_server(up: Running) -> None:
    os.kill(web(up), signal.SIGKILL)


def kill_the_worker(up: Running) -> None:
    os.kill(worker(up), signal.SIGKILL)


def kill_all_of_up(up: Running) -> None:
    assert gone(up.kill())
    up.start()


def kill_the_supervisor_alone(up: Running) -> None:
    family = up.family()
    up.process.kill()
    up.process.wait(10)
    assert gone(family)
    up.start()


def kill_postgres(up: Running) -> None:
    os.kill(postgres(up), signal.SIGKILL)


def kill_a_backend(up: Running) -> None:
    """A backend that dies makes the server throw out all connections and recover."""
    with psycopg.connect(up.connection()["database_url"], autocommit=True) as conn:
        rows = conn.execute(
            "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
        ).fetchall()
    os.kill(rows[0][0], signal.SIGKILL)


def restart_postgres(up: Running) -> None:
    os.kill(postgres(up), signal.SIGINT)


@contextmanager
def stop_postgres(server: int) -> Iterator[None]:
    """Let the server's processes stand still; it may be dead at the end."""
    family = [server, *children(server)]
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def stop_postgres_for_a_while(up: Running) -> None:
    with stop_postgres(postgres(up)):
        time.sleep(STOPPED_SECONDS)


FAULTS: tuple[Callable[[Running], None], ...] = (
    kill_a_web_process, kill_the_web_server, kill_the_worker, kill_all_of_up, kill_the_supervisor_alone,
    kill_postgres, kill_a_backend, restart_postgres, stop_postgres_for_a_while,
)  # fmt: skip


def suffer(up: Running, load: Load, fault: Callable[[Running], None]) -> None:
    """One fault under load; returns when the bridge is ready and takes failures again."""
    load.progress()
    fault(up)
    up.started = time.monotonic()
    up.ready(90)
    load.progress()


@pytest.mark.prove
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_what_was_acknowledged_is_stored_once(up: Running, fault: Callable[[Running], None]) -> None:
    with Load(up) as load:
        for _ in range(TIMES):
            suffer(up, load, fault)
    check(load)


@pytest.mark.prove
def test_an_exhausted_pool_is_said_and_answered_503(up: Running) -> None:
    """Requests that need a connection of the pool wait for a lock somebody holds; all others find none left."""
    for _ in range(TIMES):
        exhaust(up)


def exhaust(up: Running) -> None:
    log = up.data.parent / "up.log"
    connection = up.connection()
    before = log.read_text().count("all of them in use")
    headers = {"Authorization": f"Bearer {connection['api_token']}"}

    def read(_: int) -> int:
        return requests.get(f"{connection['url']}/api/v1/issues", headers=headers, timeout=60).status_code

    with Load(up) as load:
        load.progress()
        with psycopg.connect(connection["database_url"]) as conn, ThreadPoolExecutor(16) as pool:
            conn.execute("lock table api_tokens, project_keys in access exclusive mode")
            reading = [pool.submit(read, n) for n in range(16)]
            wait_for(lambda: requests.get(f"{connection['url']}/readyz", timeout=30).status_code == 503, 30)
            wait_for(lambda: log.read_text().count("all of them in use") > before, 30)
            conn.rollback()
            statuses = {each.result() for each in reading}
        up.started = time.monotonic()
        up.ready(30)
        load.progress()
    assert statuses <= {200, 503}
    assert 503 in statuses
    check(load)


def test_the_everyday_faults(up: Running) -> None:
    with Load(up) as load:
        for fault in (kill_a_web_process, kill_the_worker, restart_postgres):
            suffer(up, load, fault)
    check(load)
