"""What the URL of a call says: whose platform it went to, for which account, which operation, about which objects.

Adapters are asked once for each form of URL: the calls of one form differ in their numbers alone, and telemetry of a
storm holds thousands of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from openclaw_otel.adapters.custom import CustomAdapter
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import Exchange

MOST_FORMS = 4096
"""Remembered at a time; then it starts anew."""
_NUMBERS = re.compile(r"/(?!20[0-9]{4}/)([1-9][0-9]{4,19})(?=/|\.json\Z|\Z)")
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

    platform: str
    store: str | None
    operation: str
    fixed: Mapping[str, str]
    numbered: Sequence[tuple[str, int]]


_NO_CALL = _Form("", None, "", {}, ())
"""Of URLs that are none of a platform's."""


class Calls:
    """Reads the URLs of calls. Thread safe: a lost or doubled entry of the memory changes nothing."""

    def __init__(self, platforms: Platforms) -> None:
        self._platforms = platforms
        self._forms: dict[tuple[str, ...], _Form | None] = {}

    def read(self, method: str, url: str) -> CallFacts | None:
        """Return what a call says, or None when it is none to a platform."""
        if "?" in url or not self._can_remember:
            return self._asked(method, url)
        parts = _NUMBERS.split(url)
        numbers = parts[1::2]
        key = (method, *parts[::2], *["0" * len(number) for number in numbers])
        if key in self._forms:
            form = self._forms[key]
        else:
            form = self._form(method, url, parts)
            if len(self._forms) >= MOST_FORMS:
                self._forms.clear()
            self._forms[key] = form
        if form is None:
            return self._asked(method, url)
        if form is _NO_CALL:
            return None
        platform, store, operation, fixed, numbered = form
        objects = {kind: numbers[at] for kind, at in numbered} if numbered else {}
        return CallFacts(platform, store, operation, {**fixed, **objects} if fixed else objects)

    @cached_property
    def _can_remember(self) -> bool:
        """Patterns of custom platforms and of adapters of other packages may read more than the form of a URL."""
        ours = all(
            type(adapter).__module__.startswith(_OURS) and not isinstance(adapter, CustomAdapter)
            for adapter in self._platforms.all()
        )
        return ours and not any(_NUMBERS.search(url) for url in self._platforms.base_urls)

    def _asked(self, method: str, url: str) -> CallFacts | None:
        adapter = self._platforms.adapter_for_url(url)
        if adapter is None:
            return None
        exchange = Exchange(method=method, url=url)
        return CallFacts(adapter.name, adapter.store(exchange), adapter.operation(exchange), adapter.objects(exchange))

    def _form(self, method: str, url: str, parts: Sequence[str]) -> _Form | None:
        """Return the form of a URL and its parts; None where more of its numbers is read than that they are ids."""
        numbers = parts[1::2]
        others = [_another(number, at) for at, number in enumerate(numbers)]
        said, probed = self._asked(method, url), self._asked(method, _put_in(parts, others))
        if said is None or probed is None:
            return _NO_CALL if said is probed else None
        numbered = [(kind, others.index(ident)) for kind, ident in probed.objects.items() if ident in others]
        fixed = {kind: ident for kind, ident in probed.objects.items() if ident not in others}
        told = probed._replace(objects={**fixed, **{kind: numbers[at] for kind, at in numbered}})
        return _Form(said.platform, said.store, said.operation, fixed, numbered) if told == said else None


def _another(number: str, position: int) -> str:
    """Return another number of the same length, a different one for each position."""
    made = str(position + 1).rjust(len(number), "8")
    return made if made != number else made.replace("8", "7")


def _put_in(parts: Sequence[str], numbers: Sequence[str]) -> str:
    literals = parts[::2]
    return "".join(f"{literal}/{number}" for literal, number in zip(literals, numbers, strict=False)) + literals[-1]
