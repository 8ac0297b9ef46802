"""JSON as text: written back in the style it came in, and read as far as it goes when it was cut."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_INDENT = re.compile(r"[{\[]\s*?\n([ \t]+)\S")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|"|[{}\[\],:]|[^\s"{}\[\],:]+', re.DOTALL)
_LITERAL = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_CUT_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(\\(?:u[0-9a-fA-F]{0,3})?)$")
_DEPTH = 400
_CUT_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}$")


def load(text: str) -> Any:
    """Return the value; raises ValueError or RecursionError as `json.loads` does."""
    return json.loads(text)


def dump(value: Any, like: str) -> str:
    """Return the value as JSON with the indentation, spaces and escapes of another text."""
    indented = _INDENT.search(like, 0, 4096) if "\n" in like else None
    colon = like.find('":')
    spaced = like[colon + 2 : colon + 3] == " " if colon >= 0 else ", " in like
    escaped = ("\\u" in like and like.isascii()) or "\\ud" in like or "\\uD" in like
    if indented:
        quoted = json.encoder.encode_basestring_ascii if escaped else json.encoder.encode_basestring
        text = _indented(value, _Style(indented[1], ": " if spaced else ":", quoted), "\n")
    else:
        text = _encoder(escaped, spaced)(value)
    return text.replace("/", "\\/") if "\\/" in like else text


@functools.cache
def _encoder(escaped: bool, spaced: bool) -> Callable[[Any], str]:
    separators = (", ", ": ") if spaced else (",", ":")
    return json.JSONEncoder(ensure_ascii=escaped, separators=separators, check_circular=False).encode


@dataclass(frozen=True, slots=True)
class _Style:
    indent: str
    colon: str
    quoted: Callable[[str], str]


def _indented(value: Any, style: _Style, line: str) -> str:
    """Return indented JSON; the standard library's own writer of it takes three times as long."""
    if isinstance(value, str):
        return style.quoted(value)
    inner = line + style.indent
    if isinstance(value, dict) and value:
        quoted, colon = style.quoted, style.colon
        parts = [f"{quoted(key)}{colon}{_indented(item, style, inner)}" for key, item in value.items()]
        return f"{{{inner}{f',{inner}'.join(parts)}{line}}}"
    if isinstance(value, list) and value:
        return f"[{inner}{f',{inner}'.join([_indented(item, style, inner) for item in value])}{line}]"
    return json.dumps(value)


@dataclass(frozen=True, slots=True)
class Cut:
    """JSON that ended too early: the text completed, and the closing brackets that were added."""

    text: str
    closers: str
    in_string: bool


def complete(text: str) -> Cut | None:
    """Return cut JSON completed, dropping at most the cut-off literal or escape; None when it is no JSON.

    Linear; the text must start with `{` or `[`.
    """
    reader = _Reader()
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == '"':  # a string without its end: all that follows belongs to it
            return reader.cut_in_string(text, match.start())
        if token[0] not in '{[}],:"' and not _LITERAL.fullmatch(token):
            if match.end() < len(text):
                return None
            break  # `tru`, `12e`: dropped
        if not reader.take(token, match.end()):
            return None
    closers = reader.closers
    return Cut(text[: reader.end] + ("null" if reader.expects_value else "") + closers, closers, in_string=False)


class _Reader:
    """Where in a JSON text we are: open brackets, key or value, the end of the last whole part."""

    __slots__ = ("end", "expects_value", "in_key", "stack")

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.end, self.expects_value, self.in_key = 0, False, False

    @property
    def closers(self) -> str:
        return "".join(reversed(self.stack))

    def take(self, token: str, end: int) -> bool:
        """Read one token; False when it cannot stand here, or when the outermost value is complete."""
        if token in "{[":
            if self.in_key or len(self.stack) >= _DEPTH:
                return False
            self.stack.append("}" if token == "{" else "]")
            self.in_key, self.expects_value, self.end = token == "{", False, end
        elif token in "}]":
            if not self.stack or self.stack.pop() != token:
                return False
            self.in_key, self.expects_value, self.end = False, False, end
        elif token == ",":
            self.in_key, self.expects_value = bool(self.stack) and self.stack[-1] == "}", False
        elif token == ":":
            self.in_key, self.expects_value, self.end = False, True, end
        elif not self.in_key:  # a key counts only with its colon
            self.expects_value, self.end = False, end
        return bool(self.stack)

    def cut_in_string(self, text: str, start: int) -> Cut | None:
        """Complete a text that ended inside the string that begins at `start`."""
        if not self.stack:
            return None
        if self.in_key:
            return Cut(text[: self.end] + self.closers, self.closers, in_string=False)
        cut = _CUT_ESCAPE.search(text, max(start, len(text) - 64))
        body = text[: cut.start(1)] if cut else text
        pair = _CUT_PAIR.search(body, max(start, len(body) - 6))
        return Cut((body[: pair.start()] if pair else body) + '"' + self.closers, self.closers, in_string=True)


def without_closers(text: str, closers: str, *, in_string: bool) -> str:
    """Return completed JSON without the brackets that were added, so that a cut text stays cut."""
    for closer in reversed(closers):
        text = text.rstrip()
        if not text.endswith(closer):
            return text
        text = text[:-1]
    text = text.rstrip()
    return text[:-1] if in_string and text.endswith('"') else text
