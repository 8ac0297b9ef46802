"""A message with its values taken out: what stays are the words that say what went wrong.

    text | mark_shapes   URLs, dates, object prints … → *
         | mask_personal  what stands behind the key of a person → *
         | runs | atoms  words, values, numbers, by their own look
         | context       numbers and words that their neighbours make a code or a value
         | join          runs of values are one *, so that two ids and one id read alike

The result never depends on whether a redactor has been there before: a placeholder is a value like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from openclaw_otel_plugins.v1 import words
from openclaw_otel_plugins.v1.personal import mask_personal
from openclaw_otel_plugins.v1.shapes import MARK, mark_shapes
from openclaw_otel_plugins.v1.tokens import Atom, Kind, atoms_of, has_cjk

MOST_WORDS = 120
"""Words of a template; what comes after them does not tell failures apart any more."""
WINDOW = 8 * 1024
MOST_WINDOWS = 4
"""Characters looked at in one go, and how often: the next window is opened only while words are missing."""

LONGEST_NAME = 24

_CONTROL = re.compile("\x1b\\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f\ufeff\u200b\ud800-\udfff]")
_ESCAPED = re.compile(r"\\{1,8}u([0-9A-Fa-f]{4})")
_ASCII_WORD = re.compile(r"[A-Za-z]{2,}[.,:;!?]?")
_HAN = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_DASHED_CJK = re.compile(f"{_HAN}[-_/]|[-_/]{_HAN}")
_DIGIT = re.compile(r"\d")
_UNCOUNTED = ("ss", "us", "is")
_VERBS = {"are": "is", "were": "was", "have": "has", "do": "does", "does": "does", "always": "always"}
_SCHEMA_NAME = re.compile(r"[A-Za-z_$][\w.$]*")
_LONG_DIGITS = re.compile(r"\d{4,}")
_NO_ATOM = Atom(Kind.WORD, "")


def template(text: str) -> str:
    """Return the message template of a text: words and `*`, one space between them."""
    return _template(text) if len(text) <= WINDOW else _build(text)


@lru_cache(maxsize=8192)
def _template(text: str) -> str:
    return _build(text)


def _build(text: str) -> str:
    reader = _Reader()
    for window in _windows(text):
        runs = mask_personal(mark_shapes(_CONTROL.sub(" ", _unescaped(window)))).split()
        if reader.full(_with_next(_atoms(runs))):
            break
    return " ".join(reader.out[:MOST_WORDS])


def _unescaped(text: str) -> str:
    """Return the text with letters for `\\u8bdd` and the like: JSON inside a text is written either way."""
    return _ESCAPED.sub(_letter, text) if "\\u" in text else text


def _letter(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if code > 0x7F else match[0]  # quotes and backslashes stay what they are


def _windows(text: str) -> Iterator[str]:
    """Yield the text piece by piece, cut at white space; of a run longer than a window only the beginning."""
    start = 0
    for _ in range(MOST_WINDOWS):
        if start >= len(text):
            return
        space = text.find(" ", start + WINDOW)
        space = len(text) if space < 0 else space
        yield text[start : min(space, start + WINDOW + 1024)]
        start = space


def _atoms(runs: list[str]) -> Iterator[Atom]:
    """Yield the atoms of all runs; a Chinese name in a sentence of another script is one value."""
    foreign = _foreign_names(runs)
    for position, run in enumerate(runs):
        if position in foreign:
            yield Atom(Kind.VALUE, run, ":" if run.endswith((":", "：")) else "")
        else:
            yield from atoms_of(run)


def _foreign_names(runs: list[str]) -> frozenset[int]:
    """Return the places of CJK runs that are names (a product, a warehouse), not sentences, of a Latin message.

    A name is introduced (`sku X`, `at X`), or joined by dashes as no sentence is (`上海-保税2仓`).
    """
    places = [n for n, run in enumerate(runs[:MOST_WORDS]) if has_cjk(run) and len(run) <= LONGEST_NAME]
    if places and len(runs) == 1 and runs[0][0] in "'\"" and _DIGIT.search(runs[0]) and _DASHED_CJK.search(runs[0]):
        return frozenset((0,))  # KeyError: '上海-保税2仓'
    if not places or sum(_ASCII_WORD.fullmatch(run) is not None for run in runs[:MOST_WORDS]) < 3:
        return frozenset()
    return frozenset(n for n in places if (n and _introduces(runs[n - 1])) or _DASHED_CJK.search(runs[n]))


def _introduces(run: str) -> bool:
    low = run.lower().rstrip(":：=")
    return low in words.PLACE_WORDS or low in words.STRONG_LABELS or low in words.LABELS


def _with_next(atoms: Iterator[Atom]) -> Iterator[tuple[Atom, Atom]]:
    previous = None
    for atom in atoms:
        if previous is not None:
            yield previous, atom
        previous = atom
    if previous is not None:
        yield previous, _NO_ATOM


class _Reader:
    """Reads atoms in order and writes words and marks; knows what came before."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._before: list[Atom] = [_NO_ATOM, _NO_ATOM, _NO_ATOM]
        self._since_value = 9
        self._sqlstate = False

    def full(self, pairs: Iterator[tuple[Atom, Atom]]) -> bool:
        """Read the atoms; True when the template is as long as it may get."""
        for atom, following in pairs:
            if atom.kind is Kind.WORD:
                self._word(atom, following)
            elif self._is_code(atom, following):
                self._write(atom.text)
            elif self._is_schema_name(atom):
                self._write(_LONG_DIGITS.sub(MARK, atom.text))
            else:
                self._value()
            self._before = [*self._before[1:], atom]
            if len(self.out) > MOST_WORDS:
                return True
        return False

    def _write(self, text: str) -> None:
        self.out.append(text)
        self._since_value += 1

    def _value(self) -> None:
        out = self.out
        if len(out) > 1 and out[-2] == MARK and out[-1] in ("and", "or", "to", "x", "&"):
            out.pop()
        elif not out or out[-1] != MARK:
            out.append(MARK)
        self._since_value = 0

    def _word(self, atom: Atom, following: Atom) -> None:
        text, low = atom.text, atom.text.lower()
        if self._is_named(atom, low) or self._is_amount_part(text, low, following):
            self._value()
            return
        self._sqlstate = self._sqlstate or low == "sqlstate"
        if self._since_value < 3:
            if self._since_value == 0 and low in words.UNITS:
                return
            text = _VERBS.get(low) or _singular(text)
        self._write(text)

    def _is_amount_part(self, text: str, low: str, following: Atom) -> bool:
        """`USD 5`, `5 USD`, `R$ 5`, `Nov 5`: currency and month go with the number; ISO currencies are values."""
        if text in words.LONE_CURRENCIES:
            return True
        if following.kind is not Kind.WORD and (text in words.CURRENCY_WORDS or low in words.MONTHS):
            return True
        return text in words.CURRENCIES and (self._since_value == 0 or following.kind is not Kind.WORD)

    def _is_named(self, atom: Atom, low: str) -> bool:
        """Say whether what came before makes this word the name of a thing, or the value of a key."""
        if atom.quoted and low in words.NULLS:
            return True
        last = self._before[-1]
        key = last.text.lower()
        if key in words.SCHEMES and len(low) > 7 and not (low.isalpha() and atom.text in (low, low.title())):
            return True
        if last.sign == "=" and last.kind is Kind.WORD:
            return key in words.VALUE_KEYS or key.endswith(words.VALUE_KEY_ENDINGS)
        label = self._before[-2].text.lower() if key in words.LABEL_FILLERS else key
        has_digit = _DIGIT.search(atom.text) is not None
        if label in words.STRONG_LABELS:
            return has_digit or _is_name(atom.text)
        return label in words.LABELS and has_digit

    def _is_schema_name(self, atom: Atom) -> bool:
        """Say whether a name with digits is that of a column, constraint or method: `relation "orders_2025"`."""
        if self._before[-1].text.lower() not in words.SCHEMA_LABELS or not _SCHEMA_NAME.fullmatch(atom.text):
            return False
        return "_" in atom.text or not atom.text.isupper()

    def _is_code(self, atom: Atom, following: Atom) -> bool:
        """Say whether a number (or id-like word) is an error number or a status: meaning."""
        if atom.text == MARK:
            return False
        named = self._after_code_word(atom)
        if atom.kind is Kind.VALUE:
            last = self._before[-1]
            told = last.sign in ("=", ":") or last.text.lower() == "sqlstate"
            return named and told and len(atom.text) <= 20 and atom.text.isalnum()
        if named:
            return True
        number = atom.text
        if atom.bracketed and following.quoted and len(number) <= 6:
            return True  # OperationalError: (1213, 'Deadlock found …')
        if self._sqlstate and self._before[-1].sign == ":" and len(number) == 4:
            return True  # SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry …
        return len(number) == 3 and "100" <= number <= "599" and self._is_status(atom, following)

    def _is_status(self, atom: Atom, following: Atom) -> bool:
        last = self._before[-1].text.lower()
        after = following.text.lower()
        reason = after in words.REASONS.get(atom.text, ())
        verb = self._before[-2].text.lower() if last == "a" else last
        if verb in words.STATUS_VERBS:
            return reason or following.kind is not Kind.WORD or after == "" or after in words.STATUS_FOLLOWERS
        if last in words.LABELS or last in words.STRONG_LABELS:
            return False
        if last == "response" or (atom.bracketed and atom.text >= "400"):
            return True
        return reason or (after in ("client", "server") and atom.text >= "400")

    def _after_code_word(self, atom: Atom) -> bool:
        before = [b for b in self._before if b.text]
        while len(before) > 1 and before[-1].kind is Kind.WORD and before[-1].text.lower() in words.CODE_FILLERS:
            if before[-1].text.lower() in words.CODE_WORDS and not _is_code_word(before[-2].text):
                break
            before.pop()
        if not before or before[-1].kind is not Kind.WORD or not _is_code_word(before[-1].text):
            return False
        if before[-1].text.lower() == "sqlstate":
            return True
        return len(before) < 2 or before[-2].text.lower() not in words.NOT_CODE or before[-2].sign != ""


def _is_code_word(word: str) -> bool:
    low = word.lower()
    if low in words.CODE_WORDS:
        return True
    if low.endswith(("code", "errno", "status")) and len(low) > 6:
        stem = low.removesuffix("code").removesuffix("errno").removesuffix("status").rstrip("_-")
        return stem.rpartition("_")[2] not in words.NOT_CODE and not stem.endswith(tuple(words.NOT_CODE))
    return False


def _is_name(text: str) -> bool:
    """Say whether a word of letters is a name: capitals alone, or with a dash inside."""
    if text in words.ACRONYMS:
        return False
    return (text.isupper() and len(text) > 1) or "-" in text or "/" in text


def _singular(text: str) -> str:
    if len(text) < 4 or not text.isascii() or not text.endswith("s") or text.endswith(_UNCOUNTED):
        return text
    if text.endswith("ies"):
        return text[:-3] + "y"
    if text.endswith(("xes", "ches", "shes", "sses")):
        return text[:-2]
    return text[:-1]
