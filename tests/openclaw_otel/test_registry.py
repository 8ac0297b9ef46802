"""Finding plugins: one by one, the broken one named and left out."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest

from openclaw_otel.config import Config
from openclaw_otel.errors import CannotEnable, ConfigError
from openclaw_otel.hookspecs import Side, Stage, hookimpl
from openclaw_otel.record import ErrorRecord
from openclaw_otel.registry import GROUP, load


class Nothing:
    stage = Stage.ENRICH
    order = 100
    runs = frozenset({Side.SOURCE})

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, record: ErrorRecord) -> ErrorRecord:
        return record


@pytest.fixture
def plugin() -> Iterator[types.ModuleType]:
    """A module that plays a third party's package."""
    module = types.ModuleType("third_party_plugin")
    sys.modules[module.__name__] = module
    yield module
    del sys.modules[module.__name__]


def point(name: str, value: str = "third_party_plugin") -> EntryPoint:
    return EntryPoint(name, value, GROUP)


def test_first_party_processors_come_through_the_same_door() -> None:
    loaded = load(Config())
    assert {"classify", "enrich", "fingerprint", "redact"} <= {
        status.name for status in loaded.status if not status.problem
    }
    assert loaded.processors
    assert loaded.redactors


def test_parts_of_a_plugin_are_taken(plugin: types.ModuleType) -> None:
    plugin.register_processors = hookimpl(lambda config: [Nothing("mine")])  # type: ignore[attr-defined]
    loaded = load(Config(), [point("mine")])
    assert [processor.name for processor in loaded.processors] == ["mine"]
    assert loaded.status[0].hooks == ("register_processors",)


def test_a_broken_plugin_is_named_and_the_others_run(
    plugin: types.ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    plugin.register_processors = hookimpl(lambda config: [Nothing("mine")])  # type: ignore[attr-defined]
    loaded = load(Config(), [point("broken", "no_such_module"), point("mine")])
    assert [processor.name for processor in loaded.processors] == ["mine"]
    assert "no_such_module" in loaded.status[0].problem
    assert "plugin broken is not used" in caplog.text


def test_a_misspelt_hook_is_found(plugin: types.ModuleType) -> None:
    plugin.register_procesors = hookimpl(lambda config: [])  # type: ignore[attr-defined]
    assert "register_procesors" in load(Config(), [point("typo")]).status[0].problem


def test_one_that_cannot_work_is_quiet_when_found_and_fatal_when_named(plugin: types.ModuleType) -> None:
    def register_processors(config: Config) -> list[Nothing]:
        raise CannotEnable("needs a key")

    plugin.register_processors = hookimpl(register_processors)  # type: ignore[attr-defined]
    assert load(Config(), [point("keyed")]).status[0].problem == "needs a key"
    with pytest.raises(ConfigError, match="keyed cannot work: needs a key"):
        load(Config(plugins=("keyed",)), [point("keyed")])


def test_only_the_named_are_loaded_and_unknown_names_are_refused(plugin: types.ModuleType) -> None:
    plugin.register_processors = hookimpl(lambda config: [Nothing("mine")])  # type: ignore[attr-defined]
    loaded = load(Config(plugins=("a",)), [point("a"), point("b")])
    assert [status.problem for status in loaded.status] == ["", "not in OPENCLAW_OTEL_PLUGINS"]
    with pytest.raises(ConfigError, match="no plugin 'c'; installed: a, b"):
        load(Config(plugins=("c",)), [point("a"), point("b")])
