from __future__ import annotations

import pytest

from openclaw_otel import ExceptionInfo
from openclaw_otel_plugins.redaction.stacks import MOST, SHORTEST, CleanFrames, pieces_of

FRAMES = "".join(f'  File "/srv/app/m{n}.py", line {n}, in step_{n}\n    call()\n' for n in range(9))
PYTHON = f"Traceback (most recent call last):\n{FRAMES}ValueError: "
NODE = "Error: no token\n" + "\n".join(f"    at step{n} (/srv/app/m{n}.js:{n}:1)" for n in range(12))
JAVA = "java.io.IOException: broken\n" + "\n".join(f"\tat com.shop.Step{n}.run(Step{n}.java:{n})" for n in range(12))


@pytest.mark.parametrize(
    ("stack", "message", "frames", "after"),
    [
        (PYTHON + "order 1 of a@b.example", "order 1 of a@b.example", PYTHON, "order 1 of a@b.example"),
        (PYTHON + "two\nlines\n", "two\nlines", PYTHON, "two\nlines"),
        (PYTHON + "told otherwise", "said", PYTHON.partition('  File "/srv/app/m8')[0], None),
        (NODE, "no token", NODE.partition("token")[2], ""),
        (JAVA, "broken", JAVA.partition("broken")[2], ""),
        ("short", "t", "", "short"),
        ("x" * SHORTEST, "", "", "x" * SHORTEST),
    ],
)
def test_frames_stand_apart_from_the_message(stack: str, message: str, frames: str, after: str | None) -> None:
    pieces = pieces_of(ExceptionInfo("E", message, stack))
    assert pieces.joined(pieces.before, pieces.frames, pieces.after) == stack
    assert pieces.frames == frames
    if after is not None:
        assert pieces.after == after


def test_no_exception_has_no_pieces() -> None:
    assert "".join(pieces_of(None)) == ""


def test_only_long_frames_are_remembered_and_never_too_many() -> None:
    clean = CleanFrames()
    clean.add("short")
    assert "short" not in clean
    for number in range(MOST + 1):
        clean.add(f"{number}{PYTHON}")
    assert f"0{PYTHON}" not in clean
    assert f"{MOST}{PYTHON}" in clean
