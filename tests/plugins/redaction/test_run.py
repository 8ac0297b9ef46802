from __future__ import annotations

import pytest

from openclaw_otel_plugins.redaction.run import LOOKS, WORK, Finding, Run, TooDense


def test_findings_are_kept_only_when_asked_for() -> None:
    silent, asked = Run(), Run(findings=[])
    for run in (silent, asked):
        run.note("key:email", "[email]")
    assert silent.findings is None
    assert asked.findings == [Finding("key:email", "$", "[email]")]


def test_a_text_may_hold_so_many_candidates() -> None:
    run = Run()
    for _ in range(LOOKS):
        run.spend()
    with pytest.raises(TooDense):
        run.spend()


def test_a_call_may_work_on_so_many_texts() -> None:
    run = Run()
    assert all([run.begin() for _ in range(WORK)])
    assert not run.begin()


def test_buyers_are_few() -> None:
    run = Run()
    for number in range(100):
        run.buyer("email", f"{number}@example.com")
    assert len(run.emails) == 8
