"""Stack traces of Python, Node.js, Java and PHP cut into frames, the team's own frames marked; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

_FRAMES = (
    re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<name>.+))?$'),  # Python
    re.compile(r"^\s*at (?:async )?(?P<name>[^(]+?) \((?P<file>[^()]+?):(?P<line>\d+):\d+\)$"),  # Node.js
    re.compile(r"^\s*at (?:async )?(?P<file>[^()\s]+?):(?P<line>\d+):\d+$"),
    re.compile(r"^\s*at (?P<name>[\w.$<>/]+)\((?P<file>[^():]+)(?::(?P<line>\d+))?\)$"),  # Java
    re.compile(r"^#\d+ (?P<file>[^()]+)\((?P<line>\d+)\): (?P<name>.+)$"),  # PHP
)
_LIBRARY = re.compile(
    r"/openclaw_otel/|site-packages|dist-packages"
    r"|/lib/python\d|node_modules|node:|/vendor/|<frozen |<string>|\[internal"
)
_LIBRARY_NAME = re.compile(r"^(java|javax|jdk|sun|kotlin|scala|org\.(springframework|apache)|okhttp3|io\.netty)\.")
LONG_RUN = 3
"""Library frames in a row that are folded away."""
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
        elif raw.strip(" ~^") == "" and found and found[-1].is_frame:
            continue  # Python's markers under the source line
        elif raw.startswith("    ") and found and found[-1].is_frame:
            last = found[-1]
            found[-1] = Line(last.text, True, last.is_app, f"{last.source}\n{raw.strip()}".strip())
        elif raw.strip():
            found.append(Line(raw.strip()))
    return tuple(found), max(len(every) - MOST, 0)


def folded(lines: Sequence[Line]) -> list[tuple[bool, tuple[Line, ...]]]:
    """Return the lines in runs, each with whether it is a long run of library frames, to be shown on demand."""
    runs = [(kind, tuple(run)) for kind, run in groupby(lines, lambda line: line.is_frame and not line.is_app)]
    return [(kind and len(run) >= LONG_RUN, run) for kind, run in runs]


def _is_app(frame: re.Match[str]) -> bool:
    parts = frame.groupdict()
    return not _LIBRARY.search(parts.get("file") or "") and not _LIBRARY_NAME.match(parts.get("name") or "")
