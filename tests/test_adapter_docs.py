"""The page on writing adapters is a package that works: built from its blocks, registered, and run."""

from __future__ import annotations

import importlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from openclaw_otel import adapters
from openclaw_otel.adapters.base import Adapter
from openclaw_otel.catalog_check import check_document
from openclaw_otel.contributed import GROUP
from openclaw_otel.platforms import Platforms

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "adapters.md").read_text("utf-8")
PACKAGE = "acme_openclaw"
CACHES = (adapters.contributed_adapters, adapters.get_adapter)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install the page's package as pip would."""
    folder = tmp_path / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "adapter.py").write_text(blocks("python")[0], "utf-8")
    for name, text in zip(("acme.json", "vectors.json"), blocks("json"), strict=True):
        (folder / name).write_text(text, "utf-8")
    ((name, target),) = tomllib.loads(blocks("toml")[0])["project"]["entry-points"][GROUP].items()
    info = tmp_path / f"{PACKAGE}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {target}\n")
    monkeypatch.syspath_prepend(tmp_path)
    for cached in CACHES:
        cached.cache_clear()
    yield folder
    for cached in CACHES:
        cached.cache_clear()
    for module in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[module]


def test_the_package_of_the_page_passes_its_own_test(package: Path) -> None:
    exec(compile(blocks("python")[1], "adapters.md, the test", "exec"), {})
    assert importlib.import_module(f"{PACKAGE}.adapter").AcmeAdapter.__abstractmethods__ == frozenset()
    found = Platforms().adapter_for_url("https://eu.api.acme.example/v1/orders")
    assert found is adapters.get_adapter("acme")


def test_the_catalog_of_the_page_is_right() -> None:
    text = blocks("json")[0]
    assert list(check_document(json.loads(text), text, platform="acme")) == []


def test_what_the_page_says_can_be_refined_exists() -> None:
    sentence = PAGE.partition("Refine as the platform needs it:")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([a-z_]+)`", sentence))
    assert all(hasattr(Adapter, name) for name in named - {"headers", "nothing"})
