"""What a walk through JSON-like data carries along, and what holds below each container."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openclaw_otel_plugins.redaction.keys import ERRORS, NEUTRAL
from openclaw_otel_plugins.redaction.plans import Judged
from openclaw_otel_plugins.redaction.run import Run

Leaf = tuple[Any, Any, str, str]
"""Container, slot, text, place of the container: a text still to be looked at."""
At = tuple[str, str, str, str]
"""What holds in a container: the class of all in it, the context, the label, the place."""
Node = tuple[Any, Any, Any, At]
"""A container to walk, where its copy goes (container and slot), and what holds in it."""


class Walk:
    """The state of one walk: the copy, and the texts in it that are still to be looked at."""

    __slots__ = ("binary", "explains", "free", "holder", "kept", "reshape", "run", "stack")

    def __init__(self, run: Run) -> None:
        self.run = run
        self.explains = run.findings is not None
        """Whether places are to be told; putting them together takes time."""
        self.stack: list[Node] = []
        self.holder: list[Any] = [None]
        self.free: list[Leaf] = []
        self.kept: list[Leaf] = []
        """Texts still to be looked at: as any other, as ids."""
        self.binary: list[dict[Any, Any]] = []
        """Bodies that are no text."""
        self.reshape: list[tuple[Any, Any, type]] = []
        """Tuples and sets, filled as lists: container, slot, type."""


@dataclass(slots=True, eq=False)
class Opened:
    """A tree, texts and ids on their way; `texts` and `ids` lead from what went in to what comes out."""

    walk: Walk
    texts: dict[str, str]
    ids: dict[str, str]
    tree: Any = None


class AsBytes:
    """Writes a text into its container as bytes."""

    def __init__(self, target: Any, slot: Any) -> None:
        self._target, self._slot = target, slot

    def __setitem__(self, _: int, text: str) -> None:
        self._target[self._slot] = text.encode("utf-8", "surrogatepass")


def below(at: At, judged: Judged, value: Any, slot: Any) -> At:
    """Return what holds below a container."""
    name, verdict = judged
    _, context, label, place = at
    if type(slot) is str:
        label = slot
    if verdict is NEUTRAL and context != ERRORS:
        return name, context, label, place
    if verdict.enters == ERRORS:
        return "", ERRORS, label, place
    if verdict.enters:
        about = type(value) is dict or isinstance(value, Mapping) or any(isinstance(item, Mapping) for item in value)
        return ("", verdict.enters, label, place) if about else (name, "", label, place)
    if context == ERRORS:
        return name, "" if isinstance(value, Mapping) else ERRORS, label, place
    return ("", "", label, place) if verdict.leaves else (name, context, label, place)
