"""Links that lead out of the bridge: the trace in the team's own tool, the object in the platform's console."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from openclaw_otel import UnknownPlatform, get_adapter

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?", re.IGNORECASE)


def trace_link(template: str, trace_id: str | None, span_id: str | None) -> str:
    """Return OPENCLAW_OTEL_TRACE_URL with the ids filled in; "" without a trace or a usable template."""
    if not trace_id or not template.startswith(("http://", "https://")):
        return ""
    return template.replace("{trace_id}", quote(trace_id, safe="")).replace("{span_id}", quote(span_id or "", safe=""))


def console_links(platform: str | None, store: str | None, objects: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return (object kind, id, address in the platform's console) of what an event speaks of.

    Ids and stores come from telemetry: they are quoted, and a store that is no host name makes no link.
    """
    try:
        templates = get_adapter(platform or "").console_links
    except UnknownPlatform:
        return []
    found = []
    for kind, ident in objects.items():
        template = templates.get(kind, "")
        if not template or ("{store}" in template and not _HOST.fullmatch(store or "")):
            continue
        found.append((kind, ident, template.replace("{store}", store or "").replace("{id}", quote(ident, safe=""))))
    return found
