"""Is a catalog document right? Line and key of every problem, without a JSON-schema library: ops staff read this.

The rules are those of `catalogs/schema.json`; a test holds that both agree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from openclaw_otel.catalog import compiled
from openclaw_otel.errors import CatalogError
from openclaw_otel.record import Category, OwnerHint, Severity

Problem = tuple[int, str, str]
"""Line (from 1), key (`rows[3].category`), what is wrong and how to put it right."""
_ID = re.compile(r"^[A-Za-z0-9_.:-]+$")
_RETRY = re.compile(r"^(no|backoff|after:.+|after_refresh|after_reset|after_fix)$")
_KEYS = frozenset(
    "id code status match category severity retryable retry owner explanation next_step source verified vague".split()
)
_CHOICES = {
    "category": [str(value) for value in Category],
    "severity": [str(value) for value in Severity],
    "owner": [str(value) for value in OwnerHint],
}


def check_document(data: Any, text: str, *, platform: str | None = None) -> Iterator[Problem]:
    """Yield the problems of a catalog; `text` is the file it was read from, for the lines."""
    if not isinstance(data, Mapping):
        yield 1, "(document)", 'must be an object: {"platform": "…", "rows": […]}'
        return
    for key in data:
        if key not in ("$schema", "platform", "rows", "patterns"):
            yield line_of(text, key), key, "unknown key; known: platform, rows"
    if not isinstance(data.get("platform"), str) or (platform is not None and data["platform"] != platform):
        yield (
            line_of(text, "platform"),
            "platform",
            f"must be {platform!r}, as the file is named" if platform else "is missing",
        )
    rows = data.get("rows")
    if not isinstance(rows, list):
        yield line_of(text, "rows"), "rows", "must be a list of rows"
        return
    seen: set[str] = set()
    for number, row in enumerate(rows):
        at = f"rows[{number}]"
        row_id = row.get("id") if isinstance(row, Mapping) else None
        start = _line_of_row(text, row_id, number)
        if not isinstance(row, Mapping):
            yield start, at, "must be an object"
            continue
        yield from ((_line_inside(text, start, key), f"{at}.{key}", problem) for key, problem in check_row(row))
        if isinstance(row_id, str) and row_id in seen:
            yield start, f"{at}.id", f"{row_id!r} is there twice"
        seen.add(str(row_id))


def check_row(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, problem) of one row."""
    for key in row:
        if key not in _KEYS:
            yield key, f"unknown key; known: {', '.join(sorted(_KEYS))}"
    if not isinstance(row.get("id"), str) or not _ID.match(row["id"]):
        yield "id", "is missing, or holds more than letters, digits and _ . : -"
    yield from _check_values(row)
    yield from _check_texts(row)
    yield from _check_status(row.get("status"))
    if isinstance(row.get("match"), str) and row["match"]:
        try:
            compiled(row["match"])
        except CatalogError as error:
            yield "match", str(error)


def _check_values(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, choices in _CHOICES.items():
        if (key in row or key == "category") and row.get(key) not in choices:
            yield key, f"{row.get(key)!r} is not one of {', '.join(choices)}"
    for key in ("code", "match"):
        if key in row and (not isinstance(row[key], str) or not row[key]):
            yield key, "must be text (write numbers in quotes)"
    for key in ("retryable", "verified", "vague"):
        if key in row and not isinstance(row[key], bool):
            yield key, "must be true or false"
    if "retry" in row and not (isinstance(row["retry"], str) and _RETRY.match(row["retry"])):
        yield "retry", "must be no, backoff, after:<where>, after_refresh, after_reset or after_fix"


def _check_texts(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("explanation", "next_step"):
        texts = row.get(key)
        good = isinstance(texts, Mapping) and set(texts) == {"en", "zh"}
        if not good or not all(isinstance(text, str) and text for text in texts.values()):  # type: ignore[union-attr]
            yield key, 'must be {"en": "…", "zh": "…"}, both filled'
    source = row.get("source", [])
    if not isinstance(source, list) or not all(isinstance(text, str) and text for text in source):
        yield "source", "must be a list of texts"


def _check_status(status: Any) -> Iterator[tuple[str, str]]:
    if status is None:
        return
    values = status if isinstance(status, list) else [status]
    if not values or not all(type(value) is int and 100 <= value <= 999 for value in values):
        yield "status", "must be an HTTP status, or a list of them"


def line_of(text: str, key: str, start: int = 1) -> int:
    """Return the line of the first `"key":` from line `start` on; `start` itself when it is not there."""
    pattern = re.compile(rf'"{re.escape(key)}"\s*:')
    for number, line in enumerate(text.splitlines()[start - 1 :], start):
        if pattern.search(line):
            return number
    return start


def _line_of_row(text: str, row_id: Any, number: int) -> int:
    """Return the line of the row's id; of a row without one, the line of the row before, as well as can be told."""
    if isinstance(row_id, str):
        pattern = re.compile(rf'"id"\s*:\s*{re.escape(json.dumps(row_id, ensure_ascii=False))}')
        for at, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                return at
    starts = [at for at, line in enumerate(text.splitlines(), 1) if re.search(r'"id"\s*:|^\s*\{', line)]
    return starts[min(number + 1, len(starts) - 1)] if starts else 1


def _line_inside(text: str, start: int, key: str) -> int:
    """Return the line of a key of the row whose id stands on line `start`: before the next row's id."""
    lines = text.splitlines()
    pattern, next_row = re.compile(rf'"{re.escape(key)}"\s*:'), re.compile(r'"id"\s*:')
    for number in range(start, len(lines) + 1):
        if number > start and next_row.search(lines[number - 1]):
            break
        if pattern.search(lines[number - 1]):
            return number
    return start
