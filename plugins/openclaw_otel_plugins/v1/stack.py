"""The raise site of a printed stack: function and file of the innermost application frame of the exception raised last.

Which exception is raised last, and which of its frames is the innermost, differs: Python prints causes first and the
innermost frame last; Node.js and Java print the last exception first, innermost frame first; PHP prints causes first,
innermost frame first. Only as many frames are read as it takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from openclaw_otel_plugins.v1.frames import Frame, Site, is_library, normal_file
from openclaw_otel_plugins.v1.java_frames import java_site
from openclaw_otel_plugins.v1.php_frames import php_site

_PYTHON_FRAME = re.compile(r'File "([^"\n]+)", line \d+(?:, in ([^\n]*))?')
_GROUP = "+ Exception Group Traceback (most recent call last):"
_TRACEBACK = "Traceback (most recent call last):"
_NODE_FRAME = re.compile(
    r"^\s+at (?:async )?(?:new )?(?:(.*?) \()?((?:[A-Za-z][A-Za-z-]*:)?[^\s()][^()\n]*?|<anonymous>)"
    r"(?::\d+)?(?::\d+)?\)?$"
)
_JAVA_FRAME = re.compile(r"^\s*at [^\s(]+\([^()]*\)", re.MULTILINE)
_BROWSER_FRAME = re.compile(r"^([^\s@]*)@((?:https?|file|app)://.*?)(?::\d+)?(?::\d+)?$")
_ALIAS = re.compile(r" \[as [^\]]+\]$")
_RECEIVER = re.compile(
    r"^(?:Object|Module|Function|exports|module\.exports|global|globalThis|window|self|Proxy|Context)\."
)
_INLINED = frozenset(("<listcomp>", "<dictcomp>", "<setcomp>"))
MOST_LINES = 4000
"""Lines of a stack that is printed innermost frame first; the rest is outside the raise site anyway."""


def raise_site(stacktrace: str) -> Site:
    """Return the raise site of a stack trace of Python, Node.js, a browser, Java or PHP; empty when there is none."""
    if not stacktrace:
        return Site()
    if _TRACEBACK in stacktrace or _PYTHON_FRAME.search(stacktrace[:2000]):
        return _innermost(_python_frames(stacktrace))
    if "#0 " in stacktrace and (found := php_site(stacktrace)) is not None:
        return found
    if _JAVA_FRAME.search(stacktrace[:4000]) and (found := java_site(stacktrace)) is not None:
        return found
    return _innermost(_node_frames(stacktrace))


def _innermost(frames: Iterable[Frame]) -> Site:
    """Return the first application frame of frames in the order innermost first; else the very first frame."""
    first: Frame | None = None
    for frame in frames:
        if not is_library(frame.file):
            return Site(frame.function, normal_file(frame.file))
        first = first or frame
    return Site(first.function, normal_file(first.file)) if first else Site()


def _python_frames(text: str) -> Iterator[Frame]:
    """Yield the frames of the last traceback, innermost first."""
    block = _last_traceback(text)
    held: Frame | None = None
    end = len(block)
    while (start := block.rfind('File "', 0, end)) >= 0:
        match = _PYTHON_FRAME.match(block, start)
        end = start
        if match is None:
            continue
        frame = Frame((match[2] or "").strip(), match[1])
        if held is not None and frame.file != held.file:
            yield held
        held = None
        if frame.function in _INLINED:
            held = frame  # Python 3.12 runs comprehensions inside their function: older versions show one frame more
        else:
            yield frame
    if held is not None:
        yield held


def _last_traceback(text: str) -> str:
    group = text.find(_GROUP)
    if group >= 0:
        return _last_group(text)
    start = text.rfind(_TRACEBACK)
    return text[max(start, 0) :]


def _last_group(text: str) -> str:
    """Return the frames of the outermost group raised last, without those of the exceptions in it."""
    start = len(text)
    while (start := text.rfind(_GROUP, 0, start)) >= 0:
        line = text.rfind("\n", 0, start) + 1
        if text[line:start].strip(" ") == "":  # nested groups stand behind `|`
            break
    plain = text.rfind("\n" + _TRACEBACK)
    if plain > start:
        return text[plain:]
    end = text.find("+-+---", start)
    return text[max(start, 0) : end if end >= 0 else len(text)]


def _node_frames(text: str) -> Iterator[Frame]:
    """Yield the frames of the first error of a V8 (or browser) stack, innermost first."""
    began = False
    for line in _lines(text):
        match = _NODE_FRAME.match(line)
        if match is not None:
            began = True
            function, file = match[1] or "", match[2]
            if file.startswith("index ") or function.startswith("Promise."):
                continue
            yield Frame(_node_function(function), file)
        elif (browser := _BROWSER_FRAME.match(line)) is not None:
            began = True
            yield Frame(_node_function(browser[1]), browser[2])
        elif began:
            return  # the properties of the error, or its cause


def _node_function(name: str) -> str:
    name = _ALIAS.sub("", name).removeprefix("async ").removeprefix("new ")
    name = _RECEIVER.sub("", name)
    return "" if name in ("<anonymous>", "anonymous", "eval", "null") or len(name) < 2 else name


def _lines(text: str) -> Iterator[str]:
    start = 0
    for _ in range(MOST_LINES):
        end = text.find("\n", start)
        yield text[start : end if end >= 0 else len(text)][:1000].rstrip("\r")
        if end < 0:
            return
        start = end + 1
