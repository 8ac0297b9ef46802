"""Decide who is told of a change, and queue it in the change's own transaction: told if and only if it happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.notify.hearing import hears
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.query import Subject
from openclaw_otel_bridge.workflow.issue import IssueState, owner_data
from openclaw_otel_bridge.workflow.subject import subject_of

MESSAGE_LIMIT = 400
"""Characters of an issue's message a delivery keeps."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A channel as far as queueing cares."""

    id: int
    filter: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One delivery to be: `once` is unique over all deliveries, so that the same thing is told once."""

    project_id: int
    channel_id: int
    issue_id: int | None
    kind: str
    data: Mapping[str, Any]
    once: str | None = None


def about(
    conn: Connection,
    actor: Actor,
    issue: IssueState,
    kind: str,
    data: Mapping[str, Any],
    *,
    once: str | None = None,
) -> int:
    """Tell the channels of an issue what somebody did with it; return how many deliveries were queued.

    Those are told that heard of it before, or all when none did. A muted issue is silent.
    """
    if issue.is_muted:
        return 0
    heard = {row[0] for row in conn.execute(queries("deliveries")["heard_before"], {"issue_id": issue.id})}
    all_channels = listeners(conn, issue.project_id)
    chosen = [channel for channel in all_channels if channel.id in heard] or all_channels
    subject = subject_of(conn, issue)
    told = parameters(conn, issue, data, actor)
    key = once or f"{kind}:{issue.id}:{issue.version}"
    return enqueue(
        conn,
        [
            Notice(issue.project_id, channel.id, issue.id, kind, told, f"{key}:{channel.id}")
            for channel in hearing(chosen, subject)
        ],
    )


def listeners(conn: Connection, project_id: int, only: Sequence[int] = ()) -> list[Listener]:
    """Return the channels that take deliveries now (one that is broken too: they wait there); `only` picks ids."""
    with conn.cursor(row_factory=class_row(Listener)) as cursor:
        return cursor.execute(
            queries("channels")["listeners"], {"project_id": project_id, "only": list(only)}
        ).fetchall()


def hearing(channels: Iterable[Listener], subject: Subject) -> list[Listener]:
    """Return those of the channels whose filter lets the subject through."""
    return [channel for channel in channels if hears(channel.filter, subject)]


def enqueue(conn: Connection, notices: Sequence[Notice]) -> int:
    """Queue deliveries, each `once` key at most once ever; return how many were new."""
    if not notices:
        return 0
    return conn.execute(
        queries("deliveries")["enqueue"],
        {
            "project_ids": [n.project_id for n in notices],
            "channel_ids": [n.channel_id for n in notices],
            "issue_ids": [n.issue_id for n in notices],
            "kinds": [n.kind for n in notices],
            "data": [Jsonb(dict(n.data)) for n in notices],
            "keys": [n.once for n in notices],
        },
    ).rowcount


def parameters(
    conn: Connection, issue: IssueState, data: Mapping[str, Any], actor: Actor | None = None
) -> dict[str, Any]:
    """Return what the message will be made of, as it is now: parameters, rendered only when sent."""
    found: dict[str, Any] = {
        "issue": issue.id,
        "title": issue.title,
        "platform": issue.platform,
        "store": issue.store,
        "operation": issue.operation,
        "category": issue.category,
        "code": issue.code,
        "message": issue.message[:MESSAGE_LIMIT],
        "exception_type": issue.exception_type,
        "kinds": issue.kinds,
        "service": issue.service,
        "severity": issue.severity,
        "explanation": issue.explanation,
        "next_step": issue.next_step,
        "order": issue.order_id,
        "due_at": issue.due_at.astimezone(UTC).isoformat() if issue.due_at else None,
        "is_offer": issue.status == "new" and (issue.assignee_id or issue.team_id) is not None,
        "at": datetime.now(UTC).isoformat(),
        **owner_data(conn, issue.assignee_id, issue.team_id),
        **data,
    }
    if actor is not None and actor.kind == "person":
        found["actor_name"] = actor.name
    return {key: value for key, value in found.items() if value not in (None, "", {})}
