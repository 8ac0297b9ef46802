"""Adapters of other packages: found one by one, the broken one named and left out, ours never replaced."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from openclaw_otel import adapters, contributed
from openclaw_otel.adapters.shopify import ShopifyAdapter
from openclaw_otel.commands import plugins
from openclaw_otel.errors import UnknownPlatform
from openclaw_otel.platforms import Platforms


class Acme(ShopifyAdapter):
    name = "acme"
    hosts = ("api.acme.example",)


def point(name: str, value: str = "third_party_adapters:Acme") -> EntryPoint:
    return EntryPoint(name, value, contributed.GROUP)


@pytest.fixture(autouse=True)
def module() -> Iterator[None]:
    """A module that plays a third party's package."""
    there = types.ModuleType("third_party_adapters")
    there.__dict__.update(Acme=Acme, Plain=dict, broken=lambda: 1 / 0)
    sys.modules[there.__name__] = there
    yield
    del sys.modules[there.__name__]


def test_a_good_one_is_found() -> None:
    found = contributed.contributed(adapters.ADAPTERS, [point("acme")])
    assert isinstance(found.adapters["acme"], Acme)
    assert found.status == (contributed.AdapterStatus("acme", "?"),)


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (point("shopify"), "there is an adapter of that name already"),
        (point("other"), "calls itself 'acme'"),
        (point("custom:erp"), "lower_snake_case"),
        (point("plain", "third_party_adapters:Plain"), "no subclass of openclaw_otel.Adapter"),
        (point("broken", "third_party_adapters:broken"), "ZeroDivisionError"),
        (point("gone", "no_such_package:Acme"), "ModuleNotFoundError"),
    ],
    ids=lambda value: value.name if isinstance(value, EntryPoint) else "",
)
def test_a_bad_one_is_named_and_stops_nobody(bad: EntryPoint, problem: str, caplog: pytest.LogCaptureFixture) -> None:
    found = contributed.contributed(adapters.ADAPTERS, [bad, point("acme")])
    assert list(found.adapters) == ["acme"]
    (refused,) = (status for status in found.status if status.problem)
    assert problem in refused.problem
    assert bad.name in caplog.text


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install a distribution that contributes `acme` beside a name of ours, as pip would."""
    info = tmp_path / "acme_adapter-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-adapter\nVersion: 1.2\n")
    entries = "acme = third_party_adapters:Acme\nshopify = third_party_adapters:Acme\n"
    (info / "entry_points.txt").write_text(f"[{contributed.GROUP}]\n{entries}")
    monkeypatch.syspath_prepend(tmp_path)
    caches = (adapters.contributed_adapters, adapters.get_adapter)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def test_an_installed_one_is_a_platform_like_ours(installed: None, capsys: pytest.CaptureFixture[str]) -> None:
    found = Platforms().adapter_for_url("https://api.acme.example/orders/1")
    assert found is adapters.get_adapter("acme")
    assert type(adapters.get_adapter("shopify")) is ShopifyAdapter
    with pytest.raises(UnknownPlatform, match="no adapter for 'acmee'; known: acme, amazon_sp"):
        adapters.get_adapter("acmee")
    plugins.main([])
    out = capsys.readouterr().out
    assert "acme  1.2  in use" in out
    assert "shopify  1.2  not used: ValueError" in out
