"""Sentry's structured stack frames as the text each runtime would have printed; pure.

The text is what people know, and what the fingerprint reads the raise site from: one failure has one identity,
whether OpenTelemetry or a Sentry SDK tells of it. https://develop.sentry.dev/sdk/data-model/event-payloads/stacktrace/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

Frame = Mapping[str, Any]
Exception_ = Mapping[str, Any]
MOST_FRAMES = 250
_CAUSE = "\n\nThe above exception was the direct cause of the following exception:\n\n"
_CONTEXT = "\n\nDuring handling of the above exception, another exception occurred:\n\n"
_DOTTED = frozenset({"python", "java"})
"""Platforms whose exception types are named with their module."""
_CHAINED = "Caused by: "


def type_name(error: Exception_, platform: str) -> str:
    """Return the qualified type of an exception, as OpenTelemetry's SDK of the platform names it."""
    kind, module = _text(error.get("type")), _text(error.get("module"))
    if not module or platform not in _DOTTED or module in ("builtins", "__builtin__"):
        return kind
    return f"{module}.{kind}"


def frames_of(error: Exception_) -> Sequence[Frame]:
    """Return the frames of an exception or thread, the innermost last, as Sentry sends them."""
    stack = error.get("stacktrace")
    frames = stack.get("frames") if isinstance(stack, Mapping) else None
    return [frame for frame in frames[-MOST_FRAMES:] if isinstance(frame, Mapping)] if isinstance(frames, list) else ()


def stack_text(errors: Sequence[Exception_], platform: str) -> str:
    """Return the printed chain of exceptions; of `errors` the last is the one raised last. "" without any frame."""
    if not any(frames_of(error) for error in errors):
        return ""
    if platform == "python":
        return _python(errors)
    printed = [_PRINTERS.get(platform, _node)(error, type_name(error, platform)) for error in reversed(errors)]
    return f"\n{_CHAINED}".join(printed)


def _python(errors: Sequence[Exception_]) -> str:
    parts: list[str] = []
    for number, error in enumerate(errors):
        if number:
            mechanism = errors[number - 1].get("mechanism")
            source = mechanism.get("source") if isinstance(mechanism, Mapping) else None
            parts.append(_CONTEXT if source == "__context__" else _CAUSE)
        lines = ["Traceback (most recent call last):"]
        for frame in frames_of(error):
            function = _text(frame.get("function")).rsplit(".", 1)[-1]
            lines.append(f'  File "{_file(frame)}", line {_number(frame.get("lineno"))}, in {function}')
            if code := _text(frame.get("context_line")).strip():
                lines.append(f"    {code}")
        lines.append(_headline(error, type_name(error, "python")))
        parts.append("\n".join(lines))
    return "".join(parts)


def _node(error: Exception_, kind: str) -> str:
    lines = [_headline(error, kind)]
    for frame in reversed(frames_of(error)):
        column = frame.get("colno")
        place = f"{_file(frame)}:{_number(frame.get('lineno'))}" + (f":{column}" if isinstance(column, int) else "")
        function = _text(frame.get("function"))
        lines.append(f"    at {function} ({place})" if function and function != "?" else f"    at {place}")
    return "\n".join(lines)


def _java(error: Exception_, kind: str) -> str:
    lines = [_headline(error, kind)]
    for frame in reversed(frames_of(error)):
        where = ".".join(part for part in (_text(frame.get("module")), _text(frame.get("function"))) if part)
        file = _text(frame.get("filename"))
        line = frame.get("lineno")
        place = f"{file}:{line}" if file and isinstance(line, int) else file or "Unknown Source"
        lines.append(f"\tat {where}({place})")
    return "\n".join(lines)


def _php(error: Exception_, kind: str) -> str:
    """PHP prints where the exception was made, then each call's own place."""
    frames = list(reversed(frames_of(error)))
    if not frames:
        return _headline(error, kind)
    head = f"{_headline(error, kind)} in {_file(frames[0])}:{_number(frames[0].get('lineno'))}"
    lines = [head, "Stack trace:"]
    for number, (callee, caller) in enumerate(pairwise(frames)):
        place = f"{_file(caller)}({_number(caller.get('lineno'))})"
        lines.append(f"#{number} {place}: {_text(callee.get('function')) or '{closure}'}()")
    return "\n".join([*lines, f"#{len(frames) - 1} {{main}}"])


_PRINTERS: Mapping[str, Callable[[Exception_, str], str]] = {"java": _java, "php": _php}


def _headline(error: Exception_, kind: str) -> str:
    value = _text(error.get("value"))
    return f"{kind}: {value}" if value else kind


def _file(frame: Frame) -> str:
    return _text(frame.get("abs_path")) or _text(frame.get("filename")) or _text(frame.get("module")) or "<unknown>"


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
