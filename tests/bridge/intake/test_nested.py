"""Nested parts are redacted as the redactor does, equal ones once, and nothing raw is remembered."""

from __future__ import annotations

from typing import Any

from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import WITHHELD, build_pipeline
from openclaw_otel_bridge.intake.nested import LARGEST, Nested

EMAIL = "jane.canary@example.com"


def attributes(**frame: Any) -> dict[str, Any]:
    frames = [{"function": "f", "vars": {"buyer": EMAIL}, **frame}, {"function": "g"}]
    error = {"type": "E", "value": f"of {EMAIL}", "stacktrace": {"frames": frames, "registers": {"a": EMAIL}}}
    return {
        "sentry.stacktrace": {"values": [error, {"type": "F", "value": EMAIL}]},
        "sentry.contexts": {"x": [EMAIL]},
        "sentry.extra": {"x": EMAIL},
    }


def test_as_the_redactor_does() -> None:
    pipeline = build_pipeline(Side.BRIDGE)
    nested = Nested(pipeline.redact_tree)
    for _ in range(2):
        plain, done = nested.split(attributes())
        assert plain == {"sentry.extra": {"x": EMAIL}}
        assert done == pipeline.redact_attributes(
            {name: value for name, value in attributes().items() if name not in plain}
        )
    assert EMAIL not in str(nested._known)


def test_equal_parts_are_redacted_once_and_memory_is_bounded() -> None:
    calls: list[Any] = []

    def redact(value: Any, key: str) -> Any:
        calls.append(value)
        return {"done": True}

    nested = Nested(redact, most=2)
    nested.split({"sentry.modules": {"n": 1}})
    nested.split({"sentry.modules": {"n": 1}})
    assert len(calls) == 1
    nested.split({"sentry.contexts": {"n": 1}})
    assert len(calls) == 2, "another key may be redacted otherwise"
    for n in range(5):
        nested.split({"sentry.modules": {"n": n + 2}})
    assert len(nested._known) == 2
    for _ in range(2):
        nested.split({"sentry.modules": {"n": "x" * LARGEST}})
    assert len(calls) == 9, "large parts are not remembered"


def test_a_failure_is_not_remembered() -> None:
    answers: list[Any] = [WITHHELD, {"ok": 1}]
    nested = Nested(lambda value, key: answers.pop(0))
    assert nested.split({"sentry.modules": {"a": 1}})[1] == {"sentry.modules": WITHHELD}
    assert nested.split({"sentry.modules": {"a": 1}})[1] == {"sentry.modules": {"ok": 1}}
    broken = Nested(lambda value, key: WITHHELD)
    assert broken.split(attributes())[1]["sentry.stacktrace"] == {"values": [WITHHELD, WITHHELD]}
