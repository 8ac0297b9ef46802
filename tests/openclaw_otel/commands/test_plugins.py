"""`openclaw-otel plugins`: what is installed, in which order, and why something is not in use."""

from __future__ import annotations

import pytest

from openclaw_otel.commands import plugins
from openclaw_otel.errors import ConfigError


def test_lists_the_installed_plugins(capsys: pytest.CaptureFixture[str]) -> None:
    assert plugins.main([]) == 0
    out = capsys.readouterr().out
    assert "redact " in out
    assert "order:" in out


def test_says_which_are_not_in_use(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCLAW_OTEL_PLUGINS", "classify")
    plugins.main([])
    out = capsys.readouterr().out
    assert "not used: not in OPENCLAW_OTEL_PLUGINS" in out
    assert "no redactor is loaded" in out


def test_lists_the_hooks_with_arguments_and_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    assert plugins.main(["--hooks"]) == 0
    out = capsys.readouterr().out
    assert "register_processors(config)\n    Return the processors" in out
    assert "register_redactors(config)" in out


def test_a_plugin_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCLAW_OTEL_PLUGINS", "nowhere")
    with pytest.raises(ConfigError, match="no plugin 'nowhere'"):
        plugins.main([])
