"""Walking JSON-like data: by key first, then all texts that are left in one scan; no recursion, at any depth."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple
from uuid import UUID

from openclaw_otel_plugins.redaction.encoded import decoded
from openclaw_otel_plugins.redaction.keys import ADDRESS, CARD, ERRORS, KEEP, NEUTRAL, PERSON, Keys, Verdict
from openclaw_otel_plugins.redaction.leaves import Leaves
from openclaw_otel_plugins.redaction.run import PLACEHOLDER, Run

_LABELS = ("name", "key", "Name", "Key", "field", "attribute", "header")
_VALUES = ("value", "Value", "values")
_HARMLESS = (date, time, timedelta, Decimal, UUID, Enum, complex)
_NEAR = frozenset({"email", "phone", "address", "name"})
_ADDRESS_KEEP = frozenset(
    ("country countryname country_name countryregion currency type kind default status region verified locale"
     " is_default address_type addresstype").split()
)  # fmt: skip
_PLAIN = frozenset({str, int, float, bool, type(None)})
_CONTAINERS = (Mapping, list, tuple, Set)

Leaf = tuple[Any, Any, str, str]
"""Container, slot, text, place of the container: a text still to be looked at."""


BINARY = "[binary]"
_LITERAL = re.compile(r"'(?:[^'\\\\]|''|\\\\.)*+(?:'|$)", re.DOTALL)


class _Node(NamedTuple):
    """One container to walk: where its copy goes, and what its keys are judged by."""

    node: Any
    target: Any
    slot: Any
    forced: str
    context: str
    label: str
    place: str


class Walk:
    """The state of one walk: the copy, and the texts in it that are still to be looked at."""

    __slots__ = ("free", "holder", "kept", "reshape", "run", "stack")

    def __init__(self, run: Run) -> None:
        self.run = run
        self.holder: list[Any] = [None]
        self.stack: list[_Node] = []
        self.free: list[Leaf] = []
        self.kept: list[Leaf] = []
        self.reshape: list[tuple[Any, Any, type]] = []
        """Tuples and sets, filled as lists: container, slot, type."""


class Tree:
    """Copies a tree, replacing by key; hands every other text to `texts`."""

    def __init__(
        self,
        keys: Keys,
        leaves: Leaves,
        error_words: Sequence[str],
        texts: Callable[[list[Leaf], Run, bool], None],
        clean_key: Callable[[str, Run], str],
    ) -> None:
        self._keys = keys
        self._leaves = leaves
        self._error_words = tuple(error_words)
        self._texts = texts
        self._clean_key = clean_key

    def redact(self, root: Any, key: str, run: Run) -> Any:
        """Return a redacted copy of `root`, the value of `key`."""
        walk = self.open(root, key, run)
        if walk.free:
            self._texts(walk.free, run, False)
        if walk.kept:
            self._texts(walk.kept, run, True)
        return self.close(walk)

    def open(self, root: Any, key: str, run: Run) -> Walk:
        """Copy `root`, the value of `key`, replacing by key; the walk holds the texts that are left to be redacted."""
        walk = Walk(run)
        top = _Node(None, walk.holder, 0, "", "", key, run.place)
        self._child(walk, top, walk.holder, 0, root, self._keys.verdict(key) if key else NEUTRAL)
        while walk.stack:
            node = walk.stack.pop()
            if type(node.node) is dict or isinstance(node.node, Mapping):
                self._mapping(walk, node)
            else:
                self._sequence(walk, node)
        return walk

    @staticmethod
    def close(walk: Walk) -> Any:
        """Return the copy, once its texts have been redacted."""
        for target, slot, kind in reversed(walk.reshape):
            target[slot] = tuple(target[slot]) if kind is tuple else frozenset(target[slot])
        return walk.holder[0]

    def _mapping(self, walk: Walk, node: _Node) -> None:
        new: dict[Any, Any] = {}
        node.target[node.slot] = new
        source, place, verdicts, known = node.node, node.place, self._keys.verdict, self._keys.memory.get
        label = _label(source)
        easy = not (node.forced or node.context or label)
        for key, value in source.items():
            kind = type(value)
            verdict = known(key) or verdicts(key) if type(key) is str else NEUTRAL
            name = key if type(key) is str and (len(key) < 6 or key.isidentifier()) else self._key(key, new, walk.run)
            if kind is str and not value:
                new[name] = value
            elif easy and kind in _PLAIN and (verdict is NEUTRAL or verdict is KEEP):
                new[name] = value
                if kind is str:
                    (walk.free if verdict is NEUTRAL else walk.kept).append((new, name, value, place))
            elif label and kind is str and key in _LABELS:
                new[name] = value
                walk.free.append((new, name, value, place))
            else:
                if key == "comment" and "mimeType" in source:
                    verdict = NEUTRAL  # HAR: a remark of the recorder, not of a buyer
                elif label and key in _VALUES:
                    verdict = verdicts(label)
                elif verdict.weak and not node.context and not verdict.placeholder:
                    verdict = self._beside(source, verdict)
                self._child(walk, node, new, name, value, verdict)
        if source.get("encoding") == "base64" and isinstance(new.get("text"), str):
            self._base64_body(walk, new)

    def _sequence(self, walk: Walk, node: _Node) -> None:
        items = list(node.node)
        new: list[Any] = [None] * len(items)
        node.target[node.slot] = new
        if not isinstance(node.node, list):
            walk.reshape.append((node.target, node.slot, tuple if isinstance(node.node, tuple) else frozenset))
        verdict = self._keys.verdict(node.label) if node.label else NEUTRAL
        if len(items) == 2 and type(items[0]) is str and "[" not in items[0] and not node.forced:
            pair = self._keys.verdict(items[0])
            if pair.placeholder or pair.keep:  # ["Authorization", "Bearer …"]
                new[0] = items[0]
                self._child(walk, node, new, 1, items[1], pair)
                return
        plain = not node.forced and not node.context
        for position, value in enumerate(items):
            if plain and type(value) is dict and len(value) == 2 and self._pair(walk, node, new, position, value):
                continue
            if plain and type(value) is str and verdict is NEUTRAL:
                new[position] = value
                walk.free.append((new, position, value, node.place))
                continue
            self._child(walk, node, new, position, value, verdict)

    def _pair(self, walk: Walk, node: _Node, new: list[Any], position: int, pair: dict[Any, Any]) -> bool:
        """Redact `{"name": …, "value": …}`, the commonest object there is (HAR headers); False when it is another."""
        name, value = pair.get("name"), pair.get("value")
        if type(name) is not str or type(value) is not str:
            return False
        copy = new[position] = {**pair, "name": self._clean_key(name, walk.run)}
        verdict = self._keys.verdict(name)
        if verdict is NEUTRAL or verdict is KEEP:
            place = node.place if walk.run.findings is None else f"{node.place}.{position}"
            (walk.free if verdict is NEUTRAL else walk.kept).append((copy, "value", value, place))
        else:
            at = node if walk.run.findings is None else node._replace(place=f"{node.place}.{position}")
            self._child(walk, at, copy, "value", value, verdict)
        return True

    def _child(self, walk: Walk, node: _Node, target: Any, slot: Any, value: Any, verdict: Verdict) -> None:
        name = verdict.placeholder or verdict.below(node.context) or ("" if verdict.keep else node.forced)
        if not name and node.context == ADDRESS and not verdict.keep and _address_part(slot):
            name = "address"
        kind = type(value)
        if kind is str:
            self._text(walk, node, target, slot, value, (verdict, name))
        elif kind is dict or kind is list or isinstance(value, _CONTAINERS):
            forced, context = self._inside(node, verdict, name, value)
            place = node.place if walk.run.findings is None or not node.node else f"{node.place}.{slot}"
            label = slot if isinstance(slot, str) else node.label
            target[slot] = None  # holds the place, so that keys keep their order
            walk.stack.append(_Node(value, target, slot, forced, context, label, place))
        elif value is None or kind is bool:
            target[slot] = value
        elif isinstance(value, int | float):
            if name:
                if walk.run.findings is not None:
                    walk.run.place = f"{node.place}.{slot}"
                value = self._leaves.number(value, name, walk.run, f"key:{name}")
            target[slot] = value
        else:
            self._other(walk, node, target, slot, value, (verdict, name))

    def _text(self, walk: Walk, node: _Node, target: Any, slot: Any, value: str, judged: tuple[Verdict, str]) -> None:
        verdict, name = judged
        target[slot] = value
        if name and not (node.context == ERRORS and self._is_complaint(value)):
            if walk.run.findings is not None:
                walk.run.place = f"{node.place}.{slot}" if node.node is not None else node.place
            done = self._leaves.replace(value, name, walk.run, f"key:{name}")
            if done is not None:
                target[slot] = done
                return
        if verdict.sql:
            value = target[slot] = without_literals(value)
        (walk.kept if verdict.keep else walk.free).append((target, slot, value, node.place))

    def _other(self, walk: Walk, node: _Node, target: Any, slot: Any, value: Any, judged: tuple[Verdict, str]) -> None:
        if isinstance(value, str):  # a subclass
            self._text(walk, node, target, slot, str(value), judged)
        elif isinstance(value, bytes | bytearray | memoryview):
            try:
                text = bytes(value).decode("utf-8")
            except UnicodeDecodeError:
                target[slot] = b"[binary]"
                return
            self._text(walk, node, _Bytes(target, slot), 0, text, judged)
        elif isinstance(value, Sequence):
            target[slot] = None
            walk.stack.append(_Node(list(value), target, slot, judged[1], node.context, node.label, node.place))
        else:
            target[slot] = value if isinstance(value, _HARMLESS) else PLACEHOLDER

    def _inside(self, node: _Node, verdict: Verdict, name: str, value: Any) -> tuple[str, str]:
        """Return the class and the context that hold below a container."""
        if verdict.enters == ERRORS:
            return "", ERRORS
        if verdict.enters:
            about = isinstance(value, Mapping) or any(isinstance(item, Mapping) for item in value)
            return ("", verdict.enters) if about else (name, "")
        if node.context == ERRORS:
            return name, "" if isinstance(value, Mapping) else ERRORS
        return ("", "") if verdict.leaves else (name, node.context)

    def _beside(self, siblings: Mapping[Any, Any], verdict: Verdict) -> Verdict:
        """An ambiguous key beside personal ones is personal: `name` beside `phone`."""
        for key, value in siblings.items():
            if value and isinstance(key, str) and self._keys.verdict(key).placeholder in _NEAR:
                name = verdict.below(PERSON) or verdict.below(ADDRESS) or verdict.below(CARD)
                return Verdict(name, False, (), verdict.enters, verdict.leaves)
        return verdict

    def _is_complaint(self, text: str) -> bool:
        """`{"errors": {"email": ["is invalid"]}}`: the text is about the field, not its value."""
        lower = text.lower()
        return any(word in lower for word in self._error_words)

    def _base64_body(self, walk: Walk, new: dict[Any, Any]) -> None:
        """A body that is no text cannot be judged, so it does not stay (HAR `content` with encoding base64)."""
        text = new["text"]
        if text and text != BINARY and decoded(text.encode("utf-8", "replace")) is None:
            new["text"] = BINARY
            walk.free[:] = [leaf for leaf in walk.free if leaf[0] is not new or leaf[1] != "text"]

    def _key(self, key: Any, taken: Mapping[Any, Any], run: Run) -> Any:
        """Return a key without personal data in it, unlike the keys already taken."""
        clean = self._clean_key(key, run) if isinstance(key, str) else self._odd_key(key, run)
        return f"{clean}_{len(taken)}" if clean in taken else clean

    def _odd_key(self, key: Any, run: Run) -> Any:
        if isinstance(key, bytes):
            return self._clean_key(key.decode("utf-8", "replace"), run).encode("utf-8", "replace")
        return key if isinstance(key, int | float | tuple) or key is None or isinstance(key, _HARMLESS) else PLACEHOLDER


class _Bytes:
    """Writes a text into its container as bytes."""

    def __init__(self, target: Any, slot: Any) -> None:
        self._target, self._slot = target, slot

    def __setitem__(self, _: int, text: str) -> None:
        self._target[self._slot] = text.encode("utf-8", "surrogatepass")


def _label(node: Mapping[Any, Any]) -> str:
    """Return the label of a name/value pair (HAR headers, note attributes, OTLP attributes); "" for other objects."""
    if "value" in node or "Value" in node or "values" in node:
        for key in _LABELS:
            label = node.get(key)
            if type(label) is str and label:
                return label
    return ""


def _address_part(slot: Any) -> bool:
    return not isinstance(slot, str) or slot.lower() not in _ADDRESS_KEEP


def without_literals(statement: str) -> str:
    """Return an SQL statement without its string literals; a literal that was cut off is one too."""
    return _LITERAL.sub("'?'", statement)
