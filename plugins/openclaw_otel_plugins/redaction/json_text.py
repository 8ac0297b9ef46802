"""JSON as text: written back in the style it came in, and read as far as it goes when it was cut."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_INDENT = re.compile(r"[{\[]\s*?\n([ \t]+)\S")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|"|[{}\[\],:]|[^\s"{}\[\],:]+', re.DOTALL)
_LITERAL = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_CUT_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(\\(?:u[0-9a-fA-F]{0,3})?)$")
_CUT_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}$")


def load(text: str) -> Any:
    """Return the value; raises ValueError or RecursionError as `json.loads` does."""
    return json.loads(text)


def dump(value: Any, like: str) -> str:
    """Return the value as JSON with the indentation, spaces and escapes of another text."""
    indented = _INDENT.search(like, 0, 4096) if "\n" in like else None
    colon = like.find('":')
    spaced = like[colon + 2 : colon + 3] == " " if colon >= 0 else ", " in like
    escaped = "\\u" in like and like.isascii()
    text = json.dumps(
        value,
        ensure_ascii=escaped or "\\ud" in like or "\\uD" in like,
        indent=indented[1] if indented else None,
        separators=("," if indented else ", " if spaced else ",", ": " if spaced else ":"),
    )
    return text.replace("/", "\\/") if "\\/" in like else text


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
    stack: list[str] = []
    end, expects_value, in_key = 0, False, False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == '"':  # a string without its end: all that follows belongs to it
            return _cut_in_string(text, match.start(), stack, is_key=in_key and not expects_value)
        if token in "{[":
            stack.append("}" if token == "{" else "]")
            in_key, expects_value = token == "{", False
        elif token in "}]":
            if not stack or stack.pop() != token:
                return None
            in_key, expects_value = False, False
        elif token == ",":
            in_key, expects_value = bool(stack) and stack[-1] == "}", False
        elif token == ":":
            expects_value, in_key = True, False
        elif token[0] == '"' and in_key:
            pass  # a key: it counts only with its colon
        elif token[0] != '"' and not _LITERAL.fullmatch(token):
            if match.end() < len(text):
                return None
            break  # `tru`, `12e`: dropped
        if not stack:
            return None  # a whole value, or one and something behind it
        if token not in ",:" and not (token[0] == '"' and in_key):
            end, expects_value = match.end(), False
        elif token == ":":
            end = match.end()
    closers = "".join(reversed(stack))
    return Cut(text[:end] + ("null" if expects_value else "") + closers, closers, in_string=False)


def _cut_in_string(text: str, start: int, stack: list[str], *, is_key: bool) -> Cut | None:
    if not stack:
        return None
    closers = "".join(reversed(stack))
    if is_key:
        return Cut(text[:start].rstrip().rstrip(",") + closers, closers, in_string=False)
    cut = _CUT_ESCAPE.search(text, max(start, len(text) - 64))
    body = text[: cut.start(1)] if cut else text
    pair = _CUT_PAIR.search(body, max(start, len(body) - 6))
    return Cut((body[: pair.start()] if pair else body) + '"' + closers, closers, in_string=True)


def without_closers(text: str, closers: str, *, in_string: bool) -> str:
    """Return completed JSON without the brackets that were added, so that a cut text stays cut."""
    for closer in reversed(closers):
        text = text.rstrip()
        if not text.endswith(closer):
            return text
        text = text[:-1]
    text = text.rstrip()
    return text[:-1] if in_string and text.endswith('"') else text
