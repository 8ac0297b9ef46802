"""What a key says about its value: a class of data to replace, an id to keep, a person or an address below it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from openclaw_otel_plugins.redaction.rules import Rules

PERSON, ADDRESS, CARD, ERRORS = "person", "address", "card", "errors"
_CACHE = 8192
_LONG = 160
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_SPLIT = re.compile(r"[\s_\-/:@$*\u00b7]+")
_PLACEHOLDER = re.compile(r"\[[a-z][a-z0-9_]*\](?:_[0-9]+)?")
_SEGMENTS = re.compile(r"[.\[\](){}\"'\\>|]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the redactor does with the value of one key."""

    placeholder: str = ""
    """Class of the value (`email`); "" when the key says nothing."""
    keep: bool = False
    """The value is an id or an amount: number rules do not touch it."""
    weak: tuple[tuple[str, str], ...] = ()
    """(context, class): what the value is below that context."""
    enters: str = ""
    """What an object under this key is about."""
    leaves: bool = False
    """An object under this key is not about the person above it."""
    sql: bool = False
    words: bool = False
    """Kept below a class (the type of a phone), yet no id: number rules hold."""

    @property
    def holds_ids(self) -> bool:
        """Whether number rules do not touch the value."""
        return self.keep and not self.words

    def below(self, context: str) -> str:
        """Return the class of the value inside a context, or ""."""
        for name, placeholder in self.weak:
            if name == context:
                return placeholder
        return ""


NEUTRAL = Verdict()
KEEP = Verdict(keep=True)
WORDS = Verdict(keep=True, words=True)


class Keys:
    """Judges keys; remembers the last ones. Thread safe: a lost or doubled entry of the memory changes nothing."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.memory: dict[str, Verdict] = {}
        """Verdicts already given; to be read only (walking a tree reads it a thousand times)."""
        self._terms: dict[str, str] = {}
        self._exact: dict[str, str] = {}
        self._inside: list[tuple[str, str]] = []
        for name, terms in rules.classes.items():
            for term in terms:
                if term.startswith("="):
                    self._exact[normal(term[1:])] = name
                elif not _plain(term).isascii():
                    self._inside.append((_plain(term), name))
                else:
                    self._terms[normal(term)] = name
                    self._terms.setdefault(normal(term).replace("_", ""), name)
        self._firsts = {term.partition("_")[0] for term in self._terms}
        self._inside.sort(key=lambda pair: -len(pair[0]))
        self._hard = rules.hard | {term.replace("_", "") for term in rules.hard}
        self._weak, self._contexts = _weak(rules), _contexts(rules)
        self._own_terms = {normal(term.lstrip("=")) for term in rules.own_terms}
        self._own_keep = {normal(key) for key in rules.own_keep}

    def verdict(self, key: str) -> Verdict:
        """Return what to do with the value of a key."""
        found = self.memory.get(key)
        if found is None:
            if len(key) > _LONG:
                return self._judge(key[: _LONG // 2] + " " + key[-_LONG // 2 :])
            found = self._judge(key)
            if len(self.memory) >= _CACHE:
                self.memory.clear()
            self.memory[key] = found
        return found

    def _judge(self, key: str) -> Verdict:
        rules = self._rules
        segments = _segments(key)
        if not segments:
            return NEUTRAL
        last = segments[-1]
        joined = "_".join(last)
        whole = ".".join("_".join(parts) for parts in segments)
        if joined in self._own_keep or whole in self._own_keep:
            return KEEP
        if whole in rules.sql or joined in rules.sql:
            return Verdict(sql=True)
        if whole in rules.keep_keys or (joined in rules.keep_keys and len(segments) == 1):
            return KEEP
        name = self._class(last, whole, segments)
        enters, weak = self._enters(last), self._weak.get(joined, ())
        by_path = self._by_path(segments, weak) if weak else ""
        if by_path:
            name = name or by_path
        if len(segments) > 1:
            weak = ()  # `service.name` beside `user.email`: its own path says what it is
        tail = last[-1]
        keep = not name and (joined in rules.keep_keys or tail in rules.keep_tails or _names_an_id(tail))
        leaves = joined in rules.contexts["leave"] or last[-1] in ("items", "products", "errors")
        if not (name or enters or weak or keep or leaves):
            return NEUTRAL
        words = keep and tail in rules.word_tails and joined not in rules.keep_keys
        if keep and not (enters or weak or leaves):
            return WORDS if words else KEEP
        return Verdict(name, keep, weak, enters, leaves, words=words)

    def _class(self, last: list[str], whole: str, segments: list[list[str]]) -> str:
        joined = "_".join(last)
        exact = self._exact.get(joined) or self._terms.get(whole)
        if exact:
            return exact
        found, rank = self._best_term(last)
        if not found:
            plain = _plain("".join(last)) if not joined.isascii() else ""
            return next((name for term, name in self._inside if term in plain), "") if plain else ""
        own, hard, size, end = rank
        if own or hard:
            return found
        tail = last[-1]
        if end < len(last) and (tail in self._rules.tails or (found == "token" and tail in ("name", "names"))):
            return ""
        if found == "address" and (
            (end >= 2 and last[end - 2] in self._rules.technical and size == 1)
            or (len(segments) > 1 and last == ["address"] and segments[-2][-1] in self._rules.technical)
        ):
            return ""
        return found

    def _best_term(self, last: list[str]) -> tuple[str, tuple[bool, bool, int, int]]:
        """Return the class of the most telling term of a segment, and why: own, hard, length, where it ends."""
        found, rank = "", (False, False, 0, 0)
        for start in range(min(len(last), 16)):
            if last[start] not in self._firsts:
                continue
            for end in range(start + 1, min(start + 4, len(last)) + 1):
                term = "_".join(last[start:end])
                name = self._terms.get(term)
                if name:
                    own, hard = term in self._own_terms, term in self._hard and end == len(last)
                    if (own, hard, end - start, end) >= rank:
                        found, rank = name, (own, hard, end - start, end)
        return found, rank

    def _enters(self, last: list[str]) -> str:
        for size in range(min(3, len(last)), 0, -1):
            name = self._contexts.get("_".join(last[-size:]))
            if name:
                return name
        return ""

    def _by_path(self, segments: list[list[str]], weak: tuple[tuple[str, str], ...]) -> str:
        """Return the class that the key's own path gives it: `customer.name`."""
        for parts in segments[:-1]:
            context = self._enters(parts)
            own = next((placeholder for name, placeholder in weak if name == context), "")
            if own:
                return own
        return ""


