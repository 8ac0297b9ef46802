"""What support does not see of an event: bodies, headers, stack traces. Pure, and the only place that strips them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from openclaw_otel_bridge.archive import EventDetails, StoredSpan

_PLAIN = ("method", "url", "status", "elapsed", "attempt", "request_truncated", "response_truncated", "withheld")
"""What is left of a snapshot; a field added later stays hidden until it is named here."""
_HIDDEN = (".header.", ".body", "stacktrace", "snapshot", "url.query", "sentry.breadcrumbs", "sentry.extra")


def without_bodies(details: EventDetails, spans: Sequence[StoredSpan]) -> tuple[EventDetails, Sequence[StoredSpan]]:
    """Return an event's details and spans without bodies, headers, query strings and stack traces."""
    snapshot = {name: details.snapshot[name] for name in _PLAIN if name in details.snapshot}
    if isinstance(snapshot.get("url"), str):
        snapshot["url"] = snapshot["url"].partition("?")[0]
    shown = replace(
        details,
        snapshot=snapshot,
        exception={name: text for name, text in details.exception.items() if name != "stacktrace"},
        attributes=without_headers(details.attributes),
    )
    return shown, [span._replace(attributes=without_headers(span.attributes), events=()) for span in spans]


def without_headers(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes without those that hold headers, bodies, query strings or stack traces."""
    kept = {name: value for name, value in attributes.items() if not any(part in name.lower() for part in _HIDDEN)}
    for name in ("url.full", "http.url", "http.target"):
        if isinstance(kept.get(name), str):
            kept[name] = kept[name].partition("?")[0]
    return kept
