"""From one run of non-space characters to its atoms: words, values, numbers. Pure, cached, linear.

The stdlib patterns here are single character classes or anchored matches on a short piece: nothing to backtrack over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from openclaw_otel_plugins.v1.words import (
    CODE_WORDS,
    HOST_COUNTRIES,
    HOST_ENDINGS,
    INFRA,
    LABELS,
    STRONG_LABELS,
    TECHNICAL,
    VALUE_KEYS,
)


class Kind(IntEnum):
    """What an atom is."""

    WORD = 0
    VALUE = 1
    NUMBER = 2
    """A bare number: a value, unless what stands around it makes it an error number."""


class Atom(NamedTuple):
    """The smallest part a template is made of."""

    kind: Kind
    text: str
    sign: str = ""
    """`=` or `:` when one stands right after it."""
    quoted: bool = False
    bracketed: bool = False
    """Right after an opening bracket: `(1213, 'Deadlock …')`."""


CACHED_RUN = 200
LONGEST_PIECE = 120
"""A piece longer than this, without a break, is no word."""

_QUOTES = "\"'“”‘’«»`「」『』"
_BREAKS = r"\s()\[\]{}<>,;=|!?，。；：（）【】《》、" + _QUOTES.replace("'", "")
_PIECE = re.compile(rf"([(\[{{{_QUOTES}]{{0,4}})([^{_BREAKS}]+)([{_QUOTES}]*)(=?)")
_OPERATORS = frozenset(("<", ">", "<=", ">=", "==", "!=", "<>"))
_STRIP = ".:'*~^/\\+-–—…#&$%@·•→"
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"[-+]?\d+")
_CJK = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+)")
_CURRENCY = re.compile("[A-Z]{0,3}[$€£¥₫฿₱₩₹₽₺₦₪₴￥]")
_PATH = re.compile(r"(?:~?/|\.{1,2}/|[A-Za-z]:[\\/]|\\\\).+")
_FILE = re.compile(r".*\.[A-Za-z][A-Za-z0-9]{0,5}")
_LOCALE = re.compile(r"[A-Z]{2}-[A-Z]{2,3}|[a-z]{2}[-_][A-Z]{2}")
_CONSONANTS = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{5}")
_KNOWN_CAPITALS = re.compile(r"HTTP|XML|HTML|JSON|SSL|TLS|SQL|XHR|CSRF|CORS")
_ASSIGNED = re.compile("([A-Za-z_\u4e00-\u9fff][\\w\u4e00-\u9fff-]{0,40})[:：]([^:：].*)")
_COLON_NAMES = re.compile(r"(?i)(?:arn|urn|gid):.+")
_HEX_COLONS = re.compile(r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:%\w+|/\d+)?")
_HTTP_VERSION = re.compile(r"(?i)https?/\d(?:\.\d)?")
_GENERIC = re.compile(
    r"(?i)(?:u?int|float|char|n?varchar\d?|decimal|complex|datetime|bytes|utf|tls|ssl|sha|md|aes|rsa|ipv|ean|gtin|upc"
    r"|base|address|street|option)[-_]?[1-9]\d{0,2}"
)
_ERROR_NAME = re.compile(
    r"(?:ORA|PLS|TNS|SQL|SQLSTATE|AADSTS|PGRST|TS|ERR|ERROR|ERRNO|RFC|ISO)[-_]?\d{2,6}|E\d{4,5}|SQL\d{4,5}[NW]"
    r"|(?:HTTP|ERROR|ERR|CODE|STATUS)_\d{1,6}(?:_[A-Z]+)*"
)
_ONE_DIGIT = re.compile(r"[A-Za-z]{3,}\d")
_SNAKE_PART = re.compile(r"[A-Za-z]+|\d|[vV]\d|[A-Za-z]{3,}\d|")
_DOTTED = re.compile(r"[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*|\.\d{1,4}(?!\d))+")


def atoms_of(run: str) -> Iterator[Atom] | tuple[Atom, ...]:
    """Return the atoms of one run of non-space characters."""
    return _cached(run) if len(run) <= CACHED_RUN else _atoms(run)


@lru_cache(maxsize=32768)
def _cached(run: str) -> tuple[Atom, ...]:
    if run.isascii() and run.isalpha() and len(run) <= LONGEST_PIECE:
        return (Atom(Kind.VALUE if looks_random(run) else Kind.WORD, run),)
    if run in _OPERATORS:  # a comparison standing alone is meaning: `< 0` is not `> 0`
        return (Atom(Kind.WORD, run),)
    return tuple(_atoms(run))


def _atoms(run: str) -> Iterator[Atom]:
    for match in _PIECE.finditer(run):
        opening, piece, closing, sign = match.groups()
        if not sign and piece.endswith((":", "：")):
            sign = ":"
        quoted = bool(closing) or piece[0] == "'" or piece[-1] == "'" or opening.strip("([{") != ""
        atoms = list(_piece(piece))
        for position, atom in enumerate(atoms):
            last = position == len(atoms) - 1
            yield atom._replace(
                sign=(sign or atom.sign) if last else atom.sign,
                quoted=quoted,
                bracketed=position == 0 and opening.strip(_QUOTES) != "",
            )


def has_cjk(text: str) -> bool:
    """Say whether a text holds Chinese, Japanese or Korean characters."""
    return not text.isascii() and _CJK.search(text) is not None


def looks_random(word: str) -> bool:
    """Say whether a word of letters alone is no word: capitals nobody could say, or case that jumps about."""
    if len(word) < 8:
        return False
    if word.isupper():
        return _CONSONANTS.search(word) is not None and _KNOWN_CAPITALS.search(word) is None
    if len(word) < 16 or word.islower() or word[1:].islower():
        return False
    jumps = sum(a.islower() and b.isupper() for a, b in pairwise(word))
    return jumps * 4 > len(word)


def _piece(piece: str) -> Iterator[Atom]:
    """Yield the atoms of a piece: no spaces, brackets, quotes or commas in it."""
    if len(piece) > 1 and _PATH.fullmatch(piece) and (_FILE.fullmatch(piece) or not has_cjk(piece)):
        yield Atom(Kind.VALUE, piece)
        return
    if has_cjk(piece):
        for part in _CJK.split(piece):
            if part and _CJK.fullmatch(part):
                yield Atom(Kind.WORD, part)
            elif part:
                yield from _piece(part)
        return
    core = piece.strip(_STRIP)
    if not core:
        if "*" in piece or _CURRENCY.fullmatch(piece):
            yield Atom(Kind.VALUE, piece)
        return
    if len(core) > LONGEST_PIECE or (len(piece) <= 4 and _CURRENCY.fullmatch(piece)):
        yield Atom(Kind.VALUE, core)
        return
    assigned = _ASSIGNED.fullmatch(core)
    if assigned and not _COLON_NAMES.fullmatch(core):
        yield from _assigned(assigned[1], assigned[2])
        return
    yield _core(core, piece)


def _assigned(key: str, rest: str) -> Iterator[Atom]:
    """Yield the atoms of `key:rest`: a code, a label, a host with its port, or two words."""
    low = key.lower()
    known = low in CODE_WORDS or low in VALUE_KEYS or low in LABELS or low in STRONG_LABELS
    if not known and rest.isdigit() and 2 <= len(rest) <= 5:
        yield Atom(Kind.VALUE, f"{key}:{rest}")  # redis:6379
        return
    yield Atom(Kind.WORD, key, ":") if not _DIGIT.search(key) else _core(key, key)._replace(sign=":")
    yield from _piece(rest)


def _core(core: str, piece: str) -> Atom:
    if not _DIGIT.search(core):
        return Atom(Kind.VALUE if _letters_are_value(core) else Kind.WORD, core)
    if _NUMBER.fullmatch(core):
        negative = len(piece) > len(core) and piece[piece.find(core) - 1] == "-" and piece.startswith("-")
        return Atom(Kind.VALUE if piece[0] in "#$" else Kind.NUMBER, f"-{core}" if negative else core)
    if _HTTP_VERSION.fullmatch(core):
        return Atom(Kind.WORD, "HTTP")
    if _is_word_with_digits(core):
        return Atom(Kind.WORD, core)
    if _DOTTED.fullmatch(core) and not is_host(core):
        parts = [part for part in core.split(".") if not part.isdigit()]
        if all(not _DIGIT.search(part) or _is_word_with_digits(part) for part in parts):
            return Atom(Kind.WORD, ".".join(parts))
    return Atom(Kind.VALUE, core)


def _letters_are_value(core: str) -> bool:
    if core.isalpha():
        return looks_random(core) if core.isascii() else False
    if "." in core and (is_host(core) or (("/" in core or "\\" in core) and _FILE.fullmatch(core))):
        return True
    if "@" in core:
        name, _, host = core.partition("@")
        return bool(name and "." in host)
    return _LOCALE.fullmatch(core) is not None


def is_host(core: str) -> bool:
    """Say whether a dotted name is a host rather than a field, a class or a code."""
    host, _, port = core.partition(":")
    labels = host.split(".")
    if len(labels) < 2 or "_" in host or "/" in host or "" in labels or (port and not port.isdigit()):
        return False
    if host != host.lower() or not all(label.replace("-", "").isalnum() for label in labels):
        return False
    last = labels[-1]
    if last in HOST_ENDINGS or (port and not last.isdigit()):
        return True
    return last in HOST_COUNTRIES and (len(labels) > 2 or "-" in host)


def _is_word_with_digits(core: str) -> bool:
    """Say whether a name with a digit is a name all the same: address1, line_2, oauth2, ORA-00942, ERROR_403_X."""
    low = core.lower()
    if low in TECHNICAL or _ERROR_NAME.fullmatch(core) or _GENERIC.fullmatch(core):
        return True
    if _ONE_DIGIT.fullmatch(core):
        return not core.isupper() and low[:-1] not in INFRA
    if "_" in core:
        parts = core.split("_")
        if parts[0].lower() in INFRA:
            return False
        if core.isupper():
            return sum(len(part) > 2 and part.isalpha() for part in parts) > 1 and all(
                part.isalpha() or part.lower() in TECHNICAL or (part.isdigit() and len(part) < 5) for part in parts
            )
        return all(_SNAKE_PART.fullmatch(part) or part.lower() in TECHNICAL for part in parts)
    return False
