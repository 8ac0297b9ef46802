"""Patterns in the order they are tried, all asked in one pass over a text (an RE2 set), linear in it.

One by one, the patterns of a situation cost more than everything else in judging a record.
"""

from __future__ import annotations

from collections.abc import Sequence

import re2

from openclaw_otel.errors import CatalogError

_BUDGET = 16 << 20
"""Bytes the automaton of one list may grow to; it starts anew beyond."""


class PatternList:
    """RE2 patterns without case. Immutable once made; thread safe."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Compile the patterns.

        Raises:
            CatalogError: one is no RE2 pattern, or all together are too large.
        """
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        options.max_mem = _BUDGET
        self._set = re2.Set.SearchSet(options)
        self._empty = not patterns
        try:
            for pattern in patterns:
                self._set.Add(pattern)
            self._set.Compile()
        except re2.error as error:
            raise CatalogError(f"patterns cannot be compiled: {error}") from error

    def found(self, text: str) -> list[int]:
        """Return the positions of all patterns that are in the text, ascending."""
        if self._empty:
            return []
        found = self._set.Match(searchable(text))
        return sorted(found) if found else []

    def first(self, text: str) -> int | None:
        """Return the position of the first pattern that is in the text, or None."""
        if self._empty:
            return None
        found = self._set.Match(searchable(text))
        return min(found) if found else None


def searchable(text: str) -> bytes:
    """Return a text as RE2 takes it: JSON may hold half a surrogate pair."""
    return text.encode("utf-8", "replace")
