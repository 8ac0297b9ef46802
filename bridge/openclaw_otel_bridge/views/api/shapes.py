"""How things look in JSON: ids as numbers, times as RFC 3339 in UTC, texts in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from openclaw_otel_bridge.archive import EventDetails, StoredSpan
from openclaw_otel_bridge.knowledge import Article, Similar
from openclaw_otel_bridge.notify.channels import ChannelView
from openclaw_otel_bridge.people.tokens import Token
from openclaw_otel_bridge.present import activity_text, actor_name, title
from openclaw_otel_bridge.reads.activity import Entry
from openclaw_otel_bridge.reads.details import Grouping, Place, Watcher
from openclaw_otel_bridge.reads.events import Event, EventPage
from openclaw_otel_bridge.reads.groupings import Kind
from openclaw_otel_bridge.reads.issues import Issue
from openclaw_otel_bridge.reads.people import Person, Team

_T = TypeVar("_T")
Json = dict[str, Any]


def listed(items: Iterable[_T], shape: Callable[[_T], Json], following: str | None = None) -> Json:
    """Return a list as every list looks: its items, and the cursor of the next page or null."""
    return {"items": [shape(item) for item in items], "next": following}


def moment(at: datetime | None) -> str | None:
    """Return a time as `2026-01-31T08:00:00.000000Z`."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def issue(one: Issue, locale: str) -> Json:
    """Return an issue as lists show it."""
    return {
        "id": one.id,
        "title": title(one, locale),
        "status": one.status,
        "origin": one.origin,
        "version": one.version,
        "platform": one.platform,
        "store": one.store,
        "operation": one.operation,
        "category": one.category,
        "code": one.code,
        "severity": one.severity,
        "message": one.message,
        "exception_type": one.exception_type,
        "service": one.service,
        "order": one.order_id,
        "kinds": one.kinds,
        "owner_hint": one.owner_hint,
        "retryable": one.retryable,
        "event_count": one.event_count,
        "first_seen": moment(one.first_seen),
        "last_seen": moment(one.last_seen),
        "assignee": one.assignee_id,
        "assignee_name": one.assignee_name,
        "team": one.team_id,
        "team_name": one.team_name,
        "due_at": moment(one.due_at),
        "regressed": one.regressed,
        "muted": one.muted,
        "resolved_at": moment(one.resolved_at),
        "created_at": moment(one.created_at),
        "updated_at": moment(one.updated_at),
    }


def issue_in_full(
    one: Issue, locale: str, groupings: Sequence[Grouping], places: Sequence[Place], watchers: Sequence[Watcher]
) -> Json:
    """Return an issue as its own page shows it."""
    return {
        **issue(one, locale),
        "explanation": dict(one.explanation),
        "next_step": dict(one.next_step),
        "sender_category": one.sender_category,
        "muted_until": moment(one.muted_until),
        "muted_count": one.muted_count,
        "root_cause": _finding(one.root_cause_kind, one.root_cause_text),
        "fix": _finding(one.fix_kind, one.fix_text),
        "reviewed_by": one.reviewed_by,
        "resolved_release": one.resolved_release,
        "created_by": one.created_by,
        "groupings": [{"key": key.key, "fingerprint": key.fingerprint, "parts": list(key.parts)} for key in groupings],
        "places": [{"store": place.store, "env": place.env, "event_count": place.n} for place in places],
        "watchers": [{"id": watcher.id, "name": watcher.name} for watcher in watchers],
    }


def kind(one: Kind, locale: str) -> Json:
    """Return a grouping with what made it."""
    return {
        "id": one.id,
        "title": title(one, locale),
        "key": one.key,
        "fingerprint": one.fingerprint,
        "parts": list(one.parts),
        "folded": one.folded,
        "platform": one.platform,
        "operation": one.operation,
        "category": one.category,
        "code": one.code,
        "severity": one.severity,
        "message": one.message,
        "exception_type": one.exception_type,
        "event_count": one.event_count,
        "first_seen": moment(one.first_seen),
        "last_seen": moment(one.last_seen),
    }


def event(one: Event) -> Json:
    """Return an event as lists show it."""
    return {
        "id": str(one.id),
        "issue": one.issue_id,
        "occurred_at": moment(one.occurred_at),
        "received_at": moment(one.received_at),
        "sources": list(one.source_names),
        "occurrences": one.occurrences,
        "platform": one.platform,
        "store": one.store,
        "operation": one.operation,
        "category": one.category,
        "code": one.code,
        "severity": one.severity,
        "env": one.env,
        "service": one.service,
        "release": one.release,
        "order": one.order_id,
        "request_id": one.request_id,
        "trace_id": one.trace_id,
        "span_id": one.span_id,
        "message": one.message,
        "exception_type": one.exception_type,
    }


