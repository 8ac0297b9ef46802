"""What the URL of a call says: whose platform it went to, for which account, which operation, about which objects.

Adapters are asked once for each form of URL: the calls of one form differ in their numbers alone, and telemetry of a
storm holds thousands of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from openclaw_otel.adapters.base import Adapter
from openclaw_otel.adapters.custom import CustomAdapter
from openclaw_otel.record import Exchange

FindAdapter = Callable[[str], Adapter | None]
"""The adapter a URL belongs to."""
MOST_FORMS = 4096
"""Remembered at a time; then it starts anew."""
_NUMBERS = re.compile(r"(?<=/)(?!20[0-9]{4}/)([1-9][0-9]{4,19})(?=/|\.json\Z|\Z)")
"""Segments of a path that are ids and nothing else. Versions (202309), dates and short numbers may mean something."""
_OURS = "openclaw_otel.adapters."


class CallFacts(NamedTuple):
    """Of a call to a platform; `objects` lead from kind to id."""

    platform: str
    store: str | None
    operation: str
    objects: Mapping[str, str]


class _Form(NamedTuple):
    """What all URLs of one form say; `numbered` objects are named by the number of that position."""

    store: str | None
    operation: str
    fixed: Mapping[str, str]
    numbered: Sequence[tuple[str, int]]


class Calls:
    """Reads the URLs of calls. Thread safe: a lost or doubled entry of the memory changes nothing."""

    def __init__(self, find: FindAdapter) -> None:
        self._find = find
        self._forms: dict[tuple[str, ...], _Form | None] = {}

    def read(self, method: str, url: str) -> CallFacts | None:
        """Return what a call says, or None when it is none to a platform."""
        adapter = self._find(url)
        if adapter is None:
            return None
        if "?" in url or isinstance(adapter, CustomAdapter) or not type(adapter).__module__.startswith(_OURS):
            return _asked(adapter, method, url)  # patterns of others may read more than the form
        parts = _NUMBERS.split(url)
        numbers = parts[1::2]
        key = (adapter.name, method, *parts[::2], *["0" * len(number) for number in numbers])
        if key not in self._forms:
            if len(self._forms) >= MOST_FORMS:
                self._forms.clear()
            self._forms[key] = _form(adapter, method, parts)
        form = self._forms[key]
        if form is None:
            return _asked(adapter, method, url)
        objects = {kind: numbers[at] for kind, at in form.numbered} if form.numbered else {}
        return CallFacts(adapter.name, form.store, form.operation, {**form.fixed, **objects} if form.fixed else objects)


def _asked(adapter: Adapter, method: str, url: str) -> CallFacts:
    exchange = Exchange(method=method, url=url)
    return CallFacts(adapter.name, adapter.store(exchange), adapter.operation(exchange), adapter.objects(exchange))


def _form(adapter: Adapter, method: str, parts: Sequence[str]) -> _Form | None:
    """Return the form of a URL taken apart; None where the adapter reads more of its numbers than that they are ids."""
    numbers = parts[1::2]
    others = [_another(number, at) for at, number in enumerate(numbers)]
    said = _asked(adapter, method, "".join(parts))
    probed = _asked(adapter, method, _put_in(parts, others))
    numbered = [(kind, others.index(ident)) for kind, ident in probed.objects.items() if ident in others]
    fixed = {kind: ident for kind, ident in probed.objects.items() if ident not in others}
    told = CallFacts(
        probed.platform, probed.store, probed.operation, {**fixed, **{kind: numbers[at] for kind, at in numbered}}
    )
    return _Form(said.store, said.operation, fixed, numbered) if told == said else None


def _another(number: str, position: int) -> str:
    """Return another number of the same length, a different one for each position."""
    made = str(position + 1).rjust(len(number), "8")
    return made if made != number else made.replace("8", "7")


def _put_in(parts: Sequence[str], numbers: Sequence[str]) -> str:
    literals = parts[::2]
    return "".join(f"{literal}{number}" for literal, number in zip(literals, (*numbers, ""), strict=True))
