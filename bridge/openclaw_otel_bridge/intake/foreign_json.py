"""JSON of senders that keep no rules: fast for what is sound, mended where PostgreSQL or we could not store it."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

DEEPEST = 200
"""Levels that are kept; what lies deeper becomes `…`. The encoder takes 254, and the tree is stored inside others."""
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89abAB])")


def loads(data: bytes) -> Any:
    """Return the document: lone surrogates as `?`, NUL as `␀`, NaN and infinity as None, bad UTF-8 as `\ufffd`.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        found = orjson.loads(data)
        if not _SUSPECT.search(data) and _is_shallow(found):
            return found
    except ValueError:
        found = _patient(data)
    return _clean(found, 0)


def _patient(data: bytes) -> Any:
    text = data.decode("utf-8", "replace")
    try:
        return json.loads(text, parse_constant=lambda _: None, strict=False)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _is_shallow(value: Any) -> bool:
    try:
        orjson.dumps([[[[[[[[value]]]]]]]])
    except TypeError:
        return False
    return True


def _clean(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "␀").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        if depth >= DEEPEST:
            return "…"
        return {_clean(key, depth): _clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item, depth + 1) for item in value] if depth < DEEPEST else "…"
    if isinstance(value, float) and value - value != 0:
        return None
    return value
