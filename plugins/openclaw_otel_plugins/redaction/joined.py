"""Many plain texts redacted at once: each as alone, for the price of one call.

Most texts in which something is found are one short sentence with an e-mail or a phone in it. They are joined by a
separator no rule takes for text; what has structure of its own (pairs, escapes, markup, JSON, encoded parts), and what
is not settled after one pass, is left to be looked at alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openclaw_otel_plugins.redaction.rules import compiled
from openclaw_otel_plugins.redaction.values import SEPARATOR, Reaches, Values

LONGEST = 2000
"""Bytes of a text that is joined: with more, the candidates of one text must be counted."""
_SEPARATOR = SEPARATOR.encode()
_STRUCTURED = r"[\\=%<]|(?:\A|\x1f)\s*[{\[\"]|alue|form-data"
_LONG_RUN = r"[A-Za-z0-9+/_\-]{32}"
"""What may be base64."""
_REPEATS = 8
"""Matches of one text that are stepped over; with more, the search goes on behind it."""


class Joined:
    """Redacts lists of texts by value alone. Thread safe."""

    def __init__(self, values: Values, pairs: Any, probe: Any) -> None:
        """`pairs` finds keys inside a text, `probe` whatever needs work: compiled patterns over bytes."""
        self._values = values
        self._special = (compiled(_STRUCTURED), pairs, compiled(_LONG_RUN))
        self._probe = probe

    def redact(self, texts: Sequence[bytes]) -> list[bytes | None]:
        """Return the texts redacted; None stands for one that has to be looked at alone."""
        done: list[bytes | None] = [None] * len(texts)
        plain = [at for at, text in enumerate(texts) if len(text) <= LONGEST and _SEPARATOR not in text]
        plain = _without(plain, texts, self._special)
        if not plain:
            return done
        try:
            redacted = self._values.apply_joined(_SEPARATOR.join([texts[at] for at in plain]))
        except Reaches:
            return done
        found = redacted.split(_SEPARATOR)
        unsettled = set(hits(redacted, self._probe))
        for position, at in enumerate(plain):
            if position not in unsettled:
                done[at] = found[position]
        return done


def hits(data: bytes, pattern: Any) -> Iterator[int]:
    """Yield the index of each text, of those joined by the separator, in which the pattern is found.

    Where a match begins counts: a rule of the user's may reach over the end of its text.
    """
    position = index = counted = repeats = 0
    end = -1
    while True:
        for match in pattern.finditer(data, position):
            start, stop = match.span()
            begun = start + 1  # the separator itself may be the first of it
            if begun > end:
                index += data.count(_SEPARATOR, counted, begun)
                counted, repeats = begun, 0
                yield index
                end = data.find(_SEPARATOR, begun)
                if end < 0:
                    return
            repeats += 1
            # The next text is looked at from its beginning; a new search costs more than a step, less than many steps.
            if stop > end or repeats == _REPEATS:
                break
        else:
            return
        position, repeats = end, 0


def _without(chosen: list[int], texts: Sequence[bytes], patterns: Iterable[Any]) -> list[int]:
    """Return those chosen in which none of the patterns is found."""
    for pattern in patterns:
        if chosen:
            out = set(hits(_SEPARATOR.join([texts[at] for at in chosen]), pattern))
            chosen = [at for position, at in enumerate(chosen) if position not in out] if out else chosen
    return chosen
