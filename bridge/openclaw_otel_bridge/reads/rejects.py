"""What was refused at the door: equal reasons as one line, the latest first.

A refusal has a project at most, no store and no platform, so a view scope hides them all: missing means denied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.messages import known, t
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.cursor import decode, encode
from openclaw_otel_bridge.reads.pages import Page, cut
from openclaw_otel_bridge.reads.view import rows_of, view_of

PROTOCOLS = ("otlp_traces", "otlp_logs", "sentry", "sentry_hook", "webhook")


@dataclass(frozen=True, slots=True)
class Refusal:
    """All refusals of one reason. `project_id` None: the sender proved to belong to none."""

    project_id: int | None
    project_name: str | None
    protocol: str
    reason: str
    n: int
    first_at: datetime
    last_at: datetime
    last_id: int
    detail: str
    """What the sender of the latest one was told."""

    def meaning(self, locale: str) -> str:
        """Return what happened, in words."""
        if known(f"reject.{self.reason}"):
            return t(f"reject.{self.reason}", locale)
        return t("reject.other", locale, reason=self.reason)

    def remedy(self, locale: str) -> str:
        """Return what mends it, mostly on the sender's side."""
        return t(f"reject_fix.{self.reason if known(f'reject_fix.{self.reason}') else 'other'}", locale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which refusals: None leaves a field open; `until` is exclusive."""

    protocol: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_rejects(
    conn: Connection, actor: Actor, wanted: Wanted | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Refusal]:
    """Return a page of what was refused to the actor's project and to senders nobody knows.

    Raises:
        BadCursor: the cursor is none of this list.
    """
    asked = wanted or Wanted()
    as_of, before = (int(key) for key in decode(cursor, "rejects", ("bigint", "bigint"))) if cursor else (None, None)
    if not sees_rejects(actor):
        return Page(())
    if as_of is None:
        row = conn.execute(queries("reads")["last_reject"]).fetchone()
        as_of = row[0] if row else 0
    values = {
        "project": actor.project_id,
        "as_of": as_of,
        "before": before,
        "protocol": asked.protocol,
        "since": asked.since,
        "until": asked.until,
        "limit": limit + 1,
    }
    rows = rows_of(conn, "rejects", values, Refusal)
    return cut(rows, limit, lambda last: encode("rejects", (str(as_of), str(last.last_id))))


def rejects_of_day(conn: Connection, actor: Actor) -> int:
    """Return how many items and requests were refused in the last 24 hours, as far as the actor sees them."""
    if not sees_rejects(actor):
        return 0
    row = conn.execute(queries("reads")["rejects_of_day"], {"project": actor.project_id}).fetchone()
    return int(row[0]) if row else 0


def sees_rejects(actor: Actor) -> bool:
    """Say whether no view scope narrows what the actor sees."""
    return view_of(actor).everything
