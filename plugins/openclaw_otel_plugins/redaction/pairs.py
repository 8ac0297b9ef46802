"""Keys and values inside texts: `key=value` of forms, URLs and logs, `"key": "value"` of cut or printed structures.

Keys are found by one RE2 alternation of the rules' terms and then judged as in a tree; where a value ends follows
from how it begins: a quote (at any level of escaping), a bracket, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from openclaw_otel_plugins.redaction.keys import ADDRESS, CARD, PERSON, Keys, Verdict
from openclaw_otel_plugins.redaction.leaves import Leaves
from openclaw_otel_plugins.redaction.rules import Rules, compiled
from openclaw_otel_plugins.redaction.run import Run

_KEY_CHARS = r"[\pL\pN\pM_.\-\[\]%$]"
_ANY_KEY_CHARS = r"[A-Za-z0-9_.\-\[\]%$\x80-\x{10FFFF}]"
"""A simpler superset: the automaton of the probe stays small."""
_SEPARATOR = r"(?:\\*[\"'`])?\]?[ \t]{0,2}(?:=>|[:=：]|%3[AaDd])"
_START = r"(?:\b|%5[Bb])"
"""Where a word of a key begins: `card[number]` and, in a form, `card%5Bnumber%5D`."""
_TAG_END = r"(?:\s[A-Za-z:]+=[^<>\x1f]*)?>"
_VALUE_KEY = r"\b[vV]alue\\*[\"'`][ \t]{0,2}[:=]"
_LABELLED = (
    r"\b(?:name|key|Name|Key|field)\\*[\"'`][ \t]{0,2}(?:=>|[:=])[ \t]{0,2}(\\*[\"'`][^\"'`\\\n\x1f]{1,80})\\*[\"'`]"
    r"\s{0,3},\s{0,40}\\*[\"'`]" + _VALUE_KEY
)
"""`"name": "phone", "value":` in a printed or cut structure."""
_QUOTED_START = re.compile(rb"(?:\s{0,8}string\(\d{1,9}\) |[ \t]{0,3}[bBuUrRfFN@]{0,2})(\\*[\"'`])")
_BRACKET_START = re.compile(rb"\s{0,3}(?:[A-Za-z_.]{0,40}\()?([{\[(])")
_URL_VALUE = re.compile(rb"[^&\s\"'<>#,;\x1f)\]}|\\]*")
_LINE_VALUE = re.compile(rb"[ \t]{0,3}([^\r\n\x1f\"'<>\\]*)")
_WORDS_VALUE = re.compile(
    rb"[ \t]{0,3}((?:[^\r\n\x1f\"'<>,;|&\\{}\[\]]|(?<=[A-Za-z])\\{0,8}'(?=[A-Za-z])|\\{1,8}u[0-9a-fA-F]{4}){0,160})"
)
_VALUE_END = re.compile(rb"\s+[\w.\-]+\s?[=:]|\xef\xbc[\x8c\x9b\x9a]|\xe3\x80[\x81\x82]")
"""The next pair, or Chinese punctuation."""
_TOKEN_VALUE = re.compile(
    rb"[ \t]{0,3}((?:(?i:bearer|basic|digest|negotiate|token)[ +]{1,2})?[^\s,;&\"'<>)}\]\x1f\\]+)"
)
_CODE = re.compile(rb"[A-Za-z_$][\w$]*(?:\(|\[(?!\w+\]$)|(?:\??\.[A-Za-z_$][\w$]*)+(?:[(\[]|$))|[{}()]|\$\{")
_PLAIN_WORD = re.compile(rb"[A-Za-z_\-]{1,15}$|[\x80-\xff]+$")
_NOTHING = frozenset({b"", b"none", b"null", b"nil", b"true", b"false", b"undefined", b"nan", b"n/a", b"-", b"..."})
_PLACEHOLDER = re.compile(rb"(?:[A-Za-z]+ )?\[[a-z][a-z0-9_]*\]")
_MARK = re.compile(
    rb"(?:^|[^A-Za-z0-9_\]])\[[a-z][a-z0-9_]*\](?:(?:\\*[\"'`])?[ \t]*(?:[:=]|\xef\xbc\x9a)|\\*[\"'`][ \t]*=>)$"
)
"""A placeholder where a key would stand: `[address]:`; not `billing[email]` of a form, nor `[address] => …` of PHP."""
_GENERIC = frozenset(
    "note notes comment comments memo remark remarks instructions address addresses addr street zip recipient"
    " recipients receiver nombre nome nama ten nota notas catatan latitude longitude pin auth"
    " session ip".split()
)
"""Keys that are also plain words: in prose they need a quote, or the form of a URL, to count."""
_LOOK_BACK = 1500
_LOOKS = 64
"""How many times one text is searched backwards for what encloses a key; beyond, a person is assumed."""
_BRACE = re.compile(rb"[{}()]")
_CLOSING = re.compile(rb"[})]")
_CLASS = re.compile(rb"([A-Za-z_]\w{0,60})$")
_OPENER = re.compile(rb"([\w.\-$]{1,60})\\*[\"'`]?\s{0,2}(?:=>|[:=])\s{0,2}(?:[A-Za-z_.]{0,40}\(?)?[\[]?\s{0,3}$")
_HEADERS = frozenset({"cookie", "set_cookie"})


def stems(rules: Rules, *, weak: bool) -> str:
    """Return an alternation of everything a sensitive key can contain; a superset of what `Keys` finds."""
    found: set[str] = set()
    for terms in rules.classes.values():
        for term in terms:
            text = term.lstrip("=")
            pattern = r"[_\-. /\[\]:]?".join(re.escape(part) for part in re.split(r"[_. ]", text))
            found.add(rf"{_START}{pattern}\b" if term.startswith("=") and text.isascii() else pattern)
    if weak:
        for name, table in rules.weak.items():
            bound = _START if name != PERSON else rf"(?:{_START}|_)"
            found.update(bound + re.escape(key).replace("_", r"[_\-. ]?") + r"\b" for key in table)
    return "|".join(sorted(found))


def context_stems(rules: Rules) -> str:
    """Return an alternation of the keys whose objects are about a person, an address or a card."""
    terms = {term for name in (PERSON, ADDRESS, CARD) for term in rules.contexts[name]}
    return "|".join(sorted(re.escape(term).replace("_", r"[_\-. ]?") for term in terms))


class Pairs:
    """Replaces the values of sensitive keys inside texts."""

    def __init__(self, rules: Rules, keys: Keys, leaves: Leaves) -> None:
        self._keys = keys
        self._leaves = leaves
        self.probe_in_json = (
            f"(?i)(?:{stems(rules, weak=False)}){_ANY_KEY_CHARS}*(?:{_SEPARATOR}|{_TAG_END})|"
            rf"(?i)(?:{context_stems(rules)})\\*[\"'`]?[ \t]{{0,2}}(?:=>|[:=])[ \t]{{0,2}}\[?(?:[A-Za-z_.]+\(|\{{)"
        )
        self.probe = f"{self.probe_in_json}|{_VALUE_KEY}"
        self._labelled = compiled(_LABELLED)
        self.pattern = compiled(f"(?i){_KEY_CHARS}*(?:{stems(rules, weak=True)}){_KEY_CHARS}*{_SEPARATOR}")
        self._personal = compiled(f"(?i)(?:{stems(rules, weak=False)}){_KEY_CHARS}*\\\\*[\"'`]?\\s?[:=]")

    def apply(self, data: bytes, run: Run, *, form: bool = False) -> bytes:
        """Return the text with the values of sensitive keys replaced; `form`: all of it is key=value&…."""
        if b"alue" in data:
            data = self._replace(data, run, self._labelled, self._judge_label, form=form)
        return self._replace(data, run, self.pattern, self._judge, form=form)

    def _replace(
        self, data: bytes, run: Run, pattern: Any, judge: Callable[[bytes, Any, _Looks], _Key | None], *, form: bool
    ) -> bytes:
        pieces: list[bytes] = []
        last = position = 0
        looks = _Looks(form)
        while match := pattern.search(data, position):
            run.spend()
            start, position = match.span()
            if data.startswith(data[start : position - 1], position):
                continue  # `token=token`: code
            key = judge(data, match, looks)
            span = self._value(data, start, position, key) if key else None
            if key is None or span is None:
                continue
            begin, end = span[0], _whole(data, span[1])
            done = _PLACEHOLDER.match(data, begin)
            if done:
                position = done.end()
                continue
            text = data[begin:end].decode("utf-8", "surrogatepass")
            kept = self._leaves.replace(text, key.name, run, "pair", encoded=_in_url(data, start, form))
            position = max(end, position)
            if kept is None:
                continue
            pieces += data[last:begin], kept.encode("utf-8", "surrogatepass")
            last = end
        if not pieces:
            return data
        pieces.append(data[last:])
        return b"".join(pieces)

    def _judge(self, data: bytes, match: Any, looks: _Looks) -> _Key | None:
        if _MARK.search(match.group()):
            return None
        text, quoted = _key(match.group())
        verdict = self._keys.verdict(text)
        name = verdict.placeholder
        if not name and verdict.weak:
            looks.left -= 1
            name = verdict.weak[0][1]
            if looks.left >= 0:
                name = self._by_surroundings(data, match.start(), verdict, form=looks.form)
        return _Key(text, name, quoted, looks.form) if name else None

    def _judge_label(self, _: bytes, match: Any, looks: _Looks) -> _Key | None:
        label = match.group(1).lstrip(b"\\\"'`").decode("utf-8", "replace")
        name = self._keys.verdict(label).placeholder
        return _Key(label, name, True, looks.form) if name else None

    def _by_surroundings(self, data: bytes, start: int, verdict: Verdict, *, form: bool) -> str:
        """Return the class of an ambiguous key by the objects around it, or by personal keys beside it."""
        depth, beside = 0, -1
        floor = max(0, start - _LOOK_BACK)
        for brace in reversed(list(_BRACE.finditer(data, floor, start))):
            if brace[0] in b"})":
                depth += 1
                continue
            if depth:
                depth -= 1
                continue
            if beside < 0:
                beside = brace.start()
            for opener in _openers(data, max(floor, brace.start() - 80), brace.start()):
                around = self._keys.verdict(opener)
                if around.enters:
                    return verdict.below(around.enters)
                if around.leaves:
                    return ""
        if beside < 0 and not form:
            return ""
        beside = max(beside, floor)  # a form is one flat object
        closing = _CLOSING.search(data, start, start + 400)
        near = data[beside : closing.start() if closing else start + 400]
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


class _Looks:
    """How a text is to be read, and how many looks backwards are left."""

    __slots__ = ("form", "left")

    def __init__(self, form: bool) -> None:
        self.form, self.left = form, _LOOKS


class _Key:
    """A key found in a text: its class, and how it is written."""

    __slots__ = ("code", "form", "name", "normal", "quoted")

    def __init__(self, text: str, name: str, quoted: bool, form: bool) -> None:
        self.normal = text.lower().replace("-", "_")
        self.code = not quoted and ("." in text or (text.isupper() and "_" in text))
        """In prose, `RECEIVER_UNREGISTERED:` and `logistics.need_name:` are codes of errors, not labels."""
        self.name, self.quoted, self.form = name, quoted, form


def _openers(data: bytes, floor: int, brace: int) -> Iterator[str]:
    """Yield the key and the class of the object that begins at a bracket: `customer: {`, `Customer(`."""
    patterns = (_OPENER, _CLASS) if data[brace : brace + 1] == b"(" else (_OPENER,)
    for pattern in patterns:
        found = pattern.search(data, floor, brace)
        if found:
            yield found[1].decode("utf-8", "replace")


def _key(found: bytes) -> tuple[str, bool]:
    text = found.decode("utf-8", "replace")
    body = re.sub(r"(?:=>|[:=：]|%3[AaDd])$", "", text).rstrip(" \t]")
    bare = body.rstrip("\"'`").rstrip("\\")
    plain = re.sub(r"%5[BbDd]", ".", bare).rstrip(".").replace("%20", " ") if "%" in bare else bare
    return plain, bare != body


def _whole(data: bytes, end: int) -> int:
    """Return the end moved behind the character it may lie inside of."""
    while end < len(data) and data[end] & 0xC0 == 0x80:
        end += 1
    return end


def _in_url(data: bytes, start: int, form: bool) -> bool:
    return form or (start > 0 and data[start - 1] in b"?&")


def _closing(data: bytes, position: int, delimiter: bytes) -> int:
    """Return where a quoted value ends: the quote at the same level of escaping, or the end of the line or text."""
    level, quote = len(delimiter) - 1, delimiter[-1:]
    found = position
    while (found := data.find(quote, found)) >= 0:
        line = data.find(b"\n", position, found)
        if line >= 0:
            return line
        slashes = 0
        while found - slashes > position and data[found - slashes - 1] == 0x5C:
            slashes += 1
        if slashes == level or (level == 0 and slashes % 2 == 0) or (0 < slashes < level):
            return found - min(level, slashes)
        found += 1
    line = data.find(b"\n", position)
    return len(data) if line < 0 else line


def _bare(data: bytes, start: int, position: int, key: _Key) -> tuple[int, int] | None:
    name, separator = key.name, data[position - 1 : position]
    if _in_url(data, start, key.form):
        match = _URL_VALUE.match(data, position)
        return (position, match.end()) if match and match.end() > position else None
    if key.normal in _GENERIC or (name != "token" and separator != b"=" and key.code):
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
    if data[end : end + 1] in (b"[", b"(", b"{"):
        return None  # `x["address"] = source["address"]`: code
    return (begin, end) if _is_value(text, key, separator) else None


def _is_value(text: bytes, key: _Key, separator: bytes) -> bool:
    """Whether what follows a bare key is its value: no code, no word of a sentence, nothing already replaced."""
    name, plain = key.name, text.strip().lower()
    if plain in _NOTHING or plain == key.normal.encode() or _PLACEHOLDER.match(text) or _CODE.match(text):
        return False
    if name == "token":
        return separator == b"=" or not _PLAIN_WORD.match(text)
    if name == "email":
        return b"@" in text or b"%40" in text
    return name not in ("phone", "card", "id", "account", "ip") or re.search(rb"\d", text) is not None
