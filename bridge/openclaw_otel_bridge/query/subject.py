"""What a query speaks of, in memory: one issue and its events. Rules, mutes and channel filters are read on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from openclaw_otel.record import ErrorRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Who reads a query, when and where: what ages, days and `me` mean."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    zone: tzinfo = UTC
    person_id: int | None = None
    teams: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTerms:
    """The issue as queries see it. Names hold every spelling: id, e-mail, name; id, slug, name."""

    status: str = "new"
    title: str = ""
    message: str = ""
    code: str | None = None
    category: str = "unknown"
    severity: str = "error"
    platform: str | None = None
    operation: str | None = None
    exception_type: str | None = None
    assignee_id: int | None = None
    assignee_names: tuple[str, ...] = ()
    team_id: int | None = None
    team_names: tuple[str, ...] = ()
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    due: datetime | None = None
    regressed: bool = False
    muted: bool = False

    def words(self) -> str:
        """Return what free text is looked for in: everything a title shows, and the message."""
        shown = (
            self.title,
            self.message,
            self.code,
            self.platform,
            self.operation,
            self.category,
            self.exception_type,
        )
        return "\n".join(text for text in shown if text is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTerms:
    """One event as queries see it; `trace` is 32 lower hex digits, `attributes` are those without a field here."""

    project: str | None = None
    platform: str | None = None
    store: str | None = None
    env: str | None = None
    service: str | None = None
    order: str | None = None
    request: str | None = None
    trace: str | None = None
    release: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


NOTHING = EventTerms()
"""An issue without a stored event is read as if it had this one: every key is missing."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An issue with the events its event terms may hold on."""

    issue: IssueTerms
    events: tuple[EventTerms, ...] = ()

    @classmethod
    def of_record(cls, record: ErrorRecord, issue: IssueTerms | None = None, *, project: str | None = None) -> Subject:
        """Return the subject of a record that just arrived; `issue` where its issue is already known."""
        return cls(issue or _issue_of(record), (_event_of(record, project),))


def _issue_of(record: ErrorRecord) -> IssueTerms:
    return IssueTerms(
        message=record.message,
        code=record.code,
        category=record.category.value,
        severity=record.severity.value,
        platform=record.platform,
        operation=record.operation,
        exception_type=record.exception.type if record.exception else None,
        first_seen=record.occurred_at,
        last_seen=record.occurred_at,
    )


def _event_of(record: ErrorRecord, project: str | None) -> EventTerms:
    return EventTerms(
        project=project,
        platform=record.platform,
        store=record.store,
        env=record.environment,
        service=record.service,
        order=record.objects.get("order"),
        request=record.request_id,
        trace=record.trace_id,
        release=record.release,
        attributes=record.attributes,
    )
