"""From the facts of a failure to its category: the order of evidence, in one place, for all platforms.

1. no answer → timeout or network        2. a failed delivery → webhook_signature
3. the platform's code or telling text   4. the HTTP status
5. a fine answer and our side failed → data_mapping or internal        6. unknown
All words and patterns are data: `catalogs/<platform>.json`, `catalogs/_http.json`, `catalogs/_words.json`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from openclaw_otel.catalog import Catalog, Row, compiled, document, parse_catalog
from openclaw_otel.pattern_list import PatternList, searchable
from openclaw_otel.record import ErrorRecord, Evidence, ExceptionInfo

CLASSIFIER = "catalog/1"
TELLING_TEXT = 3000
"""Characters of a message that are looked at."""
_TELLS_ITSELF = frozenset({401, 402, 403, 404, 405, 408, 409, 410, 411, 412, 413, 414, 415, 423, 429, 430})
"""Statuses that say more than a word like "invalid" does."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PLACEHOLDER = re.compile(r"\[(?:account|address|birthdate|card|email|id|ip|name|note|phone|token)(?::\w+)?\]")
_RANDOM = re.compile(r"[A-Za-z0-9+/_\-]{16,}={0,2}")
_VALUE = "x0"
"""What a placeholder or a token counts as: no word (`[token]` has one), and as far apart as any other value."""
_SEPARATORS = re.compile(r"[_.\-:/]+")


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of one situation, in the order they are tried, and the row each leads to."""

    patterns: PatternList
    rows: Sequence[str]

    def first(self, text: str) -> str | None:
        """Return the row id of the first pattern that is in the text, or None."""
        found = self.patterns.first(text)
        return None if found is None else self.rows[found]


@dataclass(frozen=True, slots=True)
class Words:
    """The compiled patterns of `_words.json`, per situation."""

    strong: Patterns
    """Answers: words that mean one thing whatever the status is."""
    weak: Patterns
    """Answers: words like "invalid", asked when neither strong words nor the status tell."""
    unanswered: Patterns
    """Exceptions when no answer came."""
    ours: Patterns
    """Exceptions that are ours whatever was answered: database, queue, memory, programming errors."""
    unread: Patterns
    """Exceptions when an answer began and its body broke off."""
    answered: Patterns
    """Exceptions of our side, after a fine answer."""
    frames: Patterns
    """Function and file names of the innermost frames, where the exception itself does not tell."""
    signature: Any
    rows: Mapping[str, Row]


def judge(record: ErrorRecord, catalog: Catalog) -> ErrorRecord:
    """Return the record with category, retryable, severity, owner, explanation and meaning decided.

    Looks at facts alone, so that judging twice, here and in the bridge, gives the same.
    """
    if record.webhook_topic is not None and record.evidence is Evidence.ANSWER:
        return _settle(record, words().rows["webhook_signature"], "a delivery to us failed verification")
    if record.evidence is Evidence.FAILURE:
        return _judge_failure(record)
    return _judge_answer(record, catalog)


def _judge_answer(record: ErrorRecord, catalog: Catalog) -> ErrorRecord:
    # Field names tell meanings apart where the text was cut or translated.
    told = telling(record.message)
    text = " ".join((told, *record.fields)) if record.fields else told
    for code in (record.code, *record.codes) if record.code else ():
        row = catalog.by_code(code, record.status, text)
        if row is not None:
            return _by_row(record, row, told, several=catalog.has_meanings(code))
    if record.code is None:
        row = catalog.by_message(record.status, text)
        if row is not None:
            return _settle(record, row, f"catalog row {row.id} by its text")
    row, why = _by_words(record, told, catalog)
    return _settle(record, row, why)


def _by_row(record: ErrorRecord, row: Row, told: str, *, several: bool) -> ErrorRecord:
    if row.vague:
        said = words().strong.first(f"| {told.replace('_', ' ')}")
        if said is not None and words().rows[said].category is not row.category:
            why = f"catalog row {row.id} is vague; the words of the message say {said}"
            return _settle(record.but(meaning=f"{row.id}/{said}"), words().rows[said], why)
    return _settle(record.but(meaning=row.id if several else None), row, f"catalog row {row.id}")


def _by_words(record: ErrorRecord, told: str, catalog: Catalog) -> tuple[Row, str]:
    status, found = record.status, words()
    spoken = f"{spelled_out(record.code) if record.code else ''} | {told.replace('_', ' ')}"
    # A text without code under 5xx is a proxy's or a crash page's: it repeats the status, or guesses.
    if record.code is not None or status is None or status < 500:
        row_id = found.strong.first(spoken)
        if row_id is not None:
            return found.rows[row_id], f"the words of code and message say {row_id}"
    if status is None or (status < 500 and status not in _TELLS_ITSELF):
        row_id = found.weak.first(spoken)
        if row_id is not None:
            return found.rows[row_id], f"the words of code and message say {row_id}"
    status_row = catalog.by_status(status) or _http_row(status)
    if status_row is not None:
        return status_row, f"HTTP status {status}"
    return found.rows["unknown"], "nothing decided"


def _judge_failure(record: ErrorRecord) -> ErrorRecord:
    error = record.exception or ExceptionInfo("", record.message)
    row = _failure_row(record, error)
    return _settle(record, row, f"{error.type or record.message or 'no answer'}: {row.id}")


def _failure_row(record: ErrorRecord, error: ExceptionInfo) -> Row:
    found = words()
    text = f"{error.type}: {telling(error.message)}"
    call = record.webhook_topic is None
    if call and record.status is None and (record.platform is not None or record.snapshot is not None):
        return found.rows[found.unanswered.first(text) or "network"]
    # The most certain first; of a call that may or may not have been answered, all situations are asked.
    asked = [found.ours, found.unread, found.answered] if call else [found.ours, found.answered]
    if call and record.status is None:
        asked.append(found.unanswered)
    row_id = next((row for row in (patterns.first(text) for patterns in asked) if row), None)
    return found.rows[row_id or found.frames.first(_innermost(error.stacktrace)) or "internal"]


def _innermost(stacktrace: str) -> str:
    """Return the lines that tell where an exception was raised: the last of a Python stack, the first of others."""
    lines = [line.strip() for line in stacktrace[-20_000:].splitlines() if line.strip()]
    frames = [line for line in lines if line.startswith(("File ", "at ", "#"))]
    own = [line for line in frames if not _foreign(line)]
    chosen = own or frames
    return "\n".join(chosen[-2:] if any(line.startswith("File ") for line in chosen) else chosen[:2])


def _foreign(frame: str) -> bool:
    return any(
        part in frame for part in ("site-packages", "dist-packages", "node_modules", "/vendor/", "node:", "java.")
    )


def _settle(record: ErrorRecord, row: Row, why: str) -> ErrorRecord:
    return record.but(
        category=row.category,
        shipped_category=row.category,
        retryable=row.retryable,
        severity=row.severity,
        owner_hint=row.owner,
        explanation=row.explanation,
        next_step=row.next_step,
        classifier=CLASSIFIER,
        notes=(*record.notes, f"category {row.category._value_}: {why}"),
    )


def telling(message: str) -> str:
    """Return the part of a message that is looked at, with tokens alike whether a redactor was there before or not."""
    text = _RANDOM.sub(_short, message[:TELLING_TEXT])
    return _PLACEHOLDER.sub(_VALUE, text) if "[" in text else text


def _short(match: re.Match[str]) -> str:
    return _VALUE if any(map(str.isdigit, match[0])) else match[0]


def spelled_out(code: str) -> str:
    """Return a code as words: `ORDER_ALREADY_CAPTURED` and `orderAlreadyCaptured` → `order already captured`."""
    return _SEPARATORS.sub(" ", _HUMP.sub(" ", code)).lower()


def speaks_of_signature(error: ExceptionInfo) -> bool:
    """Say whether an exception is about a signature that did not verify."""
    return text_speaks_of_signature(f"{error.type} {telling(error.message)}")


def text_speaks_of_signature(text: str) -> bool:
    """Say whether a text is about a signature that did not verify."""
    return words().signature.search(searchable(spelled_out_type(text))) is not None


def spelled_out_type(text: str) -> str:
    """Return a text in which `InvalidSignature` reads `Invalid Signature`."""
    return _HUMP.sub(" ", text)


def _http_row(status: int | None) -> Row | None:
    if status is None or status < 400:
        return None
    catalog = _http()
    return catalog.by_status(status) or catalog.by_status(500 if status >= 500 else 400)


@cache
def _http() -> Catalog:
    return parse_catalog(document("_http"))


@cache
def words() -> Words:
    """Return the shipped patterns, compiled once."""
    data = document("_words")
    patterns = data["patterns"]

    def situation(name: str) -> Patterns:
        return Patterns(PatternList([pattern for pattern, _ in patterns[name]]), [row for _, row in patterns[name]])

    return Words(
        strong=situation("strong"),
        weak=situation("weak"),
        unanswered=situation("unanswered"),
        ours=situation("ours"),
        unread=situation("unread"),
        answered=situation("answered"),
        frames=situation("frames"),
        signature=compiled(patterns["signature"]),
        rows={row.id: row for row in parse_catalog(data).rows},
    )
