"""exceptions: names, texts that cannot be had, stacks that stay short and tell who called."""

from __future__ import annotations

import sys

import requests

from openclaw_otel.exceptions import (
    MESSAGE_LIMIT,
    STACK_LIMIT,
    application_frame,
    calling_frame,
    cut_middle,
    exception_info,
    packages_of,
    qualified_name,
    stack_text,
)


class Mute(Exception):
    """An exception that cannot say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


def test_names() -> None:
    assert qualified_name(ValueError) == "ValueError"
    assert qualified_name(requests.HTTPError) == "requests.exceptions.HTTPError"


def test_a_broken_str_is_survived() -> None:
    info = exception_info(Mute())
    assert info.type.endswith(".Mute")
    assert info.message == "<no message: RuntimeError>"
    assert "Mute" in info.stacktrace


def test_long_texts_lose_their_middle() -> None:
    info = exception_info(ValueError("a" * 10_000 + "z" * 10_000))
    assert len(info.message) == MESSAGE_LIMIT
    assert info.message[0] == "a"
    assert info.message[-1] == "z"
    assert cut_middle("short", 10) == "short"


def test_a_deep_stack_keeps_its_ends() -> None:
    def sink(depth: int) -> None:
        if depth:
            sink(depth - 1)
        raise KeyError(depth)

    chained: BaseException | None = None
    for _ in range(60):
        try:
            sink(5)
        except KeyError as error:
            error.__context__ = chained
            chained = error
    assert chained is not None
    text = stack_text(chained)
    assert len(text) == STACK_LIMIT
    assert text.rstrip().endswith("KeyError: 0")


def test_the_callers_frames_come_first() -> None:
    frame = sys._getframe()
    try:
        raise ValueError("inner")
    except ValueError as error:
        info = exception_info(error, frame)
    assert info.stacktrace.count("Traceback (most recent call last)") == 1
    assert info.stacktrace.rstrip().endswith("ValueError: inner")
    assert info.stacktrace.index("pytest") < info.stacktrace.index("raise ValueError")


def test_frames_and_packages() -> None:
    frame = calling_frame()
    assert frame is not None
    assert frame.f_code.co_name == "test_frames_and_packages"
    assert application_frame(frame) is frame
    assert packages_of(frame) == frozenset()
    outside = frame.f_back  # pytest's own frames are an installed library
    assert "_pytest" in packages_of(outside)
