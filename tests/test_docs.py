"""What the documents name exists, and what exists is named there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from openclaw_otel import config as library
from openclaw_otel.cli import commands, main
from openclaw_otel.platforms import Platforms
from openclaw_otel_bridge import config as bridge

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
NESTED = ("catalog", "key", "token", "user")
"""Commands with commands of their own."""
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")


def test_env_example_lists_every_variable_and_no_other() -> None:
    known = {*library.VARIABLES, *bridge.VARIABLES, *bridge.SECRETS}
    listed = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE))
    assert {name for name in listed if not name.startswith("OTEL_")} == known


def test_env_example_is_accepted_as_it_is_once_the_blanks_are_filled() -> None:
    environ = dict(re.findall(r"^([A-Z][A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert environ["DATABASE_URL"]
    bridge.Config.from_env(environ)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_inside_the_repository_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8")):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS[:2], ids=lambda path: path.name)
def test_the_readme_names_every_subcommand(document: Path) -> None:
    text = document.read_text("utf-8")
    assert [name for name in commands() if f"`{name}`" not in text] == []


def examples() -> list[tuple[str, str]]:
    """Return command and example of each row of docs/cli.md."""
    text = (ROOT / "docs" / "cli.md").read_text("utf-8")
    return re.findall(r"^\| `([a-z]+)` \| `(openclaw-otel [^`]+)` \|", text, re.MULTILINE)


def test_the_page_of_commands_is_whole() -> None:
    assert sorted(name for name, _ in examples()) == sorted(commands())


@pytest.mark.parametrize(("name", "example"), examples(), ids=[name for name, _ in examples()])
def test_each_example_of_a_command_uses_what_it_knows(
    name: str, example: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = shlex.split(example)[1:]
    assert words[0] == name
    nested = words[1:2] if name in NESTED else []
    with pytest.raises(SystemExit) as ended:
        main([name, *nested, "--help"])
    assert ended.value.code == 0
    known = capsys.readouterr().out
    assert [word for word in words if word.startswith("--") and word not in known] == []


def test_make_targets_named_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for document in DOCUMENTS:
        for target in re.findall(r"`make ([a-z]+)", document.read_text("utf-8")):
            assert target in targets, f"{document.name}: make {target}"


def test_the_example_of_openclaw_toml_works(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "stores.md").read_text("utf-8"), re.DOTALL)
    text = "\n".join(blocks).replace("/run/secrets/shopify_old", str(tmp_path / "old"))
    (tmp_path / "old").write_text("old secret")
    (tmp_path / "openclaw.toml").write_text(text, "utf-8")
    environ = {"OPENCLAW_OTEL_CONFIG": str(tmp_path / "openclaw.toml"), "SHOPIFY_US_SECRET": "new secret"}
    settings = library.Config.from_env(environ)
    assert settings.stores[0].webhook_secrets == ("new secret", "old secret")
    erp = Platforms(settings).get("custom:erp")
    assert erp.owns("https://erp.example.com/api/orders/1")


def test_the_example_of_a_sentry_integration_works(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "sentry.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "openclaw.toml").write_text("\n".join(blocks), "utf-8")
    environ = {"OPENCLAW_OTEL_CONFIG": str(tmp_path / "openclaw.toml"), "DATABASE_URL": "postgresql://u:p@host/name"}
    environ |= {"SENTRY_CLIENT_SECRET": "hush", "SENTRY_AUTH_TOKEN": "token"}
    found = bridge.Config.from_env(environ).sentry["main"]
    assert (found.organization, found.client_secret, found.auth_token) == ("acme", "hush", "token")
