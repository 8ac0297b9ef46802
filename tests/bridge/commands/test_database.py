from __future__ import annotations

import io
import json

import pytest

from openclaw_otel_bridge.commands.database import operator, read_password, run_reporting, show, transaction
from openclaw_otel_bridge.workflow.errors import InvalidField, NotFound


@pytest.fixture
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATABASE_URL_FILE"):
        monkeypatch.delenv(name, raising=False)


def _touch() -> None:
    with transaction() as conn:
        operator(conn, "default")


def report(capsys: pytest.CaptureFixture[str]) -> str:
    assert run_reporting("user", _touch) == 1
    return capsys.readouterr().err


@pytest.mark.usefixtures("_no_settings")
def test_every_failure_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, empty_database_url: str
) -> None:
    assert report(capsys).startswith("openclaw-otel user: DATABASE_URL")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:s3cretpw@127.0.0.1:1/x")
    unreachable = report(capsys)
    assert "cannot be reached" in unreachable
    assert unreachable.count("\n") == 1
    assert "s3cretpw" not in unreachable
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    assert "openclaw-otel migrate" in report(capsys)


def test_the_operator_acts_in_a_project_that_is_there(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with transaction() as conn:
        assert operator(conn, "default").project_id == 1
        with pytest.raises(NotFound):
            operator(conn, "elsewhere")


def test_a_password_comes_on_stdin_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_password(False) is None
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse \r\nrest"))
    assert read_password(True) == "correct horse "
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(InvalidField):
        read_password(True)


def test_results_for_scripts_and_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    show({"name": "小明"}, "added 小明", as_json=True)
    show({"name": "小明"}, "added 小明", as_json=False)
    first, second = capsys.readouterr().out.splitlines()
    assert json.loads(first) == {"name": "小明"}
    assert second == "added 小明"
