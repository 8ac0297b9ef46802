"""Every hook is documented, has a first-party user, and the protocols are what plugins are checked against."""

from __future__ import annotations

import inspect

from openclaw_otel.config import Config
from openclaw_otel.hookspecs import Processor, Redactor, Specs, Stage
from openclaw_otel.registry import load


def hooks() -> list[str]:
    return [name for name, _ in inspect.getmembers(Specs, inspect.isfunction) if not name.startswith("_")]


def test_every_hook_says_what_it_is_for() -> None:
    for name in hooks():
        assert len(inspect.getdoc(getattr(Specs, name)) or "") > 40, name


def test_every_hook_has_a_first_party_user() -> None:
    used = {hook for status in load(Config()).status for hook in status.hooks}
    assert used == set(hooks())


def test_what_first_party_plugins_give_fits_the_protocols() -> None:
    loaded = load(Config())
    assert all(isinstance(processor, Processor) for processor in loaded.processors)
    assert all(isinstance(redactor, Redactor) for redactor in loaded.redactors)


def test_redaction_is_the_last_stage() -> None:
    assert list(Stage)[-1] is Stage.REDACT
