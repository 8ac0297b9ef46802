"""The part of an issue's page that shows one event: request and answer, exception, call chain, attributes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import url_for

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.messages import t, word
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.present import platform_name
from openclaw_otel_bridge.reads.events import Event, EventPage, get_event, issue_events
from openclaw_otel_bridge.reads.issues import Issue
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.bodies import pretty
from openclaw_otel_bridge.views.ui.links import console_links, trace_link
from openclaw_otel_bridge.views.ui.page import quoted
from openclaw_otel_bridge.views.ui.session import viewer_locale
from openclaw_otel_bridge.views.ui.stacktrace import folded, lines_of
from openclaw_otel_bridge.views.ui.timeline import timeline
from openclaw_otel_bridge.workflow.errors import NotFound

_EMPTY_SNAPSHOT: Mapping[str, Any] = {
    "method": "",
    "url": "",
    "request_headers": {},
    "request_body": "",
    "status": None,
    "response_headers": {},
    "response_body": "",
    "elapsed": None,
    "attempt": 0,
    "request_truncated": False,
    "response_truncated": False,
    "withheld": False,
}
"""A snapshot is stored without its empty fields; templates want them all."""


def shown_event(conn: Connection, actor: Actor, issue: Issue, wanted: UUID | None) -> EventPage | None:
    """Return the wanted event of the issue, else its latest; None when nothing is stored of it (any more).

    Raises:
        NotFound: the wanted event belongs to another issue.
    """
    if wanted is not None:
        found = get_event(conn, actor, wanted)
        if found.event.issue_id != issue.id and issue.origin != "manual":
            raise NotFound("event", "事件", wanted)
        return found
    latest = issue_events(conn, actor, issue, limit=1).items
    return get_event(conn, actor, latest[0].id) if latest else None


def event_context(found: EventPage | None, issue: Issue) -> dict[str, Any]:
    """Return what `event.html` shows."""
    if found is None:
        return {"event": None}
    event, details = found.event, found.details
    snapshot = {**_EMPTY_SNAPSHOT, **details.snapshot} if details.snapshot else None
    exception = dict(details.exception)
    frames, hidden = lines_of(exception.get("stacktrace", ""))
    context: dict[str, Any] = {
        "event": event,
        "message": details.message or event.message,
        "snapshot": snapshot,
        "exception": exception if exception.get("type") or exception.get("message") else None,
        "runs": folded(frames),
        "frame_count": sum(line.is_frame for line in frames),
        "hidden_frames": hidden,
        "timeline": timeline(found.spans, event.span_id),
        "attributes": sorted(
            (name, _plain(value)) for name, value in {**details.attributes, **event.attributes}.items()
        ),
        "event_facts": _facts(event),
        "event_links": _links(found),
        "notes": details.notes,
    }
    if snapshot:
        context["request_body"] = pretty(str(snapshot["request_body"]))
        context["response_body"] = pretty(str(snapshot["response_body"]))
    return context | _neighbours(found, issue)


def _links(found: EventPage) -> list[tuple[str, str]]:
    """Return (text, address) of links that lead out of the bridge."""
    locale, event = viewer_locale(), found.event
    name = platform_name(event.platform, locale)
    objects = {**({"order": event.order_id} if event.order_id else {}), **found.details.objects}
    links = [
        (t("issue.open_console", locale, platform=name, what=f"{word('object', kind, locale)} {ident}"), url)
        for kind, ident, url in console_links(event.platform, event.store, objects)
    ]
    trace = trace_link(services().config.trace_url, event.trace_id, event.span_id)
    return [*links, (t("issue.open_trace", locale), trace)] if trace else links


def _neighbours(found: EventPage, issue: Issue) -> dict[str, str]:
    def address(event: UUID | None) -> str:
        return url_for("ui.issue", issue_id=issue.id, event=event) if event else ""

    newest = url_for("ui.issue", issue_id=issue.id) if found.later else ""
    return {"older": address(found.earlier), "newer": address(found.later), "newest": newest}


def _facts(event: Event) -> list[tuple[str, str, str]]:
    """Return (name, value, query) of what marks this one event."""
    locale = viewer_locale()
    facts = [
        ("word.store", event.store, "store"),
        ("word.order", event.order_id, "order"),
        ("word.request", event.request_id, "request"),
        ("word.service", event.service, "service"),
        ("word.env", event.env, "env"),
        ("word.release", event.release, "release"),
        ("word.trace", event.trace_id, "trace"),
    ]
    shown = [(t(key, locale), str(value), f"{name}:{quoted(value)}") for key, value, name in facts if value]
    if event.occurrences > 1:
        shown.append((t("event.occurrences_label", locale), f"×{event.occurrences}", ""))
    return shown


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
