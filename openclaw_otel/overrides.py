"""A deployment's own catalog rows: `OPENCLAW_OTEL_CATALOG_DIR/<platform>.json`, read again when a file changes.

A file that cannot be used is refused with file, line and key; what was good before stays in force. A row with the id of
a shipped row changes only the keys it names; any other row is new and wins over shipped ones.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from openclaw_otel.catalog import Catalog, document, parse_row, shipped
from openclaw_otel.catalog_check import check_document
from openclaw_otel.errors import CatalogError
from openclaw_otel.judge import judge
from openclaw_otel.record import ErrorRecord

log = logging.getLogger(__name__)
RECHECK_SECONDS = 2.0
CLASSIFIER = "overrides/1"


@dataclass(frozen=True, slots=True)
class _Loaded:
    stamp: tuple[int, int]
    catalog: Catalog | None


class Overrides:
    """The override files of one folder (None: none). Thread safe; looks for changes at most every two seconds."""

    def __init__(self, folder: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._files: dict[str, _Loaded] = {}
        self._looked: dict[str, float] = {}

    def catalog(self, platform: str, base: Catalog | None = None) -> Catalog:
        """Return the catalog in force for a platform; `base` (default: the shipped one) is what files refine."""
        base = base or shipped(platform)
        if self._folder is None:
            return base
        with self._lock:
            if self._clock() - self._looked.get(platform, -RECHECK_SECONDS) >= RECHECK_SECONDS:
                self._looked[platform] = self._clock()
                self._look(platform, self._folder / f"{platform.replace(':', '_')}.json", base)
            loaded = self._files.get(platform)
        return loaded.catalog if loaded and loaded.catalog else base

    def judge(self, record: ErrorRecord, base: Catalog | None = None) -> ErrorRecord:
        """Return the record judged: facts by the shipped catalog, category and advice by the override that fits.

        `shipped_category` and `meaning` stay the shipped catalog's: fingerprints never change by an override.
        """
        plain = judge(record, base or shipped(record.platform or ""))
        catalog = self.catalog(record.platform, base) if record.platform else None
        if catalog is None or catalog.base is None:
            return plain
        refined = judge(record, catalog).but(shipped_category=plain.shipped_category, meaning=plain.meaning)
        return plain if refined == plain else refined.but(classifier=CLASSIFIER)

    def _look(self, platform: str, path: Path, base: Catalog) -> None:
        try:
            status = path.stat()
        except OSError:
            self._files.pop(platform, None)  # taken away on purpose: back to the shipped rows
            return
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._files.get(platform)
        if known is not None and known.stamp == stamp:
            return
        try:
            catalog = load_overrides(path, platform, base)
            self._files[platform] = _Loaded(stamp, catalog)
        except CatalogError as error:
            log.error("catalog override refused, the last good one stays in force: %s", error)
            self._files[platform] = _Loaded(stamp, known.catalog if known else None)


@cache
def overrides_of(folder: Path | None) -> Overrides:
    """Return the overrides of a folder, one object per process."""
    return Overrides(folder)


def load_overrides(path: Path, platform: str, base: Catalog | None = None) -> Catalog:
    """Return one override file laid over the shipped rows.

    Raises:
        CatalogError: the file is bad; the message is `file:line: key: problem`, one line per problem.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: cannot be read: {error}") from error
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise CatalogError(f"{path}:{line}: not JSON: {error}") from error
    base = base or shipped(platform)
    merged = _merged(data, platform)
    problems = list(check_document(merged, text, platform=platform))
    if problems:
        raise CatalogError("\n".join(f"{path}:{line}: {key}: {problem}" for line, key, problem in problems))
    return Catalog(base.platform, tuple(parse_row(row) for row in merged["rows"]), base=base)


def _merged(data: Any, platform: str) -> Any:
    """Return the document with rows of shipped ids completed from the shipped rows."""
    if not isinstance(data, Mapping) or not isinstance(data.get("rows"), list):
        return data
    known = {row["id"]: row for row in _shipped_rows(platform)}

    def whole(row: Any) -> Any:
        own = isinstance(row, Mapping) and isinstance(row.get("id"), str)
        return {**known[row["id"]], **row} if own and row["id"] in known else row

    return {**data, "rows": [whole(row) for row in data["rows"]]}


def _shipped_rows(platform: str) -> Iterator[Mapping[str, Any]]:
    found = document(platform) if platform.replace("_", "").isalnum() else None
    yield from found["rows"] if found else ()
