"""What stack traces share: the frames. Failures of one kind differ in their message, rarely in where they were raised.

A stack is judged in pieces, always in the same ones: its frames, which are remembered once nothing was found in them,
and the message, which is mostly the record's own and judged with it.
"""

from __future__ import annotations

from typing import NamedTuple

from openclaw_otel import ExceptionInfo

SHORTEST = 200
"""Characters of frames worth remembering."""
MOST = 2048
"""Remembered at a time; then it starts anew."""
_PYTHON_FRAME = '\n  File "'
_OTHER_FRAME = ("\n    at ", "\n\tat ")


class Pieces(NamedTuple):
    """A stack trace in the order it is printed; any piece may be empty."""

    before: str
    frames: str
    after: str
    end: str

    def joined(self, before: str, frames: str, after: str) -> str:
        """Return the stack with its pieces replaced."""
        return f"{before}{frames}{after}{self.end}"


def pieces_of(error: ExceptionInfo | None) -> Pieces:
    """Return the pieces of the stack trace of an exception; all empty when there is none."""
    if error is None:
        return _NOTHING
    stack, message = error.stacktrace, error.message
    if len(stack) < SHORTEST:
        return Pieces("", "", stack, "")
    end = "\n" if stack[-1] == "\n" else ""
    text = stack[:-1] if end else stack
    if message and text.endswith(message):  # Python prints it last
        return Pieces("", text[: -len(message)], message, end)
    last = text.rfind(_PYTHON_FRAME)
    if last >= 0:
        return Pieces("", text[: last + 1], text[last + 1 :], end)
    for mark in _OTHER_FRAME:  # Node.js and Java print it first
        first = text.find(mark)
        if first >= 0:
            return Pieces(text[:first], text[first:], "", end)
    return Pieces("", "", stack, "")


_NOTHING = Pieces("", "", "", "")


class CleanFrames:
    """Frames in which there was nothing to redact. Thread safe."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def __contains__(self, frames: str) -> bool:
        return frames in self._known

    def add(self, frames: str) -> None:
        """Remember frames that came out of the redactor as they went in."""
        if len(frames) < SHORTEST or frames in self._known:
            return
        if len(self._known) >= MOST:
            self._known.clear()
        self._known.add(frames)
