"""Redaction rules as data: the shipped key and value tables, and a user's file merged onto them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn

import re2

from openclaw_otel import ConfigError
from openclaw_otel_plugins.redaction.checks import CHECKS, Check

VARIABLE = "OPENCLAW_OTEL_REDACTION_RULES"
_PLACEHOLDER = re2.compile(r"^[a-z][a-z0-9_]{0,30}$")
_SELF_TEST = "openclaw-otel self test"
_USER_KEYS = frozenset({"about", "keys", "values", "keep"})
_VALUE_KEYS = frozenset({"name", "pattern", "placeholder", "number"})


@dataclass(frozen=True, slots=True)
class ValueRule:
    """One kind of value that is replaced wherever it stands. `pattern` is RE2 over UTF-8; group 1 narrows it."""

    name: str
    placeholder: bytes
    pattern: Any
    source: str
    check: Check | None = None
    probe: str = ""
    """A part of the pattern that cannot reach over a separator; "": the pattern itself."""
    number: bool = False
    """True when it could be an id: not applied below keys that hold ids."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything the redactor knows. `classes`: class → terms; `keep_keys` and `keep_tails` are left for support."""

    classes: Mapping[str, frozenset[str]]
    hard: frozenset[str]
    weak: Mapping[str, Mapping[str, str]]
    contexts: Mapping[str, frozenset[str]]
    error_words: tuple[str, ...]
    technical: frozenset[str]
    tails: frozenset[str]
    keep_tails: frozenset[str]
    word_tails: frozenset[str]
    keep_keys: frozenset[str]
    sql: frozenset[str]
    values: tuple[ValueRule, ...]
    own_terms: frozenset[str] = field(default=frozenset())
    """Terms of the user's: they win over ours."""
    own_keep: frozenset[str] = field(default=frozenset())
    """Keys the user wants kept, whatever the shipped rules say; secrets inside are still found by value."""


def compiled(pattern: str, *, megabytes: int = 8) -> Any:
    """Return an RE2 pattern over bytes: linear in the text.

    `megabytes` bounds its automaton, which grows with the texts it meets; beyond, RE2 starts it anew.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = megabytes << 20
    return re2.compile(pattern.encode(), options)


def which_of(patterns: Sequence[str], *, megabytes: int = 64) -> Callable[[bytes], Sequence[int] | None]:
    """Return a function that says which patterns match in a text, by their places (None: none does): one pass for all.

    A number beyond the last of them means nothing.

    Raises:
        ConfigError: the patterns are too large for the memory of such a pass, which would find nothing ever.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = megabytes << 20
    found = re2.Set.SearchSet(options)
    for pattern in (*patterns, _SELF_TEST):
        found.Add(pattern.encode())
    found.Compile()
    match: Callable[[bytes], Sequence[int] | None] = found.Match
    if len(patterns) not in (match(_SELF_TEST.encode()) or ()):
        raise ConfigError(VARIABLE, "has too many or too large patterns")
    return match


def load_rules(path: Path | None = None) -> Rules:
    """Return the shipped rules, with the user's file merged onto them.

    The file is JSON: `{"keys": {"<placeholder>": ["term", …]}, "values": [{"name", "pattern", "placeholder"}],
    "keep": ["key", …]}`; terms as in keys.json, patterns RE2, every part optional.

    Raises:
        ConfigError: the file cannot be read, or a part of it is wrong; the message names file and key.
    """
    here = files("openclaw_otel_plugins.redaction")
    keys = json.loads(here.joinpath("keys.json").read_text("utf-8"))
    values = json.loads(here.joinpath("values.json").read_text("utf-8"))
    own = _own(path) if path else {}
    classes = {name: set(table["terms"]) for name, table in keys["classes"].items()}
    for name, terms in own.get("keys", {}).items():
        for others in classes.values():
            others.difference_update(terms)
        classes.setdefault(name, set()).update(terms)
    return Rules(
        classes={name: frozenset(terms) for name, terms in classes.items()},
        hard=frozenset(term for table in keys["classes"].values() for term in table["hard"]),
        weak={name: table for name, table in keys["weak"].items() if name != "about"},
        contexts={name: frozenset(terms) for name, terms in keys["contexts"].items() if name != "about"},
        error_words=tuple(keys["error_words"]),
        technical=frozenset(keys["technical"]),
        tails=frozenset(keys["tails"]),
        keep_tails=frozenset(keys["keep"]["tails"]),
        word_tails=frozenset(keys["keep"]["words"]),
        keep_keys=frozenset(keys["keep"]["keys"]),
        sql=frozenset(keys["sql"]),
        values=tuple(_value(entry) for entry in (*values["values"], *own.get("values", ()))),
        own_terms=frozenset(term for terms in own.get("keys", {}).values() for term in terms),
        own_keep=frozenset(own.get("keep", ())),
    )


