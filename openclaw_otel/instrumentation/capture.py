"""Taking what is in memory already: bodies up to a cap, headers as text. Nothing is read, nothing is consumed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BODY_CAP = 256 * 1024
"""Bytes of a body an adapter is given; a longer fine answer is not looked into."""


def capped(body: Any, *, drop: bool = False) -> tuple[bytes, bool]:
    """Return a body in memory as bytes up to the cap, and whether it was cut; `drop`: nothing at all of a long one.

    A body that is an iterator or a file is left untouched and gives nothing.
    """
    if isinstance(body, str):
        body = body.encode("utf-8", "replace")
    if not isinstance(body, bytes | bytearray | memoryview):
        return b"", False
    if len(body) <= BODY_CAP:
        return bytes(body), False
    return (b"" if drop else bytes(body[:BODY_CAP])), True


def plain(headers: Mapping[Any, Any]) -> dict[str, str]:
    """Return headers as text: some clients allow bytes in both."""
    return {text(name): text(value) for name, value in headers.items()}


def text(value: Any) -> str:
    """Return a header, method or URL as text."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)  # also of str's subclasses (multidict)
