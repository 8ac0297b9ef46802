from __future__ import annotations

from openclaw_otel.record import Category
from openclaw_otel_bridge.assign.apply import Arrival, apply_rules
from openclaw_otel_bridge.assign.defaults import RULES, TEAMS, seed_defaults
from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.query import parse, refuse_relative
from tests.bridge.seeding import Seed
from tests.bridge.working import Company, conn

__all__ = ["conn"]


def test_a_fresh_project_sends_every_category_to_a_team(conn: Connection) -> None:
    assert seed_defaults(conn) == 1
    seed = Seed(conn)
    issues = {category: seed.issue(platform="ebay", category=category.value) for category in Category}
    arrivals = [Arrival(issue, "new", Company.record(category=category)) for category, issue in issues.items()]
    apply_rules(conn, 1, arrivals)
    rows = conn.execute(
        "select i.category, t.slug, i.due_at is not null from issues i join teams t on t.id = i.team_id"
    ).fetchall()
    assert len(rows) == len(Category)
    owners = {row[0]: row[1] for row in rows}
    assert (owners["auth"], owners["not_found"], owners["internal"]) == ("ops", "support", "dev")
    assert all(row[2] for row in rows)


def test_seeded_once_and_never_over_what_people_made(conn: Connection) -> None:
    Seed(conn).team("ours")
    assert seed_defaults(conn) == 0
    assert conn.execute("select count(*) from rules").fetchone() == (0,)
    conn.execute("insert into projects (slug, name) values ('second', 'Second')")
    assert seed_defaults(conn) == 1
    conn.execute("delete from rules")
    assert seed_defaults(conn) == 0
    assert conn.execute("select count(*) from rules").fetchone() == (0,)


def test_the_defaults_can_be_saved_again_by_a_person() -> None:
    for rule in RULES:
        refuse_relative(parse(rule.query))
        assert rule.team in TEAMS
