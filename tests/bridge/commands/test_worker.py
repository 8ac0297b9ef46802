from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from openclaw_otel_bridge.commands.worker import main
from openclaw_otel_bridge.db import queries

RUN = "import sys; from openclaw_otel_bridge.commands.worker import main; sys.exit(main([]))"


def test_it_starts_works_and_stops_cleanly_on_sigterm(database_url: str) -> None:
    environ = {**os.environ, "DATABASE_URL": database_url}
    with subprocess.Popen([sys.executable, "-c", RUN], env=environ, stderr=subprocess.PIPE, text=True) as process:
        with psycopg.connect(database_url, autocommit=True) as conn:
            end = time.monotonic() + 30
            while conn.execute("select 1 from totals where name = 'worker_heartbeat'").fetchone() is None:
                assert time.monotonic() < end
                time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert process.returncode == 0, log
    assert "worker started" in log
    assert log.strip().endswith("worker stopped")
    assert "Traceback" not in log


def test_a_bad_setting_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://x")
    assert main([]) == 1
    assert capsys.readouterr().err.startswith("openclaw-otel worker: DATABASE_URL: ")


def test_a_health_check_knows_whether_a_worker_was_seen(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert main(["--check"]) == 1
    assert "last seen never" in capsys.readouterr().err
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(queries("worker")["heartbeat"])
        assert main(["--check"]) == 0
        conn.execute("update totals set n = n - 90 where name = 'worker_heartbeat'")
    assert main(["--check"]) == 1
    assert "no worker is at work; last seen 9" in capsys.readouterr().err
