"""From the text of a query to its tokens: signs, keys, quotes, commas. Knows nothing of what keys mean.

    token  = ["-"] [key ":"] value {"," value}        free text has no key, and its commas are text
    value  = {bare | quoted}                          `*` is wild when bare, plain when quoted
    quoted = '"' … '"' or “ … ”                       \\" and \\\\ inside stand for " and \\

The full-width colon and comma of Chinese keyboards are read as `:` and `,` behind a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from openclaw_otel_bridge.query.errors import QueryError
from openclaw_otel_bridge.query.patterns import Pattern

LONGEST = 2000
"""Characters a query may have."""

_KEY = re.compile(r"([A-Za-z_][\w.\-/]*)[:：]")
_CLOSING = {'"': '"', "“": "”"}


@dataclass(frozen=True, slots=True)
class Word:
    """One value as written: `pattern` to match with, `text` without quotes, `position` from 1."""

    pattern: Pattern
    text: str
    quoted: bool
    position: int


@dataclass(frozen=True, slots=True)
class Token:
    """One term as written; `key` is None for free text."""

    key: str | None
    words: tuple[Word, ...]
    negated: bool
    position: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query.

    Raises:
        QueryError: a quote is open, a value is missing, or a character cannot be searched for.
    """
    if len(text) > LONGEST:
        raise QueryError("too_long", limit=str(LONGEST))
    for at, character in enumerate(text):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise QueryError("bad_character", at + 1)
    at = _skip(text, 0)
    while at < len(text):
        token, at = _token(text, at)
        yield token
        at = _skip(text, at)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _token(text: str, start: int) -> tuple[Token, int]:
    negated = text[start] == "-" and start + 1 < len(text) and not text[start + 1].isspace()
    at = start + negated
    found = _KEY.match(text, at)
    if found is None:
        word, at = _word(text, at, "")
        if not word.text:
            raise QueryError("empty_text", word.position)
        return Token(None, (word,), negated, start + 1), at
    words = []
    at = found.end() - 1
    while True:
        word, at = _word(text, at + 1, ",，")
        if not word.text:
            raise QueryError("no_value", word.position, key=found[1])
        words.append(word)
        if at >= len(text) or text[at].isspace():
            return Token(found[1], tuple(words), negated, start + 1), at


def _word(text: str, start: int, stops: str) -> tuple[Word, int]:
    """Read one value up to a space, a stop or the end."""
    pieces = [""]
    quoted = False
    at = start
    while at < len(text) and not text[at].isspace() and text[at] not in stops:
        if text[at] in _CLOSING:
            inside, at = _quoted(text, at)
            pieces[-1] += inside
            quoted = True
        elif text[at] == "*":
            pieces.append("")
            at += 1
        else:
            pieces[-1] += text[at]
            at += 1
    return Word(Pattern(tuple(pieces)), "*".join(pieces), quoted, start + 1), at


def _quoted(text: str, start: int) -> tuple[str, int]:
    closing = _CLOSING[text[start]]
    inside: list[str] = []
    at = start + 1
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in (closing, "\\"):
            at += 1
        elif text[at] == closing:
            return "".join(inside), at + 1
        inside.append(text[at])
        at += 1
    raise QueryError("open_quote", start + 1)
