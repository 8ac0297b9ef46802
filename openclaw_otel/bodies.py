"""Reading bodies that may be anything: JSON, JSON cut by a capture limit, HTML, plain text, noise.

Leaf module, never raises on any bytes. A cut document is read as far as it goes, so that the same code finds codes and
fields in whole and in cut bodies; a text that was cut itself comes as `Cut` and must not be taken for a code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

MAX_DEPTH = 64
_MISSING = object()
_SPACE = " \t\r\n"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_STRING_END = re.compile(r'["\\]')
_LITERALS = {"true": True, "false": False, "null": None}
_TAG = re.compile(
    r"^\s*(?:<!--.*?-->\s*)*<(?:!doctype|\?xml|html|head|body|h1|center|[a-z])", re.IGNORECASE | re.DOTALL
)


class Cut(str):
    """A string of a document that ended inside it."""

    __slots__ = ()


class Array(list[Any]):
    """An array of a document that was cut; `whole` when its end was still there."""

    whole = False


def is_whole(value: Any) -> bool:
    """Say whether the document went on behind a value, so that nothing of the value itself is missing."""
    if isinstance(value, list):
        return getattr(value, "whole", True) and all(is_whole(inner) for inner in value)
    return not isinstance(value, Cut)


def text_of(body: bytes) -> str:
    """Return a body as text; bytes that are no UTF-8 become U+FFFD."""
    return body.decode("utf-8-sig", "replace")


def read_json(body: bytes) -> Any:
    """Return the JSON value of a body, as much of it as is there; None when it is no JSON at all."""
    text = text_of(body).strip()
    if not text or (text[0] not in '{["-' and not text[0].isdigit() and text not in _LITERALS):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _Prefix(text).read() if text[0] in "{[" else None


def read_form(body: bytes) -> dict[str, str]:
    """Return the fields of a form body; the last of equal names wins."""
    try:
        return dict(parse_qsl(text_of(body), keep_blank_values=True, max_num_fields=200))
    except ValueError:
        return {}


def is_markup(body: bytes, content_type: str = "") -> bool:
    """Say whether a body is HTML or XML rather than text for a program."""
    return "html" in content_type.lower() or _TAG.match(text_of(body[:512])) is not None


def plain_text(body: bytes, content_type: str = "") -> str:
    """Return a short plain-text body (`Too Many Requests`); "" for HTML, JSON and long texts."""
    if is_markup(body, content_type):
        return ""
    text = text_of(body).strip()
    return text if len(text) <= 500 and not text.startswith(("{", "[")) else ""


def mapping(value: Any) -> Mapping[str, Any]:
    """Return the value when it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> list[Any]:
    """Return the value when it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return a JSON scalar as text; "" for null, objects and arrays. A cut text is text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) else ""


def code(value: Any) -> str:
    """Return a platform code exactly as printed, numbers too; "" when there is none or it was cut."""
    if isinstance(value, Cut | bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def pointer(document: Any, path: str) -> Iterator[Any]:
    """Yield what a JSON pointer (RFC 6901, and `*` for every member) finds; nothing when it leads nowhere."""
    found = [document]
    for raw in path.split("/")[1:]:
        step = raw.replace("~1", "/").replace("~0", "~")
        found = [inner for outer in found for inner in _step(outer, step)]
    yield from found


def _step(value: Any, step: str) -> list[Any]:
    if isinstance(value, Mapping):
        if step == "*":
            return list(value.values())
        return [value[step]] if step in value else []
    if isinstance(value, list):
        if step == "*":
            return value
        return [value[int(step)]] if step.isdecimal() and len(step) < 9 and int(step) < len(value) else []
    return []


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (keys, text) of every scalar of a document, list positions left out, eight levels deep."""
    if len(path) > 8:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    elif text(value):
        yield path, text(value)


class _End(Exception):
    """The text ended, or is no JSON from here on."""


class _Prefix:
    """A JSON reader that keeps what it has when the text ends."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self) -> Any:
        holder: list[Any] = []
        try:
            self._value(holder.append, 0)
        except _End:
            pass
        return holder[0] if holder else None

    def _value(self, give: Any, depth: int) -> None:
        """Give the next value as soon as it begins, so that a cut one is kept."""
        mark = self._peek()
        if mark == "{":
            self._object(give, depth)
        elif mark == "[":
            self._array(give, depth)
        elif mark == '"':
            give(self._string())
        else:
            give(self._scalar())

    def _object(self, give: Any, depth: int) -> None:
        found: dict[str, Any] = {}
        give(found)
        self._enter(depth)
        while self._peek() != "}":
            if self._peek() == ",":
                self._at += 1
                continue
            key = self._string()
            if isinstance(key, Cut):
                raise _End
            self._expect(":")
            self._value(lambda value, key=key: found.__setitem__(key, value), depth + 1)
        self._at += 1

    def _array(self, give: Any, depth: int) -> None:
        found = Array()
        give(found)
        self._enter(depth)
        while self._peek() != "]":
            if self._peek() == ",":
                self._at += 1
                continue
            self._value(found.append, depth + 1)
        self._at += 1
        found.whole = True

    def _enter(self, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise _End
        self._at += 1

    def _peek(self) -> str:
        while self._at < len(self._text) and self._text[self._at] in _SPACE:
            self._at += 1
        if self._at >= len(self._text):
            raise _End
        return self._text[self._at]

    def _expect(self, mark: str) -> None:
        if self._peek() != mark:
            raise _End
        self._at += 1

    def _string(self) -> str:
        if self._peek() != '"':
            raise _End
        start = self._at = self._at + 1
        while True:
            end = _STRING_END.search(self._text, self._at)
            if end is None:
                rest, self._at = self._text[start:], len(self._text)
                return Cut(_unescape(rest))
            self._at = end.end()
            if end.group() == '"':
                return _unescape(self._text[start : end.start()])
            self._at += 1  # whatever is escaped

    def _scalar(self) -> Any:
        for word, value in _LITERALS.items():
            if self._text.startswith(word, self._at):
                self._at += len(word)
                return value
        number = _NUMBER.match(self._text, self._at)
        if number is None or number.end() >= len(self._text):
            raise _End  # a number at the very end may have been cut
        self._at = number.end()
        return int(number.group()) if number.group().isdigit() and len(number.group()) < 30 else number.group()


def _unescape(raw: str) -> str:
    if "\\" not in raw:
        return raw
    try:
        return str(json.loads(f'"{raw}"', strict=False))
    except ValueError:
        return raw.rsplit("\\", 1)[0]
