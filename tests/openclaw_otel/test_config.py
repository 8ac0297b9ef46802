"""The library's settings: from the environment and openclaw.toml; a bad one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw_otel.config import Config, flag, secret
from openclaw_otel.errors import ConfigError


def toml(folder: Path, text: str) -> dict[str, str]:
    (folder / "openclaw.toml").write_text(text, "utf-8")
    return {"OPENCLAW_OTEL_CONFIG": str(folder / "openclaw.toml")}


def test_defaults_need_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Config.from_env({}) == Config()


def test_the_file_in_the_working_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    toml(tmp_path, '[[stores]]\nname = "us"\nplatform = "shopify"\n')
    assert [store.name for store in Config.from_env({}).stores] == ["us"]


def test_secrets_come_by_reference(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old secret\n")
    text = f'[[stores]]\nname = "us"\nplatform = "shopify"\nwebhook_secrets = ["env:US", "file:{tmp_path}/old"]\n'
    (store,) = Config.from_env({**toml(tmp_path, text), "US": "new secret"}).stores
    assert store.webhook_secrets == ("new secret", "old secret")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[stores]]\nname = "us"\n', "platform is missing"),
        ('[[stores]]\nname = "us"\nplatform = "shopify"\ncolour = "red"\n', "unknown key 'colour'"),
        ('[[stores]]\nname = "us"\nplatform = "shopify"\nwebhook_secrets = ["plain"]\n', "env:NAME or file:/path"),
        ('[[stores]]\nname = "us"\nplatform = "shopify"\nwebhook_secrets = ["env:NOT_THERE"]\n', "NOT_THERE: is empty"),
        ("[[stores]\n", "openclaw.toml"),
        ('[stores.us]\nplatform = "shopify"\n', r"write \[\[stores\]\]"),
        ("stores = [1]\n", r"write \[\[stores\]\]"),
        ('[platforms]\nerp = "x"\n', r"write \[platforms.<name>\]"),
        *(
            (f'[[stores]]\nname = "us"\nplatform = "shopify"\n{key} = {value}\n', f"store us: {key} is not {word}")
            for key, value, word in (
                ("identifiers", '"us.myshopify.com"', "a list of texts"),
                ("webhook_secrets", '"env:US"', "a list of texts"),
                ("webhook_secrets", "[7]", "a list of texts"),
                ("parameters", "[]", "a table"),
                ("base_url", "7", "text"),
                ("project", "1", "text"),
            )
        ),
    ],
)
def test_a_bad_file_is_named_with_its_fault(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        Config.from_env(toml(tmp_path, text))


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({"OPENCLAW_OTEL_CONFIG": "/nowhere.toml"}, "OPENCLAW_OTEL_CONFIG"),
        ({"OPENCLAW_OTEL_CATALOG_DIR": "/nowhere"}, "OPENCLAW_OTEL_CATALOG_DIR"),
        ({"OPENCLAW_OTEL_REDACTION_RULES": "/nowhere"}, "OPENCLAW_OTEL_REDACTION_RULES"),
        ({"OPENCLAW_OTEL_TRACE_PLUGINS": "perhaps"}, "OPENCLAW_OTEL_TRACE_PLUGINS"),
        ({"OPENCLAW_OTEL_HASH_KEY_FILE": "/nowhere"}, "OPENCLAW_OTEL_HASH_KEY_FILE"),
    ],
)
def test_a_bad_variable_is_named(environ: dict[str, str], variable: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_env(environ)
    assert caught.value.variable == variable


def test_plugins_are_a_list() -> None:
    assert Config.from_env({"OPENCLAW_OTEL_PLUGINS": " redact, classify,"}).plugins == ("redact", "classify")


def test_flags_and_secrets(tmp_path: Path) -> None:
    assert flag({"A": "Yes"}, "A")
    assert not flag({"A": "off"}, "A", default=True)
    assert flag({}, "A", default=True)
    (tmp_path / "s").write_text(" from file \n")
    assert secret({"S_FILE": str(tmp_path / "s")}, "S") == "from file"
    assert secret({"S": "direct", "S_FILE": str(tmp_path / "s")}, "S") == "direct"