def _value(entry: Mapping[str, Any]) -> ValueRule:
    return ValueRule(
        name=entry["name"],
        placeholder=f"[{entry['placeholder']}]".encode(),
        pattern=compiled(entry["pattern"]),
        source=entry["pattern"],
        check=CHECKS[entry["check"]] if "check" in entry else None,
        probe=entry.get("probe", ""),
        number=entry.get("number", False),
    )


def _own(path: Path) -> Mapping[str, Any]:
    try:
        own = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(VARIABLE, f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(VARIABLE, f"{path} is not JSON: {error}") from error
    if not isinstance(own, dict):
        _bad(path, "(top)", "must be an object with keys, values, keep")
    for key in own:
        if key not in _USER_KEYS:
            _bad(path, key, f"is not known; use {', '.join(sorted(_USER_KEYS))}")
    _check_keys(path, own.get("keys", {}))
    _texts(path, "keep", own.get("keep", []))
    values = own.get("values", [])
    if not isinstance(values, list):
        _bad(path, "values", "must be a list of objects")
    for position, entry in enumerate(values):
        _check_value(path, f"values[{position}]", entry)
    return own


def _check_keys(path: Path, keys: Any) -> None:
    if not isinstance(keys, dict):
        _bad(path, "keys", 'must be an object: {"<placeholder>": ["term", …]}')
    for placeholder, terms in keys.items():
        if not _PLACEHOLDER.match(placeholder):
            _bad(path, f"keys.{placeholder}", "a placeholder is lower_snake: a letter, then letters, digits, _")
        _texts(path, f"keys.{placeholder}", terms)


def _check_value(path: Path, where: str, entry: Any) -> None:
    if not isinstance(entry, dict):
        _bad(path, where, "must be an object with name, pattern, placeholder")
    for key in ("name", "pattern", "placeholder"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            _bad(path, f"{where}.{key}", "is missing or not text")
    for key in entry:
        if key not in _VALUE_KEYS:
            _bad(path, f"{where}.{key}", f"is not known; use {', '.join(sorted(_VALUE_KEYS))}")
    if not _PLACEHOLDER.match(entry["placeholder"]):
        _bad(path, f"{where}.placeholder", "must be lower_snake, without brackets")
    if not isinstance(entry.get("number", False), bool):
        _bad(path, f"{where}.number", "must be true or false")
    _check_pattern(path, f"{where}.pattern", entry)


def _check_pattern(path: Path, where: str, entry: Mapping[str, str]) -> None:
    try:
        pattern = compiled(entry["pattern"])
    except re2.error as error:
        _bad(path, where, f"is no RE2 pattern: {_reason(error)}")
    if pattern.search(b""):
        _bad(path, where, "matches the empty text")
    if pattern.search(b"[redacted]") or pattern.search(f"[{entry['placeholder']}]".encode()):
        _bad(path, where, "matches placeholders such as [redacted], so texts would never settle")


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


def _texts(path: Path, where: str, value: Any) -> Sequence[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip("= ") for text in value):
        _bad(path, where, "must be a list of texts")
    return value


def _bad(path: Path, key: str, problem: str) -> NoReturn:
    raise ConfigError(VARIABLE, f"{path}: {key}: {problem}")
