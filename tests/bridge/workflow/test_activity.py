from __future__ import annotations

from openclaw_otel_bridge.people.actor import system_actor
from openclaw_otel_bridge.workflow.activity import note
from tests.bridge.working import Company


def test_an_entry_has_actor_time_and_parameters(company: Company) -> None:
    issue = company.issue()
    first = note(company.conn, company.dev, issue, "comment", {"text": "嗨"})
    second = note(company.conn, system_actor(1, "rule"), issue, "assigned")
    rows = company.conn.execute("select id, actor_id, actor, action, data from activity order by id").fetchall()
    assert rows == [
        (first, company.dev.id, "person", "comment", {"text": "嗨"}),
        (second, None, "rule", "assigned", {}),
    ]
