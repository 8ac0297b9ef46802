"""`openclaw-otel key`: made once, listed without its text, revoked."""

from __future__ import annotations

import json

import pytest

from openclaw_otel_bridge.commands.key import main
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake.keys import Keys


@pytest.fixture(autouse=True)
def environ(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


def test_create_list_revoke(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["create", "--label", "order sync"]) == 0
    key = capsys.readouterr().out.strip()
    database = Database(database_url)
    assert Keys(database).project_of("ingest", key) == 1
    assert main(["list", "--json"]) == 0
    text = capsys.readouterr().out
    assert key not in text
    (listed,) = json.loads(text)["items"]
    assert (listed["label"], listed["revoked"]) == ("order sync", False)
    assert main(["revoke", str(listed["id"])]) == 0
    assert Keys(database).project_of("ingest", key) is None
    database.close()


def test_an_unknown_id_or_project_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["revoke", "99"]) == 1
    assert main(["create", "--project", "nowhere"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "nowhere" in lines[1]
