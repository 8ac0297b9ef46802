"""Records whose attributes are flat, with keys that say nothing of their values, as those of telemetry mostly are.

There is nothing to walk: each set of keys is judged once, and a text that many records of a batch share is looked at
once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from openclaw_otel_plugins.redaction.keys import Keys
from openclaw_otel_plugins.redaction.run import Run
from openclaw_otel_plugins.redaction.walk import Leaf

_SCALARS = frozenset({str, int, float, bool, type(None)})
_PAIRS = frozenset({"value", "Value", "values", "encoding"})
"""Keys that say what the value of another one is."""
_MOST = 1024
"""Sets of keys that are remembered at a time; then it starts anew."""
_MOST_KEYS, _LONGEST_KEY = 64, 128
_NONE: frozenset[str] = frozenset()


class Flat:
    """Says which attributes need no walk. Thread safe: a lost or doubled entry of the memory changes nothing."""

    def __init__(self, keys: Keys, clean_key: Callable[[str, Run], str]) -> None:
        self._keys = keys
        self._clean_key = clean_key
        self._known: dict[tuple[Any, ...], frozenset[str] | None] = {}

    def ids_of(self, tree: Mapping[str, Any]) -> frozenset[str] | None:
        """Return the keys of a flat tree that hold ids; None for a tree that has to be walked."""
        if type(tree) is not dict or not _SCALARS.issuperset(map(type, tree.values())):
            return None
        names = tuple(tree)
        if names in self._known:
            return self._known[names]
        found = self._judged(names)
        if len(names) <= _MOST_KEYS and all(type(name) is str and len(name) <= _LONGEST_KEY for name in names):
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[names] = found
        return found

    def _judged(self, names: Sequence[Any]) -> frozenset[str] | None:
        ids = []
        for name in names:
            if type(name) is not str or name in _PAIRS or self._clean_key(name, Run()) != name:
                return None
            verdict = self._keys.verdict(name)
            if verdict.placeholder or verdict.sql or verdict.below(""):
                return None
            if verdict.holds_ids:
                ids.append(name)
        return frozenset(ids) or _NONE


class Part:
    """The texts and ids that one record brought first. Its run is made when one of them needs work, as few do."""

    __slots__ = ("_run", "free", "kept")

    def __init__(self, run: Run | None = None) -> None:
        self._run = run
        self.free: list[Leaf] = []
        self.kept: list[Leaf] = []

    @property
    def tells_of_a_buyer(self) -> bool:
        """Say whether a text named somebody's e-mail or phone as such."""
        return self._run is not None and bool(self._run.emails or self._run.phones)

    @property
    def run(self) -> Run:
        """The state of redacting them."""
        self._run = self._run or Run()
        return self._run


class Shared:
    """The texts and ids of many flat records: gathered, redacted by the engine, handed out again."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        """From what went in to what comes out, once it is redacted."""
        self.parts: list[Part] = []
        self._changed: frozenset[str] = _NONE

    def add(self, tree: Mapping[str, Any], ids_of: frozenset[str], texts: Sequence[str], ids: Sequence[str]) -> None:
        """Take the parts of a record; `ids_of` are the keys of the tree that hold ids."""
        part = Part()
        if ids_of:
            _add(part.free, self.texts, [*texts, *(value for name, value in tree.items() if name not in ids_of)])
            _add(part.kept, self.ids, [*ids, *(value for name, value in tree.items() if name in ids_of)])
        else:
            _add(part.free, self.texts, [*texts, *tree.values()])
            _add(part.kept, self.ids, ids)
        self.parts.append(part)

    def settle(self) -> None:
        """Note what the engine has changed."""
        both = (self.texts, self.ids)
        self._changed = frozenset(text for found in both for text, done in found.items() if done is not text)

    def buyers(self) -> frozenset[str]:
        """Return the texts that were replaced where somebody's e-mail or phone was named."""
        told = (leaf for part in self.parts if part.tells_of_a_buyer for leaf in (*part.free, *part.kept))
        return frozenset(text for known, _, text, _ in told if known[text] is not text)

    def tree(self, tree: Mapping[str, Any], ids_of: frozenset[str]) -> Mapping[str, Any]:
        """Return a tree that was added, redacted; the same object when nothing in it has changed."""
        if self._changed.isdisjoint(tree.values()):
            return tree
        return {
            name: (self.ids if name in ids_of else self.texts)[value] if type(value) is str else value
            for name, value in tree.items()
        }


def _add(leaves: list[Leaf], known: dict[str, str], texts: Iterable[Any]) -> None:
    for text in texts:
        if text not in known and type(text) is str:
            known[text] = text
            if text:
                leaves.append((known, text, text, "$"))
