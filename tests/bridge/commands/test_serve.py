"""`openclaw-otel serve`: serves against DATABASE_URL, stops on SIGTERM, names a port in use."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

COMMAND = [str(Path(sys.executable).with_name("openclaw-otel")), "serve"]


def environ(database_url: str, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLAW_")}
    return {**kept, "DATABASE_URL": database_url, "OPENCLAW_OTEL_PORT": str(port), "OPENCLAW_OTEL_PROCESSES": "1"}


def test_serves_until_told_to_stop_and_names_a_port_in_use(database_url: str, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = environ(database_url, port)
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(COMMAND, env=env, stdout=log, stderr=log, cwd=tmp_path)
        try:
            deadline = time.monotonic() + 40
            while time.monotonic() < deadline:
                try:
                    if requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200:
                        break
                except requests.RequestException:
                    time.sleep(0.1)
            assert "login" in requests.get(f"http://127.0.0.1:{port}/", timeout=10).url
            second = subprocess.run(COMMAND, env=env, capture_output=True, text=True, cwd=tmp_path, check=False)
            assert second.returncode == 1
            assert f"cannot listen on 127.0.0.1:{port}" in second.stderr
        finally:
            process.terminate()
            assert process.wait(30) == 0


def test_a_missing_setting_is_named(tmp_path: Path) -> None:
    env = {**environ("", 0), "DATABASE_URL": ""}
    done = subprocess.run(COMMAND, env=env, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("openclaw-otel serve: OPENCLAW_OTEL_PORT") or "DATABASE_URL" in done.stderr
