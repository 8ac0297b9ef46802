"""The data directory: one owner at a time, secrets made once, files nobody else reads."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from openclaw_otel_bridge.datadir import SECRETS, DataDir, DataDirError


def test_a_second_taker_is_refused_by_name(tmp_path: Path) -> None:
    first = DataDir(tmp_path / "d")
    first.take()
    with pytest.raises(DataDirError, match=r"in use by another .* \(process \d+\)"):
        DataDir(tmp_path / "d").take()
    first.leave_lock()
    DataDir(tmp_path / "d").take()


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirError, match="cannot be used as data directory"):
        DataDir(tmp_path / "file" / "d").take()


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "d")
    data.take()
    made = data.secrets({})
    assert set(made) == set(SECRETS)
    assert data.secrets({}) == made
    assert stat.S_IMODE((tmp_path / "d" / "secrets.json").stat().st_mode) == 0o600


def test_secrets_of_the_environment_win(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "d")
    data.take()
    assert "SECRET_KEY" not in data.secrets({"SECRET_KEY": "x"})
    assert "JWT_SECRET" not in data.secrets({"JWT_SECRET_FILE": "/run/secrets/jwt"})


def test_the_connection_file_is_private_and_replaced_whole(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "d")
    data.take()
    assert data.connection() == {}
    data.write_connection({"url": "http://127.0.0.1:1", "admin": {"email": "a@b.example"}})
    data.write_connection({"url": "http://127.0.0.1:2"})
    assert data.connection() == {"url": "http://127.0.0.1:2"}
    assert stat.S_IMODE((tmp_path / "d" / "connection.json").stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "d").iterdir()) == ["connection.json", "up.lock"]
