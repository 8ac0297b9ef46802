"""Error catalogs: platform code → what it means, whose job it is, what to do. Data from JSON, never code.

A row is found by `code` (exact, then globs), `status` and `match` (a case-insensitive pattern on the message). A row
without code speaks of answers that carry none. One code with several rows has several meanings: the row whose
`match` fits wins, a row without `match` is the rest.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import re2

from openclaw_otel.errors import CatalogError
from openclaw_otel.pattern_list import PatternList, searchable
from openclaw_otel.record import Category, OwnerHint, Severity

RETRYABLE = frozenset({Category.TIMEOUT, Category.NETWORK, Category.RATE_LIMIT, Category.PLATFORM_OUTAGE})
"""Categories a machine may simply send again, unless a row says otherwise."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a catalog. `id` is unique in its platform and never changes: fingerprints use it."""

    id: str
    category: Category
    code: str | None = None
    status: frozenset[int] = frozenset()
    match: Any = None
    severity: Severity = Severity.ERROR
    retryable: bool = False
    retry: str = "no"
    """no, backoff, after:<where>, after_refresh, after_reset, after_fix."""
    owner: OwnerHint | None = None
    explanation: Mapping[str, str] = field(default_factory=dict)
    next_step: Mapping[str, str] = field(default_factory=dict)
    source: tuple[str, ...] = ()
    verified: bool = True
    vague: bool = False
    """The code says little ("INVALID"): strong words of the message are asked before the row is believed."""

    def fits(self, status: int | None, text: str) -> bool:
        """Say whether the row's status and pattern hold for this answer."""
        if self.status and status not in self.status:
            return False
        return self.match is None or self.match.search(searchable(text)) is not None


class Catalog:
    """The rows of one platform, indexed; what they do not know is asked of `base`. Immutable once made."""

    def __init__(self, platform: str, rows: tuple[Row, ...], base: Catalog | None = None) -> None:
        self.platform = platform
        self.rows = rows
        self.base = base
        self._exact: dict[str, list[Row]] = {}
        self._globs: list[Row] = []
        self._no_code: list[Row] = []
        for row in rows:
            if row.code is None:
                self._no_code.append(row)
            elif "*" in row.code:
                self._globs.append(row)
            else:
                self._exact.setdefault(row.code, []).append(row)
        for found in (*self._exact.values(), self._globs, self._no_code):
            found.sort(key=lambda row: (row.match is None, not row.status))  # the most telling first
        self._telling = [row for row in self._no_code if row.match is not None]
        self._said = PatternList([row.match.pattern for row in self._telling])
        self._of_status: dict[int, Row] = {}
        for row in self._no_code:
            if row.match is None:
                for status in row.status:
                    self._of_status.setdefault(status, row)

    def by_code(self, code: str, status: int | None, text: str) -> Row | None:
        """Return the row of a platform code, or None when the catalog does not know it.

        A code with rows none of which fits is not known: the message's words decide.
        """
        rows = self._exact.get(code)
        if rows is None:
            rows = [row for row in self._globs if row.code and fnmatch.fnmatchcase(code, row.code)]
        found = next((row for row in rows if row.fits(status, text)), None)
        return found or (self.base.by_code(code, status, text) if self.base else None)

    def by_message(self, status: int | None, text: str) -> Row | None:
        """Return the row of an answer without code whose text tells."""
        for position in self._said.found(text):
            row = self._telling[position]
            if not row.status or status in row.status:
                return row
        return self.base.by_message(status, text) if self.base else None

    def by_status(self, status: int | None) -> Row | None:
        """Return the row that speaks of an HTTP status alone."""
        found = None if status is None else self._of_status.get(status)
        return found or (self.base.by_status(status) if self.base else None)

    def has_meanings(self, code: str) -> bool:
        """Say whether one code stands for several things, told apart by the message: by the shipped rows alone."""
        if self.base is not None:
            return self.base.has_meanings(code)
        rows = self._exact.get(code, [])
        return len(rows) > 1 and any(row.match is not None for row in rows)


def compiled(pattern: str) -> Any:
    """Return a catalog pattern: linear-time (RE2), without case.

    Raises:
        CatalogError: it is no RE2 pattern.
    """
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise CatalogError(f"pattern {pattern!r}: {_problem(error)}") from error


def _problem(error: Exception) -> str:
    first = error.args[0] if error.args else error
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)


def parse_row(data: Mapping[str, Any]) -> Row:
    """Return a row of catalog JSON (already checked against the schema)."""
    status = data.get("status") or ()
    pattern = data.get("match")
    category = Category(data["category"])
    return Row(
        id=data["id"],
        category=category,
        code=data.get("code"),
        status=frozenset([status] if isinstance(status, int) else status),
        match=compiled(pattern) if pattern else None,
        severity=Severity(data.get("severity", "error")),
        retryable=bool(data.get("retryable", category in RETRYABLE)),
        retry=data.get("retry", "no"),
        owner=OwnerHint(data["owner"]) if data.get("owner") else None,
        explanation=data.get("explanation", {}),
        next_step=data.get("next_step", {}),
        source=tuple(data.get("source", ())),
        verified=bool(data.get("verified", True)),
        vague=bool(data.get("vague", False)),
    )


def parse_catalog(data: Mapping[str, Any]) -> Catalog:
    """Return the catalog of one JSON document.

    Raises:
        CatalogError: a row cannot be read; the message names the row's id.
    """
    rows = []
    for number, row in enumerate(data["rows"], 1):
        try:
            rows.append(parse_row(row))
        except (KeyError, ValueError, TypeError, CatalogError) as error:
            raise CatalogError(f"{data.get('platform')}: row {number} ({row.get('id')}): {error}") from error
    return Catalog(data["platform"], tuple(rows))


@cache
def document(name: str) -> Any:
    """Return a shipped JSON document of `catalogs/` as it is; None when there is none of that name."""
    file = resources.files("openclaw_otel") / "catalogs" / f"{name}.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else None


@cache
def read_catalog(package: str, file: str) -> Catalog:
    """Return the catalog a package carries as a file: `read_catalog(__package__, "acme.json")` in an adapter of yours.

    Raises:
        CatalogError: there is no such file, or a row cannot be read.
    """
    try:
        return parse_catalog(json.loads((resources.files(package) / file).read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CatalogError(f"{file} of {package}: {error}") from error


@cache
def shipped(platform: str) -> Catalog:
    """Return the catalog shipped for a platform; empty when there is none."""
    found = document(platform) if platform.replace("_", "").isalnum() else None
    return Catalog(platform, ()) if found is None else parse_catalog(found)
