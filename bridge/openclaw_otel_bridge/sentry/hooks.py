"""Webhooks of a Sentry internal integration: is it Sentry's, and what of it is needed; pure.

https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from openclaw_otel.attributes import ERROR_GROUPING_HASH, RECORD_ID

RESOURCES = ("issue", "event_alert")
STATUSES = {"resolved": "resolved", "unresolved": "unresolved", "ignored": "ignored", "archived": "ignored"}
"""Sentry's words of a status, and of the action that made it → the three it has."""
SYSTEM = "sentry"
"""Actor id of what Sentry does by itself (resolved by a release, …)."""
Facts = dict[str, Any]
_LATEST, _EARLIEST = timedelta(days=1), timedelta(minutes=5)
"""How far a time of Sentry's may lie before ours, and after it."""


def is_genuine(body: bytes, signature: str, client_secret: str) -> bool:
    """Say whether the hex HMAC-SHA256 of the raw body is right; in constant time."""
    right = hmac.new(client_secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(right.encode(), signature.strip().lower().encode("utf-8", "replace"))


def facts_of(resource: str, payload: Mapping[str, Any], redact: Callable[[str], str]) -> Facts | None:
    """Return what is needed of a webhook, None when it is none of interest."""
    data = _mapping(payload.get("data"))
    actor = _mapping(payload.get("actor"))
    facts: Facts = {
        "resource": resource,
        "action": _text(payload.get("action")),
        "actor_type": _text(actor.get("type")),
        "actor_id": _text(actor.get("id")),
        "actor_name": redact(_text(actor.get("name"))[:200]),
    }
    if resource == "event_alert":
        event = _mapping(data.get("event"))
        facts |= {"sentry_id": _text(event.get("issue_id")), "url": _text(event.get("web_url"))} | event_keys(event)
    elif resource == "issue":
        issue = _mapping(data.get("issue"))
        facts |= {
            "sentry_id": _text(issue.get("id")),
            "short_id": _text(issue.get("shortId"))[:100],
            "url": _text(issue.get("web_url")) or _text(issue.get("permalink")),
            "status": STATUSES.get(_text(issue.get("status")), ""),
            "assignee": _assignee(issue.get("assignedTo")),
            "until": _text(_mapping(issue.get("statusDetails")).get("ignoreUntil")),
        }
    return facts if facts.get("sentry_id") else None


def told_at(stamp: str, received_at: datetime) -> datetime:
    """Return when Sentry sent a webhook, by its Sentry-Hook-Timestamp; when it came, where that cannot be so."""
    if not (stamp.isascii() and stamp.isdecimal() and 10 <= len(stamp) <= 13):
        return received_at
    found = datetime.fromtimestamp(int(stamp) / 10 ** (len(stamp) - 10), UTC)
    return found if received_at - _LATEST <= found <= received_at + _EARLIEST else received_at


def event_keys(event: Mapping[str, Any]) -> Facts:
    """Return what an event of Sentry may be found by among ours: ids and grouping keys."""
    tags = dict(_pairs(event.get("tags")))
    ids = [tags.get(RECORD_ID), event.get("event_id"), event.get("eventID"), event.get("id")]
    prints = event.get("fingerprint", event.get("fingerprints"))
    keys = [tags.get(ERROR_GROUPING_HASH), *(prints if isinstance(prints, list) else ())]
    return {
        "event_ids": [text for text in map(_text, ids) if len(text) in (32, 36)],
        "grouping_keys": [text for text in map(_text, keys) if text.startswith("v1:")],
    }


def is_own(facts: Mapping[str, Any], app_id: str) -> bool:
    """Say whether a webhook tells of what the integration did itself.

    Without an `app_id` every application counts as ours, except Sentry's own automatism.
    """
    if facts.get("actor_type") != "application":
        return False
    return facts.get("actor_id") == app_id if app_id else facts.get("actor_id") != SYSTEM


def _assignee(value: Any) -> str | None:
    """Return the assignee's e-mail, "" for nobody; None for a team, which has none."""
    if not value:
        return ""
    found = _mapping(value)
    return None if found.get("type") == "team" else _text(found.get("email"))[:320] or None


def _pairs(tags: Any) -> list[tuple[str, Any]]:
    pairs = []
    for each in tags if isinstance(tags, list) else ():
        if isinstance(each, Mapping):
            pairs.append((_text(each.get("key")), each.get("value")))
        elif isinstance(each, list) and len(each) == 2:
            pairs.append((_text(each[0]), each[1]))
    return pairs


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return str(value)[:2000] if isinstance(value, str | int) and not isinstance(value, bool) else ""
