"""`[sentry.<name>]` tables: read, or refused by table and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw_otel.errors import ConfigError
from openclaw_otel_bridge.sentry.settings import load_settings


def load(tmp_path: Path, text: str, **environ: str) -> object:
    (tmp_path / "openclaw.toml").write_text(text, "utf-8")
    return load_settings({"OPENCLAW_OTEL_CONFIG": str(tmp_path / "openclaw.toml"), **environ})


def test_a_table(tmp_path: Path) -> None:
    text = '[sentry.main]\norganization = "acme"\nclient_secret = "env:S"\nauth_token = "env:T"\n'
    found = load(tmp_path, text, S="hush", T="token")
    assert isinstance(found, dict)
    main = found["main"]
    assert (main.organization, main.client_secret, main.auth_token) == ("acme", "hush", "token")
    assert (main.base_url, main.project) == ("https://sentry.io", "default")
    assert "hush" not in repr(main)
    assert load_settings({}) == {} == load(tmp_path, "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[sentry]\nmain = "x"', r"sentry\.main is not a table"),
        ('sentry = "x"', r"write a table \[sentry\.<name>\]"),
        ("[sentry.main]\nclient_secret = 'env:S'", "organization is missing"),
        ("[sentry.main]\norganization = 'a'", "client_secret is missing"),
        ("[sentry.main]\norganization = 'a'\nclient_secret = 'plain'", "a secret is written env:NAME or file:/path"),
        ("[sentry.main]\norganization = 'a'\nclient_secret = 'env:NONE'", "NONE: is empty"),
        ("[sentry.main]\norganization = 7\nclient_secret = 'env:S'", "organization is not text"),
        ("[sentry.main]\norganisation = 'a'", "unknown key 'organisation'; known: app_id"),
        ("[sentry.main]\norganization = 'a'\nclient_secret = 'env:S'\nbase_url = 'sentry.io'", "base_url is no URL"),
    ],
)
def test_bad_tables(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(tmp_path, text, S="hush")
