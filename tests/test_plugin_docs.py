"""Every hook has its page, and the example on it works as it stands."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from openclaw_otel.config import Config
from openclaw_otel.hookspecs import Specs
from openclaw_otel.registry import GROUP, load

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "plugins"
HOOKS = [name for name in vars(Specs) if not name.startswith("_")]


def blocks(hook: str, language: str) -> list[str]:
    text = (PAGES / f"{hook}.md").read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_a_page_for_each_hook_and_no_other() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(HOOKS)
    overview = (ROOT / "plugins" / "README.md").read_text("utf-8")
    assert [hook for hook in HOOKS if f"(../docs/plugins/{hook}.md)" not in overview] == []


@pytest.mark.parametrize("hook", HOOKS)
def test_the_example_of_the_page_works(hook: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin, *uses = blocks(hook, "python")
    (toml,) = blocks(hook, "toml")
    ((name, module),) = tomllib.loads(toml)["project"]["entry-points"][GROUP].items()
    (tmp_path / f"{module}.py").write_text(plugin, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        (status,) = load(Config(), [EntryPoint(name, module, GROUP)]).status
        assert (status.hooks, status.problem) == ((hook,), "")
        assert uses
        for number, use in enumerate(uses):
            exec(compile(use, f"{hook}.md, example {number + 2}", "exec"), {})
    finally:
        sys.modules.pop(module, None)
