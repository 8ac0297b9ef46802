"""Rows for tests of the reading side: people, issues and events as intake and the workflow leave them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from openclaw_otel.ids import uuid7
from openclaw_otel_bridge.archive import EventDetails, StoredSpan, event_line, pack
from openclaw_otel_bridge.people.actor import Actor, Role
from tests.bridge.stored_spans import line_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def insert(conn: psycopg.Connection[Any], table: str, **values: Any) -> Any:
    """Insert one row and return its first column."""
    row = conn.execute(
        sql.SQL("insert into {} ({}) values ({}) returning *").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        ),
        [Jsonb(value) if isinstance(value, dict) else value for value in values.values()],
    ).fetchone()
    assert row is not None
    return row[0]


@dataclass
class Seed:
    """Writes rows through one connection; numbers make keys unique."""

    conn: psycopg.Connection[Any]
    numbers: Any = field(default_factory=lambda: count(1))

    def team(self, slug: str) -> int:
        return int(insert(self.conn, "teams", project_id=1, slug=slug, name=slug.title()))

    def person(
        self, name: str, role: str = "admin", *, scope: str = "", act: str = "", teams: tuple[int, ...] = ()
    ) -> Actor:
        email = f"{name.lower()}@shop.example"
        ident = insert(self.conn, "people", name=name, email=email)
        insert(self.conn, "memberships", person_id=ident, project_id=1, role=role, view_scope=scope, act_scope=act)
        for team in teams:
            insert(self.conn, "team_members", team_id=team, person_id=ident)
        return Actor(
            id=ident,
            name=name,
            email=email,
            role=Role(role),
            project_id=1,
            teams=frozenset(teams),
            view_scope=scope,
            act_scope=act,
        )

    def issue(self, **values: Any) -> int:
        values = {"first_seen": NOW, "last_seen": NOW, "created_at": NOW, **values}
        ident = int(insert(self.conn, "issues", project_id=1, **values))
        if values.get("origin") != "manual":
            self.grouping(ident)
        return ident

    def grouping(self, issue: int) -> int:
        key = f"v1:{next(self.numbers):032x}"
        parts = ["shopify", key[-4:]]
        return int(
            insert(
                self.conn,
                "groupings",
                project_id=1,
                key=key,
                fingerprint=key,
                parts=parts,
                issue_id=issue,
                home_issue_id=issue,
            )
        )

    def event(
        self,
        issue: int,
        at: datetime = NOW,
        *,
        details: EventDetails | None = None,
        spans: tuple[StoredSpan, ...] = (),
        **values: Any,
    ) -> UUID:
        """Store an event of the issue's first grouping, its chunk, and its count as an unfolded delta."""
        row = self.conn.execute("select id from groupings where issue_id = %s order by id limit 1", (issue,)).fetchone()
        assert row is not None
        ident = UUID(uuid7(at))
        chunk = next(self.numbers)
        lines = [event_line(ident, asdict(details or EventDetails()))]
        for table, chunk_lines in (("snapshots", lines), ("spans", [line_of(span) for span in spans])):
            size, data = pack(chunk_lines)
            insert(self.conn, table, day=at.date(), id=chunk, raw_bytes=size, data=data)
        insert(
            self.conn,
            "events",
            **{
                **{"day": at.date(), "id": ident, "project_id": 1, "grouping_id": row[0], "occurred_at": at},
                **{"received_at": at, "category": "auth", "severity": "error", "chunk": chunk},
                **({"span_chunk": chunk} if spans else {}),
                **values,
            },
        )
        insert(
            self.conn,
            "counter_deltas",
            grouping_id=row[0],
            hour=at.replace(minute=0, second=0, microsecond=0),
            platform=values.get("platform") or "",
            store=values.get("store") or "",
            service=values.get("service") or "",
            env=values.get("env") or "",
            n=values.get("occurrences", 1),
            first_seen=at,
            last_seen=at,
            message=values.get("message", ""),
        )
        return ident

    def note(self, issue: int, actor: Actor | None, action: str, at: datetime = NOW, **data: Any) -> int:
        return int(
            insert(
                self.conn,
                "activity",
                issue_id=issue,
                at=at,
                actor_id=actor.id if actor else None,
                actor="person" if actor else "system",
                action=action,
                data=data,
            )
        )


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
