"""The embedded PostgreSQL: start, restart, kill, refuse."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from openclaw_otel_bridge.embedded import EmbeddedPostgres
from openclaw_otel_bridge.embedded_place import EmbeddedError, find_place


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pg")
    return folder / "data"


def test_starts_keeps_data_and_uses_scram(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    try:
        with psycopg.connect(server.url()) as connection:
            connection.execute("create table kept (n int)")
            connection.execute("insert into kept values (7)")
            assert connection.info.server_version // 10000 == 18
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.url().replace(f":{server._password}@", ":wrong@"))
        socket_dir = server._socket_dir
        assert socket_dir is not None
        assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "postgres.password").stat().st_mode) == 0o600
    finally:
        server.stop()
    again = EmbeddedPostgres(home)
    again.start()
    try:
        with psycopg.connect(again.url()) as connection:
            assert connection.execute("select n from kept").fetchone() == (7,)
    finally:
        again.stop()


def test_recovers_after_kill_9(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("create table kept as select generate_series(1, 1000) as n")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    while server.poll() is None:
        time.sleep(0.01)
    again = EmbeddedPostgres(home)
    again.start()
    try:
        with psycopg.connect(again.url()) as connection:
            assert connection.execute("select count(*) from kept").fetchone() == (1000,)
    finally:
        again.stop()
        server.stop()


def test_ends_with_a_killed_parent(home: Path) -> None:
    code = (
        "import sys, time, pathlib\n"
        "from openclaw_otel_bridge.embedded import EmbeddedPostgres\n"
        "s = EmbeddedPostgres(pathlib.Path(sys.argv[1])); s.start(); print(s.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and _alive(pid):
        time.sleep(0.1)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:3]
    except OSError:
        return False


def test_refuses_data_of_another_version(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    server.stop()
    place = find_place(home)
    (place.home / "cluster" / "PG_VERSION").write_text("15\n")
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 15, this is 18"):
        EmbeddedPostgres(home).start()


def test_refuses_a_folder_it_cannot_make(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match="cannot be made"):
        EmbeddedPostgres(tmp_path / "file" / "data").start()


def test_names_what_the_server_said(home: Path) -> None:
    with pytest.raises(EmbeddedError, match="no_such_setting"):
        EmbeddedPostgres(home, {"no_such_setting": "1"}).start()


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("x" * 60) / ("y" * 60))
    server.start()
    try:
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        server.stop()


def test_a_wrong_password_file_is_named(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    server.stop()
    (home / "postgres.password").write_text("another")
    with pytest.raises(EmbeddedError, match="does not hold the password"):
        EmbeddedPostgres(home).start()


@pytest.mark.parametrize("depth", [1, 8])  # eight: too long for a socket, which then lies in a folder for this start
def test_started_again_after_its_death_it_is_found_at_the_same_url(tmp_path: Path, depth: int) -> None:
    home = tmp_path.joinpath(*["a-folder-with-a-name"] * depth)
    server = EmbeddedPostgres(home)
    server.start()
    try:
        url, pid = server.url(), server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while server.poll() is None:
            time.sleep(0.05)
        settings = find_place(home).home / "cluster" / "postgresql.conf"
        fine = settings.read_text()
        settings.write_text(fine + "nonsense\n")
        with pytest.raises(EmbeddedError, match="ended at once"):
            server.start()
        settings.write_text(fine)
        server.start()
        with psycopg.connect(url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        server.stop()