def event_in_full(page: EventPage) -> Json:
    """Return an event with all that was captured; `bodies` false: left out for this reader."""
    details = page.details
    return {
        **event(page.event),
        "message": details.message or page.event.message,
        "attributes": {**page.event.attributes, **details.attributes},
        "snapshot": dict(details.snapshot) or None,
        "exception": dict(details.exception) or None,
        "classification": _classification(details),
        "fingerprint": {
            "hash": details.fingerprint or None,
            "parts": list(details.fingerprint_parts),
            "grouping_parts": list(details.grouping_parts),
        },
        "spans": [_span(span) for span in page.spans],
        "bodies": page.bodies,
        "earlier": _id(page.earlier),
        "later": _id(page.later),
    }


def entry(one: Entry, locale: str) -> Json:
    """Return a line of the activity log, also as a sentence."""
    return {
        "id": one.id,
        "at": moment(one.at),
        "actor": one.actor,
        "person": one.actor_id,
        "action": one.action,
        "data": dict(one.data),
        "text": f"{actor_name(one, locale)} {activity_text(one, locale)}",
    }


def article(one: Article) -> Json:
    """Return an article."""
    return {
        "id": one.id,
        "issue": one.issue_id,
        "title": one.title,
        "platform": one.platform,
        "operation": one.operation,
        "category": one.category,
        "code": one.code,
        "root_cause": _finding(one.root_cause_kind, one.root_cause_text),
        "fix": _finding(one.fix_kind, one.fix_text),
        "author": one.author_id,
        "author_name": one.author,
        "created_at": moment(one.created_at),
        "updated_at": moment(one.updated_at),
    }


def similar(one: Similar) -> Json:
    """Return an article that may help, and why it was found."""
    return {"reason": one.reason, "score": one.score, "article": article(one.article)}


def person(one: Person, *, with_scopes: bool) -> Json:
    """Return a person; scopes are for admins."""
    shown: Json = {
        "id": one.id,
        "name": one.name,
        "email": one.email,
        "role": one.role,
        "teams": list(one.teams),
        "locale": one.locale,
        "timezone": one.timezone,
        "disabled": one.disabled,
    }
    return shown | ({"view_scope": one.view_scope, "act_scope": one.act_scope} if with_scopes else {})


def team(one: Team) -> Json:
    """Return a team; members are ids of people."""
    return {"id": one.id, "slug": one.slug, "name": one.name, "members": list(one.members)}


def channel(one: ChannelView) -> Json:
    """Return a channel; the key in its URL is masked, its secret never shown."""
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "url": one.url,
        "has_secret": one.has_secret,
        "locale": one.locale,
        "filter": one.filter,
        "enabled": one.enabled,
        "disabled_reason": one.disabled_reason,
        "created_at": moment(one.created_at),
    }


def token(one: Token) -> Json:
    """Return an API token without the token."""
    return {
        "id": one.id,
        "person": one.person_id,
        "person_name": one.person_name,
        "name": one.name,
        "created_at": moment(one.created_at),
        "last_used_at": moment(one.last_used_at),
        "revoked_at": moment(one.revoked_at),
    }


def _finding(kind: str | None, text: str | None) -> Json | None:
    return {"kind": kind, "text": text or ""} if kind else None


def _id(value: Any) -> str | None:
    return None if value is None else str(value)


def _classification(details: EventDetails) -> Json:
    return {
        "evidence": details.evidence or None,
        "codes": list(details.codes),
        "fields": list(details.fields),
        "meaning": details.meaning,
        "status": details.status,
        "objects": dict(details.objects),
        "webhook_topic": details.webhook_topic,
        "retryable": details.retryable,
        "owner_hint": details.owner_hint,
        "explanation": dict(details.explanation),
        "next_step": dict(details.next_step),
        "classifier": details.classifier or None,
        "notes": list(details.notes),
        "sender": dict(details.sender),
    }


def _span(span: StoredSpan) -> Json:
    return {
        "span_id": span.span_id,
        "parent_id": span.parent_id,
        "name": span.name,
        "kind": span.kind,
        "service": span.service,
        "started_at": moment(span.started_at),
        "ended_at": moment(span.ended_at),
        "status": span.status,
        "status_text": span.status_text,
        "attributes": dict(span.attributes),
        "events": [_span_event(one) for one in span.events],
    }


def _span_event(one: Mapping[str, Any]) -> Json:
    return {"name": one.get("name", ""), "at": one.get("at"), "attributes": dict(one.get("attributes") or {})}
