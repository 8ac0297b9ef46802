"""Shapes of attribute values: what of a value does not change from event to event, so that few describe millions.

    /v1/4640068944122/reserve_quota  →  /v1/▯/reserve_quota          worker-7  →  worker-7

A word is masked when it holds a digit and is long enough to be an id. What a pattern finds among values it finds among
their shapes too (`shape_regex`); shapes find more, so that whoever asks them must look at the events afterwards.
"""

from __future__ import annotations

import re

from openclaw_otel_bridge.query.patterns import Pattern

MASK = "\x01"
"""Stands for a masked word."""
ANYTHING = "\x02"
"""The shape of values that are not told apart; every pattern may match them."""
LONGEST = 200
"""Characters of a shape; longer ones are not told apart."""
LONGEST_NAME = 200
"""Characters of an attribute's name that count."""
RELEASE = "\x01release"
"""The name under which shapes of releases are kept, which have a column of their own."""
_SHORTEST_ID = 5
_MOST_WORDS = 24
_WORD = re.compile(rf"[0-9A-Za-z{MASK}]+", re.ASCII)
_DIGIT = re.compile(r"[0-9]", re.ASCII)
_SPECIAL = re.compile(r"[!-/:-@\[-`{-~]")
_MASKED = MASK + "+"


def shape(text: str) -> str:
    """Return the shape of a folded value."""
    found = _WORD.sub(_masked, text)
    return found if len(found) <= LONGEST and ANYTHING not in found else ANYTHING


def shape_regex(pattern: Pattern) -> tuple[str, int]:
    """Return what every shape of a value that the folded pattern matches matches, and how often masks are to be
    repeated in the shape for it: several words of the pattern may lie within one masked word.

    The regular expression means the same to Python and to PostgreSQL, and more repetitions do no harm.
    """
    words = sum(len(_WORD.findall(piece)) for piece in pattern.pieces)
    if words > _MOST_WORDS:
        return "^.*$", 1
    last = len(pattern.pieces) - 1
    pieces = [_piece(piece, at == 0, at == last) for at, piece in enumerate(pattern.pieces)]
    return f"^{'.*'.join(pieces)}$", max(words, 1)


def _masked(word: re.Match[str]) -> str:
    return MASK if _is_masked(word[0]) else word[0]


def _is_masked(word: str) -> bool:
    return MASK in word or (len(word) >= _SHORTEST_ID and _DIGIT.search(word) is not None)


def _piece(piece: str, first: bool, last: bool) -> str:
    """Return the expression of what stands between two stars; `first` and `last` touch the ends of the value."""
    parts, at = [], 0
    for word in _WORD.finditer(piece):
        whole = (word.start() > 0 or first) and (word.end() < len(piece) or last)
        parts += [_literal(piece[at : word.start()]), _word(word[0], whole)]
        at = word.end()
    return "".join([*parts, _literal(piece[at:])])


def _word(word: str, whole: bool) -> str:
    """A word that goes on behind a star may be part of a masked one."""
    if _is_masked(word):
        return _MASKED
    return word if whole else f"(?:{word}|{_MASKED})"


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)
