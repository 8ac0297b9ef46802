"""Raise an issue by hand: support heard of it before any system did."""

from __future__ import annotations

from dataclasses import dataclass

from openclaw_otel_bridge.assign.apply import assign_manual
from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.workflow.activity import note
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField
from openclaw_otel_bridge.workflow.findings import checked_text
from openclaw_otel_bridge.workflow.issue import IssueState, lock

SEVERITIES = ("info", "warn", "error", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody tells: at least a title. `order` and `store` tie the issue to events that carry them."""

    title: str
    order: str | None = None
    store: str | None = None
    platform: str | None = None
    note: str = ""
    severity: str = "error"


def create_manual(conn: Connection, actor: Actor, report: Report) -> IssueState:
    """Create the issue and return it; the creator watches it, and rules give it an owner.

    Raises:
        NotAllowed, MissingField, InvalidField: see `workflow.errors`.
    """
    require(actor, "issue.raise")
    title = checked_text("title", report.title, 300)
    if not title:
        raise MissingField("title")
    if report.severity not in SEVERITIES:
        words = ", ".join(SEVERITIES)
        raise InvalidField("severity", f"{report.severity!r}; use {words}", f"{report.severity!r}；可用：{words}")
    row = conn.execute(
        queries("issues")["create_manual"],
        {
            "project_id": actor.project_id,
            "title": " ".join(title.split()),
            "platform": _short("platform", report.platform),
            "store": _short("store", report.store),
            "order_id": _short("order", report.order),
            "note": checked_text("note", report.note),
            "severity": report.severity,
            "created_by": actor.person_id,
        },
    ).fetchone()
    assert row is not None
    note(conn, actor, row[0], "created", {"order": report.order, "store": report.store})
    if actor.person_id is not None:
        conn.execute(queries("issues")["watch"], {"issue_id": row[0], "person_id": actor.person_id})
    assign_manual(conn, lock(conn, actor, row[0]))
    return lock(conn, actor, row[0])


def _short(field: str, text: str | None) -> str | None:
    return checked_text(field, text, 200) or None if text else None
