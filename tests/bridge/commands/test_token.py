from __future__ import annotations

import json

import pytest

from openclaw_otel_bridge.commands import user
from openclaw_otel_bridge.commands.token import main
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.people.login import actor_by_token


@pytest.fixture(autouse=True)
def _database(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert user.main(["add", "mei@shop.example", "--role", "admin"]) == 0
    capsys.readouterr()


def test_create_prints_the_bare_token_once(capsys: pytest.CaptureFixture[str], database_url: str) -> None:
    assert main(["create", "mei@shop.example", "--name", "ci"]) == 0
    token = capsys.readouterr().out.strip()
    with Database(database_url).connect() as conn:
        actor = actor_by_token(conn, token)
    assert actor
    assert actor.email == "mei@shop.example"
    assert main(["list", "--json"]) == 0
    listed = capsys.readouterr().out
    assert token not in listed
    (item,) = json.loads(listed)["items"]
    assert (item["name"], item["person_name"]) == ("ci", "mei")
    assert item["last_used_at"]
    assert main(["revoke", str(item["id"])]) == 0
    with Database(database_url).connect() as conn:
        assert actor_by_token(conn, token) is None
    assert main(["list"]) == 0
    assert "revoked" in capsys.readouterr().out.splitlines()[-1]


def test_what_is_wrong_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["create", "nobody@shop.example"]) == 1
    assert "no person nobody@shop.example" in capsys.readouterr().err
    assert main(["revoke", "999"]) == 1
    assert "no token 999" in capsys.readouterr().err
    assert main(["list"]) == 0
    assert "token create" in capsys.readouterr().out
