"""What a fresh project starts with: three teams, and rules that give every failure to one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openclaw_otel_bridge.db import Connection, queries

TEAMS: Mapping[str, str] = {"dev": "Dev", "ops": "Ops", "support": "Support"}
"""Slug → name."""


@dataclass(frozen=True, slots=True)
class Default:
    """One seeded rule."""

    name: str
    query: str
    team: str
    due_minutes: int


RULES = (
    Default("Credentials and signatures", "category:auth,permission,webhook_signature", "ops", 4 * 60),
    Default("Limits and outages", "category:rate_limit,quota,platform_outage,network,timeout", "ops", 8 * 60),
    Default("Orders and objects", "category:not_found,conflict,business_rule", "support", 24 * 60),
    Default("Our code and data", "category:validation,data_mapping,internal", "dev", 24 * 60),
    Default("Everything else", "", "dev", 24 * 60),
)
"""Tried in this order. Categories follow whose job a failure usually is (the catalogs' owner hints)."""


def seed_defaults(conn: Connection) -> int:
    """Give each project that was never seeded its teams and rules, unless somebody made some; return how many were.

    Idempotent, and safe when two processes do it at once. What people remove later is not made again.
    """
    seeded = 0
    for (project_id,) in conn.execute(queries("rules")["seedable_projects"]).fetchall():
        row = conn.execute(queries("rules")["has_rules_or_teams"], {"project_id": project_id}).fetchone()
        if row is not None and not row[0]:
            _seed(conn, project_id)
            seeded += 1
        conn.execute(queries("rules")["mark_seeded"], {"project_id": project_id})
    return seeded


def _seed(conn: Connection, project_id: int) -> None:
    teams: dict[str, int] = {}
    for slug, name in TEAMS.items():
        row = conn.execute(
            queries("rules")["create_team"], {"project_id": project_id, "slug": slug, "name": name}
        ).fetchone()
        assert row is not None
        teams[slug] = row[0]
    for place, rule in enumerate(RULES, start=1):
        conn.execute(
            queries("rules")["create_rule"],
            {
                "project_id": project_id,
                "position": place * 10,
                "name": rule.name,
                "query": rule.query,
                "assignee_id": None,
                "team_id": teams[rule.team],
                "due_minutes": rule.due_minutes,
                "channel_ids": [],
                "enabled": True,
            },
        )
