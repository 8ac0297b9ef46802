"""Stack traces of Python, Node.js, Java and PHP cut into frames, the team's own frames marked; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FRAMES = (
    re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<name>.+))?$'),  # Python
    re.compile(r"^\s*at (?:async )?(?P<name>[^(]+?) \((?P<file>[^()]+?):(?P<line>\d+):\d+\)$"),  # Node.js
    re.compile(r"^\s*at (?:async )?(?P<file>[^()\s]+?):(?P<line>\d+):\d+$"),
    re.compile(r"^\s*at (?P<name>[\w.$<>/]+)\((?P<file>[^():]+)(?::(?P<line>\d+))?\)$"),  # Java
    re.compile(r"^#\d+ (?P<file>[^()]+)\((?P<line>\d+)\): (?P<name>.+)$"),  # PHP
)
_LIBRARY = re.compile(
    r"site-packages|dist-packages|/lib/python\d|node_modules|node:|/vendor/|<frozen |<string>|\[internal"
)
_LIBRARY_NAME = re.compile(r"^(java|javax|jdk|sun|kotlin|scala|org\.(springframework|apache)|okhttp3|io\.netty)\.")
MOST = 400
"""Lines read of one trace: recursion errors have thousands that say nothing new."""


@dataclass(frozen=True, slots=True)
class Line:
    """One frame with its source lines, or (`is_frame` false) text between frames."""

    text: str
    is_frame: bool = False
    is_app: bool = False
    source: str = ""


def lines_of(stacktrace: str) -> tuple[tuple[Line, ...], int]:
    """Return the trace as frames and text in their order, and how many lines were left off."""
    found: list[Line] = []
    every = stacktrace.rstrip().splitlines()
    for raw in every[:MOST]:
        frame = next((match for pattern in _FRAMES if (match := pattern.match(raw))), None)
        if frame is not None:
            found.append(Line(raw.strip(), is_frame=True, is_app=_is_app(frame)))
        elif raw.startswith("    ") and found and found[-1].is_frame:
            last = found[-1]
            found[-1] = Line(last.text, True, last.is_app, f"{last.source}\n{raw.strip()}".strip())
        elif raw.strip():
            found.append(Line(raw.strip()))
    return tuple(found), max(len(every) - MOST, 0)


def _is_app(frame: re.Match[str]) -> bool:
    parts = frame.groupdict()
    return not _LIBRARY.search(parts.get("file") or "") and not _LIBRARY_NAME.match(parts.get("name") or "")
