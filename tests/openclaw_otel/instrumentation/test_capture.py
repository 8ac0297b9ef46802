"""capture: what is in memory is taken, what is not is left alone."""

from __future__ import annotations

import io

import pytest

from openclaw_otel.instrumentation.capture import BODY_CAP, capped, plain, text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"x", (b"x", False)),
        ("é", ("é".encode(), False)),
        ("\ud800", (b"?", False)),
        (None, (b"", False)),
        (bytearray(b"x"), (b"x", False)),
        (memoryview(b"x"), (b"x", False)),
        (b"x" * (BODY_CAP + 1), (b"x" * BODY_CAP, True)),
    ],
)
def test_capped(body: object, expected: tuple[bytes, bool]) -> None:
    assert capped(body) == expected


def test_a_long_fine_answer_is_dropped_whole() -> None:
    assert capped(b"x" * (BODY_CAP + 1), drop=True) == (b"", True)


def test_files_and_iterators_are_untouched() -> None:
    file, parts = io.BytesIO(b"abc"), iter([b"1"])
    assert capped(file) == capped(parts) == (b"", False)
    assert file.read() == b"abc"
    assert next(parts) == b"1"


def test_headers_as_text() -> None:
    class Name(str):
        """As multidict has it."""

    headers = plain({b"A": b"\xe9", Name("B"): 1})
    assert headers == {"A": "é", "B": "1"}
    assert all(type(name) is str for name in headers)
    assert text(b"GET") == "GET"
