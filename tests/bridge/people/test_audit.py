from __future__ import annotations

from openclaw_otel_bridge.people.actor import system_actor
from openclaw_otel_bridge.people.audit import audit
from tests.bridge.working import Company


def test_who_did_what_to_what(company: Company) -> None:
    audit(company.conn, company.admin, "rule.create", "rule 3", {"name": "密"})
    audit(company.conn, system_actor(1), "person.create", "person 4")
    rows = company.conn.execute("select person_id, action, object, data from audit_log order by id").fetchall()
    assert rows == [
        (company.admin.id, "rule.create", "rule 3", {"name": "密"}),
        (None, "person.create", "person 4", {}),
    ]
