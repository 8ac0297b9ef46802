"""A Sentry stack as text has the raise site that the runtime's own print of it has."""

from __future__ import annotations

import traceback
from typing import Any, cast

import pytest
import sentry_sdk.utils

from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import build_pipeline
from openclaw_otel.record import ErrorRecord, ExceptionInfo
from openclaw_otel_bridge.intake.sentry_stack import frames_of, stack_text, type_name


def raise_chained() -> None:
    def inner() -> None:
        raise KeyError("token")

    try:
        inner()
    except KeyError as error:
        raise ValueError("no token") from error


def raised() -> BaseException:
    try:
        raise_chained()
    except ValueError as error:
        return error
    raise AssertionError


def test_python_as_python_prints_it() -> None:
    error = raised()
    values = sentry_sdk.utils.event_from_exception(error)[0]["exception"]["values"]
    printed = "".join(traceback.format_exception(error)).rstrip("\n")
    lines = [line for line in printed.splitlines() if not (line and set(line) <= set(" ^~"))]
    assert stack_text(values, "python").splitlines() == lines


def test_during_handling() -> None:
    frames = {"frames": [{"filename": "a.py", "function": "A.f", "lineno": 1}]}
    first = {"type": "A", "mechanism": {"source": "__context__"}, "stacktrace": frames}
    assert "During handling of the above" in stack_text([first, {"type": "B", "stacktrace": frames}], "python")


FRAMES: dict[str, list[dict[str, Any]]] = {
    "node": [
        {"filename": "/app/main.js", "function": "main", "lineno": 3},
        {"abs_path": "/app/lib/orders.js", "function": "syncOrder", "lineno": 9, "colno": 5, "in_app": True},
    ],
    "java": [
        {"module": "com.shop.Main", "function": "main", "filename": "Main.java", "lineno": 3},
        {"module": "com.shop.Orders", "function": "sync", "filename": "Orders.java", "lineno": 9},
    ],
    "php": [
        {"filename": "/app/public/index.php", "lineno": 3},
        {"abs_path": "/app/src/Orders.php", "function": "App\\Orders::sync", "lineno": 9},
    ],
}
PRINTED = {
    "node": "Error: boom\n    at syncOrder (/app/lib/orders.js:9:5)\n    at main (/app/main.js:3)\n"
    "Caused by: Error: why",
    "java": "com.shop.Error: boom\n\tat com.shop.Orders.sync(Orders.java:9)\n\tat com.shop.Main.main(Main.java:3)\n"
    "Caused by: com.shop.Error: why",
    "php": "Error: boom in /app/src/Orders.php:9\nStack trace:\n#0 /app/public/index.php(3): App\\Orders::sync()\n"
    "#1 {main}\nCaused by: Error: why",
}
SITES = {"node": "syncOrder", "java": "sync", "php": "sync"}


@pytest.mark.parametrize("platform", FRAMES)
def test_other_platforms(platform: str) -> None:
    base = {"type": "Error", "module": "com.shop"}
    values: list[dict[str, Any]] = [
        {**base, "value": "why"},
        {**base, "value": "boom", "stacktrace": {"frames": FRAMES[platform]}},
    ]
    text = stack_text(values, platform)
    assert text == PRINTED[platform]
    raw = ErrorRecord(id="", exception=ExceptionInfo("Error", "boom", text))
    record = build_pipeline(Side.BRIDGE).run(raw)
    assert record is not None
    assert record.fingerprint is not None
    assert any(part.startswith("function=") and SITES[platform] in part for part in record.fingerprint.parts)


def test_types_and_odd_frames() -> None:
    assert type_name({"type": "A", "module": "x.y"}, "python") == "x.y.A"
    assert type_name({"type": "A", "module": "builtins"}, "python") == "A"
    assert type_name({"type": "A", "module": "x"}, "javascript") == "A"
    assert type_name({"type": 7}, "python") == ""
    assert frames_of({"stacktrace": {"frames": [None, 7, {"lineno": "x"}]}}) == [{"lineno": "x"}]
    assert [
        *map(frames_of, cast("list[dict[str, Any]]", [{}, {"stacktrace": []}, {"stacktrace": {"frames": {}}}]))
    ] == [(), (), ()]
    assert stack_text([{"type": "A"}], "python") == ""
    odd = [{"type": "A", "stacktrace": {"frames": [{"lineno": "x", "function": None}]}}]
    for platform in ("python", "java", "php", "other"):
        assert "A" in stack_text(odd, platform)
