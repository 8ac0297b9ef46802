"""Values that are personal or secret wherever they stand: one pass says which rules match, and those are applied."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from openclaw_otel_plugins.redaction.rules import Rules, ValueRule, compiled, which_of
from openclaw_otel_plugins.redaction.run import Run

SEPARATOR = "\x1f"
"""Stands between texts that are scanned together; no probe reaches over it."""
_SEPARATOR = SEPARATOR.encode()
_PLACEHOLDER = re.compile(rb"\[[a-z][a-z0-9_]*\]")
_ESCAPES = re.compile(rb"(?<!\\)\\++(?:[nrt]|u[0-9a-fA-F]{4})")
ESCAPED_PROBE = r"\\u[0-9A-Fa-f]{4}"
r"""Escapes hide keys, and where values begin: `\u5bc6\u7801": "…"`, `\u8bdd138…`."""
_LETTER = "\u4e00\u4e00".encode()
"""As long as an escape, and beside a digit a boundary like any letter that is not ASCII."""
_GROUP = re.compile(r"\\.|\[(?:\\.|[^\]\\])+\]|\(\?P<[^>]*>|\((?!\?)", re.DOTALL)


class Reaches(Exception):
    """A rule reaches over the end of its text; the texts have to be looked at one by one."""


class Values:
    """The value rules, ready to run over UTF-8."""

    def __init__(self, rules: Rules) -> None:
        self._rules = [rule for rule in rules.values if not rule.number]
        self._number_rules = [rule for rule in rules.values if rule.number]
        self._number_pattern = compiled("|".join(f"({_uncaptured(rule.source)})" for rule in self._number_rules))
        self._which = which_of([_uncaptured(rule.source) for rule in (*self._rules, *self._number_rules)])
        self.probes = [probe(rule) for rule in rules.values]
        self.keep_probes = [probe(rule) for rule in rules.values if not rule.number]

    def apply(self, data: bytes, run: Run, *, keep: bool = False) -> bytes:
        """Return the text with every value replaced; `keep`: numbers here are ids.

        What stands alone only once its neighbour is replaced is found when the text is looked at again.
        """
        seen = _masked(data)
        found = self._which(seen)
        if not found:
            return data
        numbers = False
        for index in sorted(found):
            if index >= len(self._rules):
                numbers = True
                break
            changed = self._one(self._rules[index], data, seen, run)
            if changed is not data:
                data, seen = changed, _masked(changed)
        return self._numbers(data, seen, run) if numbers and not keep else data

    def apply_joined(self, data: bytes) -> bytes:
        """Return texts joined by the separator, none with escapes, with every value replaced, each as alone.

        Raises:
            Reaches: a rule reaches from one text into the next.
        """
        numbers = False
        for index in sorted(self._which(data) or ()):
            if index >= len(self._rules):
                numbers = True
                break
            data = _each(self._rules[index].pattern, data, self._rules[index])
        return _each(self._number_pattern, data, self._rule_of) if numbers else data

    def _rule_of(self, match: Any) -> ValueRule:
        """Return the number rule that matched: the group tells."""
        found = match.groups()
        return self._number_rules[next(index for index, text in enumerate(found) if text is not None)]

    def _one(self, rule: ValueRule, data: bytes, seen: bytes, run: Run) -> bytes:
        pieces: list[bytes] = []
        last = 0
        grouped = rule.pattern.groups
        for match in rule.pattern.finditer(seen):
            run.spend()
            start, end = _span(match, grouped)
            if start < last or (rule.check and not rule.check(seen, start, end)):
                continue
            if seen[start : start + 1] == b"[" and _PLACEHOLDER.fullmatch(seen, start, end):
                continue
            pieces += data[last:start], rule.placeholder
            last = end
            run.note(f"value:{rule.name}", rule.placeholder.decode())
        if not pieces:
            return data
        pieces.append(data[last:])
        return b"".join(pieces)

    def _numbers(self, data: bytes, seen: bytes, run: Run) -> bytes:
        """Replace cards, identity numbers and phones in one pass: the group that matched names the rule."""
        pieces: list[bytes] = []
        last = position = 0
        while match := self._number_pattern.search(seen, position):
            run.spend()
            start, end = match.span()
            rule = self._rule_of(match)
            if rule.check and not rule.check(seen, start, end):
                position = start + 1
                continue
            pieces += data[last:start], rule.placeholder
            last = position = end
            run.note(f"value:{rule.name}", rule.placeholder.decode())
        if not pieces:
            return data
        pieces.append(data[last:])
        return b"".join(pieces)


def _each(pattern: Any, data: bytes, rules: ValueRule | Callable[[Any], ValueRule]) -> bytes:
    """Replace what a pattern finds in joined texts; a check sees the text it is asked about alone."""
    pieces: list[bytes] = []
    last = position = 0
    groups, again = pattern.groups, True
    while again:
        again = False
        for match in pattern.finditer(data, position):
            rule = rules if isinstance(rules, ValueRule) else rules(match)
            whole = match.span()
            start, end = whole if rule.number else _span(match, groups)
            left = data.rfind(_SEPARATOR, 0, start) + 1
            right = data.find(_SEPARATOR, start)
            right = len(data) if right < 0 else right
            if right < whole[1]:
                raise Reaches
            refused = rule.check is not None and not rule.check(data[left:right], start - left, end - left)
            if refused and rule.number:
                position, again = start + 1, True
                break
            if not refused and not (data[start : start + 1] == b"[" and _PLACEHOLDER.fullmatch(data, start, end)):
                pieces += data[last:start], rule.placeholder
                last = end
    if not pieces:
        return data
    pieces.append(data[last:])
    return b"".join(pieces)


def _span(match: Any, groups: int) -> tuple[int, int]:
    for group in range(1, groups + 1):
        span: tuple[int, int] = match.span(group)
        if span[0] >= 0:
            return span
    whole: tuple[int, int] = match.span()
    return whole


def _masked(data: bytes) -> bytes:
    r"""Return the text with escapes (`\n`, `\u5730`) blanked, of the same length: `\n138…` is a number of its own.

    A letter that is no ASCII letter stays one, so that `jo@\u4f8b.example` is still an address.
    """
    if b"\\" not in data:
        return data
    return _ESCAPES.sub(_blank, data)


def _blank(match: re.Match[bytes]) -> bytes:
    letter = len(match[0]) == 6 and int(match[0][2:], 16) >= 0xC0
    return _LETTER if letter else b" " * len(match[0])


def probe(rule: ValueRule) -> str:
    """Return the rule's pattern as a part of an alternation: no captures, flags kept inside."""
    return f"(?:{_uncaptured(rule.probe or rule.source)})"


def _uncaptured(pattern: str) -> str:
    return _GROUP.sub(_no_capture, pattern)


def _no_capture(match: re.Match[str]) -> str:
    return "(?:" if match[0].startswith("(") else match[0]
