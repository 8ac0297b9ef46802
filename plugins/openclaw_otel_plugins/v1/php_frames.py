"""Frames of PHP: `#0` says where the innermost function was called, so each function's file is one line further up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openclaw_otel_plugins.v1.frames import Frame, Site, is_library, normal_file

_HEAD = re.compile(
    r"(?: in | at )((?:[A-Za-z]:[\\/]|/|phar://)[^\n]*?\.\w{2,5})(?:\([^\n]*)?(?::\d+| on line \d+)\)?\s*$",
    re.MULTILINE,
)
_FRAME = re.compile(r"^#\d+ (?:(.+?)\(\d+\)|\[internal function\]): ([^\n]*)$|^#\d+ (\{main\})", re.MULTILINE)
_CALL = re.compile(r"^((?:[^\s({]|\{closure[^}]*\})+)\(")
_CLOSURE = re.compile(r"\{closure[^}]*\}")
_ANONYMOUS = re.compile(r"class@anonymous.*?(?=->|::|$)")
MOST_TEXT = 200_000


def php_site(stacktrace: str) -> Site | None:
    """Return the raise site of a PHP stack, or None when it is not one."""
    text = stacktrace[-MOST_TEXT:]
    start = text.rfind("#0 ")
    if start < 0 or _FRAME.match(text, start) is None:
        return None
    first: Frame | None = None
    for frame in _frames(text, start):
        if frame.file and not is_library(frame.file):
            return Site(frame.function, normal_file(frame.file))
        first = first or frame
    return Site(first.function, normal_file(first.file) if first.file else "") if first else None


def _frames(text: str, start: int) -> Iterator[Frame]:
    """Yield the frames of the last exception, innermost first: each function with the file it stands in."""
    file = _thrown_in(text[:start])
    for match in _FRAME.finditer(text, start):
        if match[3]:
            yield Frame("{main}", file)
            return
        yield Frame(_function(match[2]), file or match[1] or "")
        file = match[1] or "[internal function]"


def _thrown_in(head: str) -> str:
    """Return the file of `… in /path/File.php:46`, the last line before the frames that names one."""
    found = ""
    for match in _HEAD.finditer(head[-8000:]):
        found = match[1]
    return found


def _function(call: str) -> str:
    match = _CALL.match(call)
    name = _CLOSURE.sub("{closure}", match[1] if match else call.partition("(")[0])
    return _ANONYMOUS.sub("class@anonymous", name).replace("->", "::")
