"""From the facts of a failure to its category: the order of evidence, in one place, for all platforms.

1. no answer → timeout or network        2. a failed delivery → webhook_signature
3. the platform's code or telling text   4. the HTTP status
5. a fine answer and our side failed → data_mapping or internal        6. unknown
All words and patterns are data: `catalogs/<platform>.json`, `catalogs/_http.json`, `catalogs/_words.json`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

import re2

from openclaw_otel.catalog import Catalog, Row, parse_catalog
from openclaw_otel.record import Category, ErrorRecord, Evidence, ExceptionInfo

CLASSIFIER = "catalog/1"
RETRYABLE = frozenset(
    {Category.TIMEOUT, Category.NETWORK, Category.RATE_LIMIT, Category.PLATFORM_OUTAGE}
)
_OPTIONS = re2.Options()
_OPTIONS.case_sensitive = False


def judge(record: ErrorRecord, catalog: Catalog) -> ErrorRecord:
    """Return the record with category, retryable, severity, owner, explanation and meaning decided."""
    if record.webhook_topic is not None and record.evidence is Evidence.ANSWER:
        return _settle(record, _word_row("webhook_signature"), "a delivery to us failed verification")
    if record.evidence is Evidence.FAILURE:
        return _judge_failure(record)
    return _judge_answer(record, catalog)


def _judge_answer(record: ErrorRecord, catalog: Catalog) -> ErrorRecord:
    text = record.message
    if record.code is not None:
        row = catalog.by_code(record.code, record.status, text)
        if row is not None:
            meaning = row.id if catalog.has_meanings(record.code) else None
            return _settle(replace(record, meaning=meaning), row, f"catalog row {row.id}")
        row = _by_words(f"{record.code} {text}")
        if row is not None:
            return _settle(record, row, f"code {record.code} is not in the catalog; its words say {row.id}")
    row = catalog.by_message(record.status, text)
    if row is not None:
        return _settle(record, row, f"catalog row {row.id} by its text")
    row = catalog.by_status(record.status) or _http_row(record.status)
    if row is not None:
        return _settle(record, row, f"HTTP status {record.status}")
    row = _by_words(text)
    if row is not None:
        return _settle(record, row, f"the message's words say {row.id}")
    return _settle(record, _word_row("unknown"), "nothing decided")


def _judge_failure(record: ErrorRecord) -> ErrorRecord:
    error = record.exception or ExceptionInfo("", record.message)
    answered = record.status is not None
    row = _by_failure(error, answered)
    return _settle(record, row, f"{error.type or 'no answer'}: {row.id}")


def _settle(record: ErrorRecord, row: Row, why: str) -> ErrorRecord:
    return replace(
        record,
        category=row.category,
        shipped_category=row.category,
        retryable=row.retryable,
        severity=row.severity,
        owner_hint=row.owner,
        explanation=row.explanation,
        next_step=row.next_step,
        classifier=CLASSIFIER,
        notes=(*record.notes, f"category {row.category}: {why}"),
    )


def speaks_of_signature(error: ExceptionInfo) -> bool:
    """Say whether an exception is about a signature that did not verify."""
    return _words()["signature"].search(f"{error.type} {error.message}") is not None


def _by_failure(error: ExceptionInfo, answered: bool) -> Row:
    words = _words()
    text = f"{error.type}: {error.message}"
    for pattern, row in words["answered" if answered else "unanswered"]:
        if pattern.search(text):
            return _word_row(row)
    return _word_row("internal" if answered else "network")


def _by_words(text: str) -> Row | None:
    for pattern, row in _words()["answers"]:
        if pattern.search(text):
            return _word_row(row)
    return None


def _http_row(status: int | None) -> Row | None:
    if status is None or status < 400:
        return None
    catalog = _general("_http")
    return catalog.by_status(status) or (catalog.by_status(500) if status >= 500 else catalog.by_status(400))


def _word_row(row_id: str) -> Row:
    return next(row for row in _general("_words").rows if row.id == row_id)


@cache
def _general(name: str) -> Catalog:
    return parse_catalog(_document(name))


@cache
def _document(name: str) -> Any:
    return json.loads((resources.files("openclaw_otel") / "catalogs" / f"{name}.json").read_text("utf-8"))


@cache
def _words() -> dict[str, Any]:
    """Compiled patterns of `_words.json`: lists of [pattern, row id] per situation, and one for signatures."""
    patterns = _document("_words")["patterns"]
    compiled: dict[str, Any] = {
        situation: [(re2.compile(pattern, _OPTIONS), row) for pattern, row in patterns[situation]]
        for situation in ("answers", "answered", "unanswered")
    }
    compiled["signature"] = re2.compile(patterns["signature"], _OPTIONS)
    return compiled
