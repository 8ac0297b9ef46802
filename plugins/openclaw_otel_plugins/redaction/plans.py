"""What is done with each value of an object, worked out once for all objects with the same keys and types of values.

Platforms answer with few shapes of objects and many objects of each: a walk need not judge every key of every one.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from openclaw_otel_plugins.redaction.keys import ADDRESS, CARD, ERRORS, NEUTRAL, PERSON, Keys, Verdict

LABELS = ("name", "key", "Name", "Key", "field", "attribute", "header")
VALUES = ("value", "Value", "values")
_NEAR = frozenset({"email", "phone", "address", "name"})
_ADDRESS_KEEP = frozenset(
    ("country countryname country_name countryregion currency type kind default status region verified locale"
     " is_default address_type addresstype").split()
)  # fmt: skip
_PLANS = 2048
_MOST_KEYS = 64
_LONGEST_KEY = 64
"""Objects with more or longer keys are judged anew each time: their plans would fill the memory."""
_JSON = frozenset({str, int, float, bool, type(None), dict, list})

Judged = tuple[str, Verdict]
"""The class of a value ("" for none), and what its key says beyond."""
Shape = tuple[tuple[str, ...], tuple[type, ...], str, str]
"""The keys of an object, the types of its values, the class and the context that hold in it."""


class Plan(NamedTuple):
    """What is done with the values of an object. Values that no part speaks of stay."""

    free: tuple[str, ...]
    """Texts to be looked at as any other."""
    kept: tuple[str, ...]
    """Texts to be looked at as ids."""
    replaced: tuple[tuple[str, Judged], ...]
    """Texts replaced by their keys."""
    inner: tuple[tuple[str, Judged], ...]
    """Objects and lists."""
    others: tuple[tuple[str, Judged], ...]
    """What is judged by more than its key and type."""
    near: tuple[str, ...] = ()
    """Keys that make ambiguous ones beside them personal, if they hold anything …"""
    personal: Plan | None = None
    """… and what is done then."""
    encoded: bool = False
    """A body in base64 may be in it (HAR `content`)."""


class Plans:
    """Makes plans; remembers the last ones. Thread safe: a lost or doubled entry of the memory changes nothing."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.memory: dict[Shape, Plan | None] = {}
        """Plans already made (to be read only); None for shapes whose objects are looked at one by one."""
        self._once: set[Shape] = set()
        """Shapes met once: most of those never come again, and a plan costs more than a look at one object."""

    def plan(self, shape: Shape) -> Plan | None:
        """Return what to do; None when that depends on more than the shape, or when the shape is new."""
        keys, types, _, _ = shape
        if len(keys) > _MOST_KEYS or not _JSON.issuperset(types):
            return None
        if not all(type(key) is str and len(key) <= _LONGEST_KEY for key in keys):
            return None
        if shape not in self._once:
            if len(self._once) >= _PLANS:
                self._once.clear()
            self._once.add(shape)
            return None
        found = self._made(shape)
        if len(self.memory) >= _PLANS:
            self.memory.clear()
        self.memory[shape] = found
        return found

    def _made(self, shape: Shape) -> Plan | None:
        keys, _, _, context = shape
        if not all(len(key) < 6 or key.isidentifier() for key in keys):
            return None  # a key may hold personal data itself
        if any(key in VALUES for key in keys) and any(key in LABELS for key in keys):
            return None  # a name/value pair
        verdicts = [self.verdict(key, keys) for key in keys]
        plan = _plan(shape, verdicts)._replace(encoded="encoding" in keys and "text" in keys)
        if context or not any(verdict.weak for verdict in verdicts):
            return plan
        near = tuple(key for key in keys if self.is_near(key))
        personal = _plan(shape, [beside(verdict) for verdict in verdicts])
        return plan._replace(near=near, personal=personal._replace(encoded=plan.encoded))

    def verdict(self, key: str, siblings: Container[object]) -> Verdict:
        """Return what a key says among its siblings."""
        if key == "comment" and "mimeType" in siblings:
            return NEUTRAL  # HAR: a remark of the recorder, not of a buyer
        return self._keys.verdict(key)

    def is_near(self, key: object) -> bool:
        """Say whether a key is one that makes ambiguous ones beside it personal."""
        return type(key) is str and self._keys.verdict(key).placeholder in _NEAR


def class_of(verdict: Verdict, slot: object, forced: str, context: str) -> str:
    """Return the class of the value of a key (or a place in a list) below a class and a context; "" for none."""
    name = verdict.placeholder or verdict.below(context) or ("" if verdict.keep else forced)
    if not name and context == ADDRESS and not verdict.keep:
        return "" if isinstance(slot, str) and slot.lower() in _ADDRESS_KEEP else "address"
    return name


def beside(verdict: Verdict) -> Verdict:
    """Return what an ambiguous key beside personal ones says: `name` beside `phone`."""
    if not verdict.weak or verdict.placeholder:
        return verdict
    name = verdict.below(PERSON) or verdict.below(ADDRESS) or verdict.below(CARD)
    return Verdict(name, False, (), verdict.enters, verdict.leaves)


def _plan(shape: Shape, verdicts: Sequence[Verdict]) -> Plan:
    _, _, forced, context = shape
    free: list[str] = []
    kept: list[str] = []
    replaced, inner, others = [], [], []
    for key, kind, verdict in zip(shape[0], shape[1], verdicts, strict=True):
        name = class_of(verdict, key, forced, context)
        step = key, (name, verdict)
        if kind is dict or kind is list:
            inner.append(step)
        elif kind is not str:
            if name and kind is not bool and kind is not type(None):
                others.append(step)
        elif verdict.sql or (name and context == ERRORS):
            others.append(step)
        elif name:
            replaced.append(step)
        else:
            (kept if verdict.holds_ids else free).append(key)
    return Plan(tuple(free), tuple(kept), tuple(replaced), tuple(inner), tuple(others))