def _weak(rules: Rules) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return ambiguous key → (context, class) pairs: what it is below each context."""
    pairs: dict[str, tuple[tuple[str, str], ...]] = {}
    for name, table in rules.weak.items():
        contexts = {"address_only": (ADDRESS,), CARD: (CARD,)}.get(name, (PERSON, ADDRESS))
        for key, placeholder in table.items():
            pairs[key] = (*pairs.get(key, ()), *((context, placeholder) for context in contexts))
    return pairs


def _contexts(rules: Rules) -> dict[str, str]:
    """Return term → what an object under it is about."""
    return {term: name for name in (ERRORS, PERSON, CARD, ADDRESS) for term in rules.contexts[name]}


def _names_an_id(part: str) -> bool:
    """`shopid`, `orderids`: written without a seam."""
    return len(part) > 4 and part.endswith(("id", "ids")) and not part.endswith(("paid", "valid", "void", "roid"))


def _segments(key: str) -> list[list[str]]:
    """Return the parts of each segment of a path; of a placeholder (an object was keyed by e-mail) none."""
    if key[:1] == "[" and _PLACEHOLDER.fullmatch(key):
        return []
    segments = [parts for parts in map(_parts, _SEGMENTS.split(key)) if parts]
    while len(segments) > 1 and (segments[-1] == ["value"] or segments[-1][0].isdigit()):
        segments.pop()  # list positions, and `user.email.value`
    return segments


def normal(key: str) -> str:
    """Return a key as lower_snake without accents: `número-tarjeta` → `numero_tarjeta`."""
    return ".".join("_".join(parts) for parts in map(_parts, _SEGMENTS.split(key)) if parts)


def _parts(segment: str) -> list[str]:
    return [part for part in _SPLIT.split(_plain(_CAMEL.sub("_", segment))) if part]


def _plain(text: str) -> str:
    """Lower case, Latin accents off; marks of other scripts stay (Thai vowels are marks)."""
    if text.isascii():
        return text.lower()
    return "".join(_letters(text)).lower().replace("đ", "d")


def _letters(text: str) -> Iterator[str]:
    latin = False
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.combining(char):
            if not latin:
                yield char
        else:
            latin = char < "\u0250" or "\u1e00" <= char < "\u1f00"
            yield char
