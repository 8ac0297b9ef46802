from __future__ import annotations

import pytest

from openclaw_otel_bridge.assign.preview import preview
from openclaw_otel_bridge.workflow.errors import InvalidField
from tests.bridge.working import Company


def test_open_issues_a_query_would_match(company: Company) -> None:
    mine = company.issue()
    company.seed.event(mine, store="us-1", platform="shopify")
    company.issue(status="resolved")
    company.issue(category="quota")
    assert [(match.id, match.found) for match in preview(company.conn, company.ops, "category:auth store:us-*")] == [
        (mine, 1)
    ]
    assert len(preview(company.conn, company.ops, "")) == 2
    near = company.seed.person("Near", "ops", scope="store:us-*")
    assert [match.id for match in preview(company.conn, near, "")] == [mine]


def test_a_query_a_rule_may_not_have(company: Company) -> None:
    with pytest.raises(InvalidField) as raised:
        preview(company.conn, company.ops, "last_seen:<1h")
    assert raised.value.field == "query"
