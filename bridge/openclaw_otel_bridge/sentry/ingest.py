"""Events that come with webhooks, or are fetched, stored as those of a DSN are: same identity, same redaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.intake.found import Reading
from openclaw_otel_bridge.intake.items import Item
from openclaw_otel_bridge.intake.process import Process
from openclaw_otel_bridge.intake.sentry import read_event
from openclaw_otel_bridge.intake.store import Store


def event_of_alert(process: Process, payload: Mapping[str, Any], project_id: int) -> tuple[Item, ...]:
    """Return the event an alert carries, processed; nothing where it carries none that counts."""
    data = payload.get("data")
    event = data.get("event") if isinstance(data, Mapping) else None
    reading = _reading(event, project_id) if isinstance(event, Mapping) else None
    if reading is None:
        return ()
    return tuple(process.run(reading, project_id, datetime.now(UTC)).items)


class Ingest:
    """Stores fetched events in the worker's own transaction; built when the first one comes."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._parts: tuple[Process, Store] | None = None

    def __call__(self, conn: Connection, event: Mapping[str, Any], project_id: int) -> None:
        """Store one event as Sentry's API returns it; what it cannot read it leaves."""
        reading = _reading(as_sent(event), project_id)
        if reading is None:
            return
        process, store = self._parts or self._build()
        done = process.run(reading, project_id, datetime.now(UTC))
        store.write(conn, done.items)

    def _build(self) -> tuple[Process, Store]:
        import hashlib

        from openclaw_otel.hookspecs import Side
        from openclaw_otel.pipeline import build_pipeline

        key = hashlib.sha256(self._config.secret_key.encode()).digest()
        pipeline = build_pipeline(Side.BRIDGE, self._config.library)
        self._parts = Process(pipeline, key), Store(self._config.retention, self._config.intake.new_issues)
        return self._parts


def as_sent(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event of Sentry's API in the form SDKs send."""
    entries = event.get("entries")
    parts = {each.get("type"): each.get("data") for each in entries or () if isinstance(each, Mapping)}
    release = event.get("release")
    tags = [[each.get("key"), each.get("value")] for each in event.get("tags") or () if isinstance(each, Mapping)]
    found = {
        "event_id": event.get("eventID") or event.get("id"),
        "timestamp": event.get("dateCreated"),
        "platform": event.get("platform"),
        "exception": parts.get("exception"),
        "breadcrumbs": parts.get("breadcrumbs"),
        "request": parts.get("request"),
        "message": parts.get("message") or event.get("message"),
        "contexts": event.get("contexts"),
        "user": event.get("user"),
        "tags": tags,
        "level": next((value for name, value in tags if name == "level"), "error"),
        "environment": next((value for name, value in tags if name == "environment"), None),
        "release": release.get("version") if isinstance(release, Mapping) else release,
    }
    return {name: value for name, value in found.items() if value}


def _reading(event: Mapping[str, Any], project_id: int) -> Reading | None:
    found = read_event(event, None, project_id)
    return None if found is None else Reading(found=[found], resources=[{}], seen=1)
