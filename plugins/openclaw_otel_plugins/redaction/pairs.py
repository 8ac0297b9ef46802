"""Keys and values inside texts: `key=value` of forms, URLs and logs, `"key": "value"` of cut or printed structures.

Keys are found by one RE2 alternation of the rules' terms and then judged as in a tree; where a value ends follows
from how it begins: a quote (at any level of escaping), a bracket, or nothing.
"""

from __future__ import annotations

import re
from typing import Any

from openclaw_otel_plugins.redaction.keys import ADDRESS, PERSON, Keys, Verdict
from openclaw_otel_plugins.redaction.leaves import Leaves
from openclaw_otel_plugins.redaction.rules import Rules, compiled
from openclaw_otel_plugins.redaction.run import Run

_KEY_CHARS = r"[\pL\pN\pM_.\-\[\]%$]"
_ANY_KEY_CHARS = r"[A-Za-z0-9_.\-\[\]%$\x80-\x{10FFFF}]"
"""A simpler superset: the automaton of the probe stays small."""
_SEPARATOR = r"(?:\\*[\"'`])?\]?[ \t]{0,2}(?:=>|[:=：]|%3[AaDd])"
_TAG_END = r"(?:\s[A-Za-z:]+=[^<>\x1f]*)?>"
_QUOTED_START = re.compile(rb"[ \t]{0,3}(?:[bBuUrRfFN@]{0,2})(\\*[\"'`])")
_BRACKET_START = re.compile(rb"\s{0,3}(?:[A-Za-z_.]{0,40}\()?([{\[(])")
_URL_VALUE = re.compile(rb"[^&\s\"'<>#,;\x1f)\]}|\\]*")
_LINE_VALUE = re.compile(rb"[ \t]{0,3}([^\r\n\x1f\"'<>\\]*)")
_WORDS_VALUE = re.compile(rb"[ \t]{0,3}([^\r\n\x1f\"'<>,;|&\\{}\[\]]{0,160})")
_VALUE_END = re.compile(rb"\s+[\w.\-]+\s?[=:]|\xef\xbc[\x8c\x9b\x9a]|\xe3\x80[\x81\x82]")
"""The next pair, or Chinese punctuation."""
_TOKEN_VALUE = re.compile(
    rb"[ \t]{0,3}((?:(?i:bearer|basic|digest|negotiate|token)[ +]{1,2})?[^\s,;&\"'<>)}\]\x1f\\]+)"
)
_CODE = re.compile(rb"[A-Za-z_$][\w$]*(?:\(|\[(?!\w+\]$)|(?:\??\.[A-Za-z_$][\w$]*)+(?:[(\[]|$))|[{}()]|\$\{")
_PLAIN_WORD = re.compile(rb"[A-Za-z_\-]{1,15}$|[\x80-\xff]+$")
_NOTHING = frozenset({b"", b"none", b"null", b"nil", b"true", b"false", b"undefined", b"nan", b"n/a", b"-", b"..."})
_PLACEHOLDER = re.compile(rb"(?:[A-Za-z]+ )?\[[a-z][a-z0-9_]*\]")
_GENERIC = frozenset(
    ("note notes comment comments memo remark remarks instructions address addresses addr street zip recipient recipients"
     " receiver consignee nombre nome nama ten nota notas catatan latitude longitude pin auth session email_address"
     " ip password_reset").split()
)  # fmt: skip
"""Keys that are also plain words: in prose they need a quote, or the form of a URL, to count."""
_LOOK_BACK = 1500
_LOOKS = 64
"""How many times one text is searched backwards for what encloses a key; beyond, a person is assumed."""
_BRACE = re.compile(rb"[{}]")
_OPENER = re.compile(rb"([\w.\-$]{1,60})\\*[\"'`]?\s{0,2}(?:=>|[:=])\s{0,2}(?:[A-Za-z_.]{0,40}\()?[\[]?\s{0,3}$")
_HEADERS = frozenset({"cookie", "set_cookie"})


def stems(rules: Rules, *, weak: bool) -> str:
    """Return an alternation of everything a sensitive key can contain; a superset of what `Keys` finds."""
    found: set[str] = set()
    for terms in rules.classes.values():
        for term in terms:
            text = term.lstrip("=")
            pattern = r"[_\-. /\[\]:]?".join(re.escape(part) for part in re.split(r"[_.]", text))
            found.add(rf"\b{pattern}\b" if term.startswith("=") and text.isascii() else pattern)
    if weak:
        for name, table in rules.weak.items():
            bound = r"\b" if name != PERSON else r"(?:\b|_)"
            found.update(bound + re.escape(key).replace("_", r"[_\-. ]?") + r"\b" for key in table)
    return "|".join(sorted(found))


