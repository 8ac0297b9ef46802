from __future__ import annotations

import io
import json
from typing import Any

import pytest

from openclaw_otel_bridge.commands.user import main
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.login import authenticate


@pytest.fixture(autouse=True)
def _database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> Any:
    assert main([*argv, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def login(url: str, email: str, password: str) -> Actor | None:
    with Database(url).connect() as conn:
        return authenticate(conn, email, password)


def test_add_list_passwd_disable_enable(capsys: pytest.CaptureFixture[str], database_url: str) -> None:
    added = run(capsys, "add", "mei@shop.example", "--name", "美", "--role", "ops", "--locale", "zh")
    actor = login(database_url, "mei@shop.example", added["password"])
    assert actor
    assert (actor.name, actor.role, actor.locale, actor.must_change) == ("美", "ops", "zh", True)
    assert added["teams"] == ["ops"], "a fresh project has its teams"
    assert [person["email"] for person in run(capsys, "list")["items"]] == ["mei@shop.example"]
    changed = run(capsys, "passwd", "mei@shop.example")
    assert login(database_url, "mei@shop.example", added["password"]) is None
    assert login(database_url, "mei@shop.example", changed["password"])
    assert run(capsys, "add", "boss@shop.example", "--role", "admin")["role"] == "admin"
    assert run(capsys, "disable", "mei@shop.example")["disabled"]
    assert len(run(capsys, "list")["items"]) == 1
    assert len(run(capsys, "list", "--all")["items"]) == 2
    run(capsys, "enable", "mei@shop.example")
    assert login(database_url, "mei@shop.example", changed["password"])


def test_a_password_given_on_stdin_is_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert main(["add", "mei@shop.example", "--role", "admin", "--password-stdin"]) == 0
    assert "correct" not in capsys.readouterr().out
    actor = login(database_url, "mei@shop.example", "correct horse battery")
    assert actor
    assert not actor.must_change


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["add", "no-address"], "email: 'no-address' is not an e-mail address"),
        (["add", "a@shop.example", "--team", "nowhere"], "no team 'nowhere'"),
        (["add", "a@shop.example", "--timezone", "X/Y"], "IANA"),
        (["add", "a@shop.example", "--project", "nowhere"], "no project nowhere"),
        (["passwd", "nobody@shop.example"], "no person nobody@shop.example"),
    ],
)
def test_what_is_wrong_is_one_line(capsys: pytest.CaptureFixture[str], argv: list[str], words: str) -> None:
    assert main(argv) == 1
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_the_first_person_may_be_anybody_but_an_admin_is_not_lost(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "add", "boss@shop.example", "--role", "admin")
    assert main(["disable", "boss@shop.example"]) == 1
    assert "no admin left" in capsys.readouterr().err


def test_an_empty_list_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert "user add" in capsys.readouterr().out
