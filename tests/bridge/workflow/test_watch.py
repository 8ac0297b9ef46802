from __future__ import annotations

from openclaw_otel_bridge.workflow.watch import unwatch, watch
from tests.bridge.working import Company


def test_watching_twice_is_watching_once(company: Company) -> None:
    issue = company.issue()
    for _ in range(2):
        watch(company.conn, company.support, issue)
    assert company.one("select count(*) from watchers where issue_id = %s", issue) == 1
    for _ in range(2):
        unwatch(company.conn, company.support, issue)
    assert company.one("select count(*) from watchers") == 0
    assert company.actions(issue) == ["watched", "unwatched"]
