"""Exceptions as text: qualified type, message, and a stack that also shows who made the call."""

from __future__ import annotations

import sys
import traceback
from types import FrameType

from openclaw_otel.record import ExceptionInfo

STACK_LIMIT = 24 * 1024
"""Characters of a stack trace; more is cut in the middle, because its first and last lines tell the most."""
MESSAGE_LIMIT = 8 * 1024
_CALLER_FRAMES = 12
_WATCHERS = frozenset({__name__.partition(".")[0], "opentelemetry", "wrapt"})
_HTTP_LIBRARIES = frozenset({"requests", "urllib", "urllib3", "http", "httpx", "httpcore", "aiohttp", "asyncio"})
_INSTALLED = ("site-packages", "dist-packages")


def qualified_name(kind: type[BaseException]) -> str:
    """Return `package.Error`, without the `builtins` of built-in ones."""
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def exception_info(error: BaseException, caller: FrameType | None = None) -> ExceptionInfo:
    """Return an exception as text; frames of `caller` and above come first, as an uncaught one would print them."""
    try:
        message = str(error)
    except Exception as failure:  # noqa: BLE001 - a broken __str__ of somebody else's exception
        message = f"<no message: {type(failure).__name__}>"
    return ExceptionInfo(qualified_name(type(error)), cut_middle(message, MESSAGE_LIMIT), stack_text(error, caller))


def stack_text(error: BaseException, caller: FrameType | None = None) -> str:
    """Return the trace back of an exception with its causes, cut in the middle to STACK_LIMIT."""
    try:
        text = "".join(traceback.format_exception(error))
    except Exception:  # noqa: BLE001 - a broken __str__ or source file: the frames alone still help
        text = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
    header = "Traceback (most recent call last):\n"
    head, found, tail = text.rpartition(header)
    if caller is not None and found:
        above = traceback.format_stack(caller, limit=_CALLER_FRAMES)
        text = f"{head}{header}{''.join(above)}{tail}"
    return cut_middle(text, STACK_LIMIT)


def cut_middle(text: str, limit: int) -> str:
    """Return the text with its middle left out when it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    mark = "\n[…]\n"
    head = (limit - len(mark)) // 3
    return text[:head] + mark + text[-(limit - len(mark) - head) :]


def calling_frame() -> FrameType | None:
    """Return the nearest frame outside of openclaw-otel, OpenTelemetry and wrapt."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _top(frame) in _WATCHERS:
        frame = frame.f_back
    return frame


def application_frame(frame: FrameType | None) -> FrameType | None:
    """Return the nearest frame of the application itself, from `frame` outwards; `frame` when there is none."""
    found = frame
    while found is not None and (_top(found) in _HTTP_LIBRARIES or _is_installed(found)):
        found = found.f_back
    return found or frame


def packages_of(frame: FrameType | None) -> frozenset[str]:
    """Return the client libraries between the HTTP library and the application, nearest first, by top-level name."""
    found: set[str] = set()
    while frame is not None:
        top = _top(frame)
        if top not in _HTTP_LIBRARIES:
            if not _is_installed(frame):
                break
            found.add(top)
        frame = frame.f_back
    return frozenset(found)


def _is_installed(frame: FrameType) -> bool:
    return any(place in frame.f_code.co_filename for place in _INSTALLED)


def _top(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]
