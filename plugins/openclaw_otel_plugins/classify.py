"""The classify processor: category, retry, severity and owner from the facts of a record and the team's own catalog.

At the source it adds what adapters cannot know: the platform of exceptions that others recorded, by the HTTP attributes
of their span, and the deployment's catalog overrides. In the bridge it judges every record again, with the overrides
of the bridge, which win. A category that somebody else's processor decided stays, unless an override speaks of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openclaw_otel import (
    Adapter,
    Catalog,
    Config,
    ErrorRecord,
    Evidence,
    Exchange,
    Overrides,
    Platforms,
    Processor,
    Side,
    Stage,
    UnknownPlatform,
    hookimpl,
    judge_record,
    overrides_of,
)

OURS = frozenset({"", "catalog/1", "overrides/1"})
"""Classifiers whose judgement is made anew from the facts."""
WITHHELD = "[withheld]"
NOTHING_KNOWN = Catalog("", ())

# Current and former names of https://opentelemetry.io/docs/specs/semconv/http/http-spans/
URL = ("url.full", "http.url")
SCHEME = ("url.scheme", "http.scheme")
HOST = ("server.address", "http.host", "net.peer.name")
PATH = ("url.path", "http.target")
METHOD = ("http.request.method", "http.method")
STATUS = ("http.response.status_code", "http.status_code")


@dataclass(slots=True)
class ClassifyProcessor:
    """Finds a missing platform and judges the record; looks at facts alone, so twice is as good as once."""

    platforms: Platforms
    overrides: Overrides
    name: str = "classify"
    stage: Stage = Stage.CLASSIFY
    order: int = 100
    runs: frozenset[Side] = frozenset(Side)

    def __call__(self, record: ErrorRecord) -> ErrorRecord:
        """Return the record judged, with its platform where the attributes give it away."""
        if record.platform is None:
            record = self._with_platform(record)
        fresh = _without_category(record) if record.notes else record
        if record.platform is None:
            return judge_record(fresh, NOTHING_KNOWN) if record.classifier in OURS else record
        adapter = self._adapter(record.platform)
        judged = self.overrides.judge(fresh, adapter.catalog() if adapter else None)
        if judged.classifier.startswith("overrides/") or self._knows_best(record, adapter):
            return judged
        if record.classifier in OURS:
            return record
        return record.but(shipped_category=judged.shipped_category, meaning=judged.meaning)

    def _knows_best(self, record: ErrorRecord, adapter: Adapter | None) -> bool:
        """Say whether our judgement is better than the one the record came with."""
        if record.classifier == "":
            return True
        if record.classifier not in OURS or adapter is None:
            return False  # another processor's decision, or a platform only the sender has a catalog of
        return record.evidence is Evidence.CODE or record.message != WITHHELD

    def _adapter(self, platform: str) -> Adapter | None:
        try:
            return self.platforms.get(platform)
        except UnknownPlatform:
            return None

    def _with_platform(self, record: ErrorRecord) -> ErrorRecord:
        """Return the record with the facts its HTTP attributes tell, when the call went to a known platform."""
        exchange = exchange_of(record)
        adapter = self.platforms.adapter_for_url(exchange.url) if exchange else None
        found = adapter.handle_error(exchange) if adapter and exchange else None
        if found is None:
            return record
        return record.but(
            platform=found.platform,
            store=record.store or found.store,
            operation=found.operation,
            evidence=found.evidence,
            status=found.status,
            message=found.message if found.evidence is Evidence.ANSWER else record.message,
            objects={**found.objects, **record.objects},
        )


def _without_category(record: ErrorRecord) -> ErrorRecord:
    """Return the record without the notes of an earlier judgement."""
    notes = tuple(note for note in record.notes if not note.startswith("category "))
    return record.but(notes=notes) if len(notes) < len(record.notes) else record


def exchange_of(record: ErrorRecord) -> Exchange | None:
    """Return the HTTP call a record's span attributes speak of, without headers and bodies; None when there is none."""
    attributes = record.attributes
    url = _text(attributes, URL) or _put_together(attributes)
    if not url:
        return None
    status = _first(attributes, STATUS)
    return Exchange(
        method=_text(attributes, METHOD) or "GET",
        url=url,
        status=int(status) if str(status or "").isdigit() else None,
        error=record.exception,
        started_at=record.occurred_at,
    )


def _put_together(attributes: Mapping[str, Any]) -> str:
    host = _text(attributes, HOST)
    return f"{_text(attributes, SCHEME) or 'https'}://{host}/{_text(attributes, PATH).lstrip('/')}" if host else ""


def _first(attributes: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((attributes[name] for name in names if attributes.get(name) not in (None, "")), None)


def _text(attributes: Mapping[str, Any], names: tuple[str, ...]) -> str:
    value = _first(attributes, names)
    return value if isinstance(value, str) else ""


@hookimpl
def register_processors(config: Config) -> Sequence[Processor]:
    """Return the classify processor of this deployment's platforms and overrides."""
    return [ClassifyProcessor(Platforms(config), overrides_of(config.catalog_dir))]
