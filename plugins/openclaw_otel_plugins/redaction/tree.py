"""Walking JSON-like data: by key first, then all texts that are left in one scan; no recursion, at any depth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from openclaw_otel_plugins.redaction.encoded import decoded
from openclaw_otel_plugins.redaction.keys import ERRORS, NEUTRAL, Keys, Verdict
from openclaw_otel_plugins.redaction.leaves import Leaves, without_literals
from openclaw_otel_plugins.redaction.plans import LABELS, VALUES, Judged, Plan, Plans, beside, class_of
from openclaw_otel_plugins.redaction.run import PLACEHOLDER, Run
from openclaw_otel_plugins.redaction.walk import AsBytes, At, Leaf, Walk, below

BINARY = "[binary]"
_HARMLESS = (date, time, timedelta, Decimal, UUID, Enum, complex)
_CONTAINERS = (Mapping, list, tuple, Set)
_UNKNOWN = Plan((), (), (), (), ())

CONTAINERS = 150_000
"""Objects and lists of a tree that are opened; beyond, each is replaced whole. A megabyte of orders has 15,000."""


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
        self._replace = leaves.replace
        self._plans = Plans(keys)
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
        at = ("", "", key, run.place)
        verdict = self._keys.verdict(key) if key else NEUTRAL
        judged = class_of(verdict, key, "", ""), verdict
        if isinstance(root, _CONTAINERS):
            walk.stack.append((root, walk.holder, 0, below(at, judged, root, key)))
        else:
            self._judged(walk, at, walk.holder, 0, root, judged)
        opened = 0
        while walk.stack:
            node = walk.stack.pop()
            opened += 1
            if opened > CONTAINERS:
                node[1][node[2]] = PLACEHOLDER
                run.note("too_many", PLACEHOLDER)
                continue
            kind = type(node[0])
            if kind is dict or (kind is not list and isinstance(node[0], Mapping)):
                self._mapping(walk, *node)
            else:
                self._sequence(walk, *node)
        return walk

    @staticmethod
    def close(walk: Walk) -> Any:
        """Return the copy, once its texts have been redacted."""
        for body in walk.binary:
            body["text"] = BINARY
        for target, slot, kind in reversed(walk.reshape):
            target[slot] = tuple(target[slot]) if kind is tuple else frozenset(target[slot])
        return walk.holder[0]

    def _mapping(self, walk: Walk, source: Mapping[Any, Any], target: Any, slot: Any, at: At) -> None:
        new = source.copy() if type(source) is dict else dict(source)
        target[slot] = new
        shape = (tuple(new), tuple(map(type, new.values())), at[0], at[1])
        plan = self._plans.memory.get(shape, _UNKNOWN)
        if plan is _UNKNOWN:
            plan = self._plans.plan(shape)
        if plan is None:
            target[slot] = self._one_by_one(walk, new, at)
            return
        for key in plan.near:
            if new[key]:
                plan = plan.personal or plan
                break
        self._planned(walk, plan, new, at)

    def _planned(self, walk: Walk, plan: Plan, new: dict[str, Any], at: At) -> None:
        """Do with a copy what the plan of its shape says."""
        place = at[3]
        if plan.free:
            walk.free += [(new, key, new[key], place) for key in plan.free]
        if plan.kept:
            walk.kept += [(new, key, new[key], place) for key in plan.kept]
        for key, judged in plan.replaced:
            if walk.explains:
                walk.run.place = f"{place}.{key}"
            value = new[key]
            new[key] = self._replace(value, judged[0], walk.run, "key") or value
            if new[key] is value:
                (walk.kept if judged[1].holds_ids else walk.free).append((new, key, value, place))
        for key, judged in plan.inner:
            here = below(at, judged, new[key], key)
            walk.stack.append((new[key], new, key, (*here[:3], f"{place}.{key}") if walk.explains else here))
        for key, judged in plan.others:
            self._judged(walk, at, new, key, new[key], judged)
        if plan.encoded and new.get("encoding") == "base64":
            self._base64_body(walk, new)

    def _one_by_one(self, walk: Walk, source: Mapping[Any, Any], at: At) -> dict[Any, Any]:
        """Return the copy of an object whose keys or values decide more than its shape can say."""
        new: dict[Any, Any] = {}
        label = _label(source)
        personal: bool | None = None
        for key, value in source.items():
            name = self._key(key, new, walk.run)
            if label and type(value) is str and key in LABELS:
                new[name] = value
                walk.free.append((new, name, value, at[3]))
                continue
            verdict = self._plans.verdict(key, source) if type(key) is str else NEUTRAL
            if label and key in VALUES:
                verdict = self._keys.verdict(label)
            elif verdict.weak and not at[1] and not verdict.placeholder:
                if personal is None:
                    personal = any(value and self._plans.is_near(key) for key, value in source.items())
                verdict = beside(verdict) if personal else verdict
            self._child(walk, at, new, name, value, verdict)
        if source.get("encoding") == "base64":
            self._base64_body(walk, new)
        return new

    def _sequence(self, walk: Walk, source: Any, target: Any, slot: Any, at: At) -> None:
        new = list(source)
        target[slot] = new
        if not isinstance(source, list):
            walk.reshape.append((target, slot, tuple if isinstance(source, tuple) else frozenset))
        forced, context, label, place = at
        verdict = self._keys.verdict(label) if label else NEUTRAL
        first = new[0] if len(new) == 2 and not forced else None
        if type(first) is str and "[" not in first:
            pair = self._keys.verdict(first)
            if pair.placeholder or pair.keep:  # ["Authorization", "Bearer …"]
                self._child(walk, at, new, 1, new[1], pair)
                return
        judged = class_of(verdict, 0, forced, context), verdict
        plain = not forced and not context
        if verdict is NEUTRAL and not judged[0] and new and type(new[0]) is str and set(map(type, new)) == {str}:
            walk.free += [(new, position, text, place) for position, text in enumerate(new)]
            return
        here = below(at, judged, {}, label)
        alike = not verdict.enters and context != ERRORS  # so that the same holds in lists as in objects
        for position, value in enumerate(new):
            kind = type(value)
            if kind is dict and plain and len(value) == 2 and self._pair(walk, at, new, position, value):
                continue
            if kind is dict or (kind is list and alike):
                inside = (*here[:3], f"{place}.{position}") if walk.explains else here
                if kind is dict:
                    self._mapping(walk, value, new, position, inside)
                else:
                    walk.stack.append((value, new, position, inside))
            else:
                self._judged(walk, at, new, position, value, judged)

    def _pair(self, walk: Walk, at: At, new: list[Any], position: int, pair: dict[Any, Any]) -> bool:
        """Redact `{"name": …, "value": …}`, the commonest object there is (HAR headers); False when it is another."""
        name, value = pair.get("name"), pair.get("value")
        if type(name) is not str or type(value) is not str:
            return False
        copy = new[position] = {**pair, "name": self._clean_key(name, walk.run)}
        if walk.explains:
            at = (*at[:3], f"{at[3]}.{position}")
        self._child(walk, at, copy, "value", value, self._keys.verdict(name))
        return True

    def _child(self, walk: Walk, at: At, target: Any, slot: Any, value: Any, verdict: Verdict) -> None:
        self._judged(walk, at, target, slot, value, (class_of(verdict, slot, at[0], at[1]), verdict))

    def _judged(self, walk: Walk, at: At, target: Any, slot: Any, value: Any, judged: Judged) -> None:
        kind = type(value)
        if kind is str:
            self._text(walk, at, target, slot, value, judged)
        elif kind is dict or kind is list:
            self._container(walk, at, target, slot, value, judged)
        else:
            self._scalar(walk, at, target, slot, value, judged)

    def _container(self, walk: Walk, at: At, target: Any, slot: Any, value: Any, judged: Judged) -> None:
        target[slot] = None  # holds the place, so that keys keep their order
        here = below(at, judged, value, slot)
        if walk.explains and at[3]:
            here = (*here[:3], f"{at[3]}.{slot}")
        walk.stack.append((value, target, slot, here))

    def _text(self, walk: Walk, at: At, target: Any, slot: Any, value: str, judged: Judged) -> None:
        name, verdict = judged
        target[slot] = value
        if name and not (at[1] == ERRORS and self._is_complaint(value)):
            if walk.explains:
                walk.run.place = _place(at, slot)
            done = self._leaves.replace(value, name, walk.run, "key")
            if done is not None:
                target[slot] = done
                return
        if verdict.sql:
            value = target[slot] = without_literals(value)
        (walk.kept if verdict.holds_ids else walk.free).append((target, slot, value, at[3]))

    def _scalar(self, walk: Walk, at: At, target: Any, slot: Any, value: Any, judged: Judged) -> None:
        name = judged[0]
        if value is None or type(value) is bool:
            target[slot] = value
        elif isinstance(value, int | float):
            if name:
                if walk.explains:
                    walk.run.place = _place(at, slot)
                value = self._leaves.number(value, name, walk.run, "key")
            target[slot] = value
        elif isinstance(value, _CONTAINERS):
            self._container(walk, at, target, slot, value, judged)
        elif isinstance(value, str):  # a subclass
            self._text(walk, at, target, slot, str(value), judged)
        elif isinstance(value, bytes | bytearray | memoryview):
            try:
                text = bytes(value).decode("utf-8")
            except UnicodeDecodeError:
                target[slot] = BINARY.encode()
                return
            self._text(walk, at, AsBytes(target, slot), 0, text, judged)
        elif isinstance(value, Sequence):
            self._container(walk, at, target, slot, list(value), judged)
        else:
            target[slot] = value if isinstance(value, _HARMLESS) else PLACEHOLDER

    def _is_complaint(self, text: str) -> bool:
        """`{"errors": {"email": ["is invalid"]}}`: the text is about the field, not its value."""
        lower = text.lower()
        return any(word in lower for word in self._error_words)

    def _base64_body(self, walk: Walk, new: dict[Any, Any]) -> None:
        """A body that is no text cannot be judged, so it does not stay (HAR `content` with encoding base64)."""
        text = new.get("text")
        if isinstance(text, str) and text and text != BINARY and decoded(text.encode("utf-8", "replace")) is None:
            new["text"] = BINARY
            walk.binary.append(new)

    def _key(self, key: Any, taken: Mapping[Any, Any], run: Run) -> Any:
        """Return a key without personal data in it, unlike the keys already taken."""
        if type(key) is str and (len(key) < 6 or key.isidentifier()):
            return key
        clean = self._clean_key(key, run) if isinstance(key, str) else self._odd_key(key, run)
        return f"{clean}_{len(taken)}" if clean in taken else clean

    def _odd_key(self, key: Any, run: Run) -> Any:
        if isinstance(key, bytes):
            return self._clean_key(key.decode("utf-8", "replace"), run).encode("utf-8", "replace")
        return key if isinstance(key, int | float | tuple) or key is None or isinstance(key, _HARMLESS) else PLACEHOLDER


def _label(node: Mapping[Any, Any]) -> str:
    """Return the label of a name/value pair (HAR headers, note attributes, OTLP attributes); "" for other objects."""
    if "value" in node or "Value" in node or "values" in node:
        for key in LABELS:
            label = node.get(key)
            if type(label) is str and label:
                return label
    return ""


def _place(at: At, slot: Any) -> str:
    return f"{at[3]}.{slot}"