class Pairs:
    """Replaces the values of sensitive keys inside texts."""

    def __init__(self, rules: Rules, keys: Keys, leaves: Leaves) -> None:
        self._keys = keys
        self._leaves = leaves
        self.probe = f"(?i)(?:{stems(rules, weak=False)}){_ANY_KEY_CHARS}*(?:{_SEPARATOR}|{_TAG_END})"
        self._pattern = compiled(f"(?i){_KEY_CHARS}*(?:{stems(rules, weak=True)}){_KEY_CHARS}*{_SEPARATOR}")
        self._personal = compiled(f"(?i)(?:{stems(rules, weak=False)}){_KEY_CHARS}*\\\\*[\"'`]?\\s?[:=]")

    def apply(self, data: bytes, run: Run, *, form: bool = False) -> bytes:
        """Return the text with the values of sensitive keys replaced; `form`: all of it is key=value&…."""
        pieces: list[bytes] = []
        last = position = 0
        looks = _LOOKS
        while match := self._pattern.search(data, position):
            start, position = match.span()
            key, quoted = _key(data[start:position])
            verdict = self._keys.verdict(key)
            name = verdict.placeholder
            if not name and verdict.weak:
                looks -= 1
                name = self._by_surroundings(data, start, verdict) if looks >= 0 else verdict.weak[0][1]
            if key == "key" and data[start - 1 : start] in (b"?", b"&"):
                name = "token"
            if not name:
                continue
            span = self._value(data, start, position, _Key(key, name, quoted, form))
            if span is None:
                continue
            begin, end = span
            done = _PLACEHOLDER.match(data, begin)
            if done:
                position = done.end()
                continue
            text = data[begin:end].decode("utf-8", "surrogatepass")
            kept = self._leaves.replace(text, name, run, f"pair:{name}", encoded=_in_url(data, start, form))
            position = max(end, position)
            if kept is None:
                continue
            pieces += data[last:begin], kept.encode("utf-8", "surrogatepass")
            last = end
        if not pieces:
            return data
        pieces.append(data[last:])
        return b"".join(pieces)

    def _by_surroundings(self, data: bytes, start: int, verdict: Verdict) -> str:
        """Return the class of an ambiguous key by the objects around it, or by personal keys beside it."""
        depth, beside = 0, -1
        floor = max(0, start - _LOOK_BACK)
        for brace in reversed(list(_BRACE.finditer(data, floor, start))):
            if brace[0] == b"}":
                depth += 1
                continue
            if depth:
                depth -= 1
                continue
            if beside < 0:
                beside = brace.start()
            opener = _OPENER.search(data, max(floor, brace.start() - 80), brace.start())
            if opener:
                around = self._keys.verdict(opener[1].decode("utf-8", "replace"))
                if around.enters:
                    return verdict.below(around.enters)
                if around.leaves:
                    return ""
        if beside < 0:
            return ""
        close = data.find(b"}", start, start + 400)
        near = data[beside : close if close >= 0 else start + 400]
        return verdict.below(PERSON) or verdict.below(ADDRESS) if self._personal.search(near) else ""

    def _value(self, data: bytes, start: int, position: int, key: _Key) -> tuple[int, int] | None:
        quote = _QUOTED_START.match(data, position)
        if quote:
            end = _closing(data, quote.end(), quote[1])
            return quote.end(), end
        bracket = _BRACKET_START.match(data, position)
        if bracket and not _in_url(data, start, key.form):
            return None  # what is inside has keys of its own, or is found by value
        return _bare(data, start, position, key)


class _Key:
    """A key found in a text: its class, and how it is written."""

    __slots__ = ("form", "name", "normal", "quoted")

    def __init__(self, text: str, name: str, quoted: bool, form: bool) -> None:
        self.normal = text.lower().replace("-", "_")
        self.name, self.quoted, self.form = name, quoted, form


def _key(found: bytes) -> tuple[str, bool]:
    text = found.decode("utf-8", "replace")
    body = re.sub(r"(?:=>|[:=：]|%3[AaDd])$", "", text).rstrip(" \t]")
    bare = body.rstrip("\"'`").rstrip("\\")
    return _percent(bare), bare != body


def _percent(text: str) -> str:
    return re.sub(r"%5[BbDd]", ".", text).replace("%20", " ") if "%" in text else text


def _in_url(data: bytes, start: int, form: bool) -> bool:
    return form or (start > 0 and data[start - 1] in b"?&")


def _closing(data: bytes, position: int, delimiter: bytes) -> int:
    """Return where a quoted value ends: the quote at the same level of escaping, or the end of the line or text."""
    level, quote = len(delimiter) - 1, delimiter[-1:]
    line = data.find(b"\n", position)
    stop = len(data) if line < 0 else line
    found = position
    while (found := data.find(quote, found, stop)) >= 0:
        slashes = 0
        while found - slashes > position and data[found - slashes - 1] == 0x5C:
            slashes += 1
        if slashes == level or (level == 0 and slashes % 2 == 0) or (0 < slashes < level):
            return found - (level if slashes >= level else slashes)
        found += 1
    return stop


def _bare(data: bytes, start: int, position: int, key: _Key) -> tuple[int, int] | None:
    name, separator = key.name, data[position - 1 : position]
    if _in_url(data, start, key.form):
        match = _URL_VALUE.match(data, position)
        return (position, match.end()) if match and match.end() > position else None
    if key.normal in _GENERIC:
        return None
    found: Any = None
    if name == "token":
        found = (_LINE_VALUE if key.normal in _HEADERS else _TOKEN_VALUE).match(data, position)
    elif name in ("name", "note", "address"):
        found = _WORDS_VALUE.match(data, position)
    else:
        found = _TOKEN_VALUE.match(data, position) if name in ("email", "ip") else _WORDS_VALUE.match(data, position)
    if not found:
        return None
    begin, end = found.span(1)
    text = data[begin:end]
    if name not in ("token", "email", "ip"):
        following = _VALUE_END.search(text)
        end = begin + (following.start() if following else len(text.rstrip()))
        text = data[begin:end]
    plain = text.strip().lower()
    if plain in _NOTHING or plain == key.normal.encode() or _PLACEHOLDER.match(text):
        return None
    if name == "token" and separator != b"=" and _PLAIN_WORD.match(text):
        return None
    if _CODE.match(text) or (name == "email" and b"@" not in text and b"%40" not in text):
        return None
    if name in ("phone", "card", "id", "account", "ip") and not re.search(rb"\d", text):
        return None
    return begin, end
