"""Values that are personal or secret wherever they stand: one scan to know whether, then the rules that may apply."""

from __future__ import annotations

import re
from typing import Any

from openclaw_otel_plugins.redaction.rules import Rules, ValueRule, compiled
from openclaw_otel_plugins.redaction.run import Run

SEPARATOR = "\x1f"
"""Stands between texts that are scanned together; no probe reaches over it."""
_PLACEHOLDER = re.compile(rb"\[[a-z][a-z0-9_]*\]")
_ESCAPES = re.compile(rb"\\+(?:[nrt]|u[0-9a-fA-F]{4})")
_GROUP = re.compile(r"\\.|\[(?:\\.|[^\]\\])+\]|\(\?P<[^>]*>|\((?!\?)", re.DOTALL)


class Values:
    """The value rules, ready to run over UTF-8."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules.values
        self._numbers = compiled("|".join(probe(rule) for rule in rules.values if rule.number))
        self._groups = {id(rule): rule.pattern.groups > 0 for rule in rules.values}
        self._bare = compiled("|".join(probe(rule) for rule in rules.values if not rule.number and not rule.needles))
        self.probes = [probe(rule) for rule in rules.values]
        self.keep_probes = [probe(rule) for rule in rules.values if not rule.number]

    def apply(self, data: bytes, run: Run, *, keep: bool = False) -> bytes:
        """Return the text with every value replaced; `keep`: numbers here are ids."""
        seen = _masked(data)
        numbers = not keep and self._numbers.search(seen) is not None
        bare = self._bare.search(seen) is not None
        for rule in self._rules:
            if rule.number:
                if not numbers:
                    continue
            elif rule.needles:
                if not any(needle in seen for needle in rule.needles):
                    continue
            elif not bare:
                continue
            changed = self._one(rule, data, seen, run)
            if changed is not data:
                data, seen = changed, _masked(changed)
        return data

    def _one(self, rule: ValueRule, data: bytes, seen: bytes, run: Run) -> bytes:
        pieces: list[bytes] = []
        last = 0
        grouped = self._groups[id(rule)]
        for match in rule.pattern.finditer(seen):
            start, end = _span(match) if grouped else match.span()
            if start < last or (rule.check and not rule.check(seen, start, end)):
                continue
            if seen[start:end].startswith(b"[") and _PLACEHOLDER.fullmatch(seen, start, end):
                continue
            pieces += data[last:start], rule.placeholder
            last = end
            run.note(f"value:{rule.name}", rule.placeholder.decode())
        if not pieces:
            return data
        pieces.append(data[last:])
        return b"".join(pieces)


def _span(match: Any) -> tuple[int, int]:
    return match.span(1) if match.span(1)[0] >= 0 else match.span()


def _masked(data: bytes) -> bytes:
    r"""Return the text with escapes (`\n`, `\u5730`) blanked, of the same length: `\n138…` is a number of its own."""
    if b"\\" not in data:
        return data
    return _ESCAPES.sub(lambda match: b" " * len(match[0]), data)


def probe(rule: ValueRule) -> str:
    """Return the rule's pattern as a part of an alternation: no captures, flags kept inside."""
    source = rule.probe or rule.source
    return f"(?:{_GROUP.sub(_no_capture, source)})"


def _no_capture(match: re.Match[str]) -> str:
    return "(?:" if match[0].startswith("(") else match[0]
