"""`openclaw-otel migrate`: from nothing to this version, and nothing the second time."""

from __future__ import annotations

import pytest

from openclaw_otel_bridge.commands.migrate import main
from openclaw_otel_bridge.migrate import shipped


def test_from_nothing_and_again(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    assert main([]) == 0
    assert capsys.readouterr().out.split() == [word for one in shipped() for word in ("applied", one.name)]
    assert main([]) == 0
    assert "up to date" in capsys.readouterr().out


def test_a_database_that_is_not_there_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert main([]) == 1
    assert capsys.readouterr().err.startswith("openclaw-otel migrate: ")
