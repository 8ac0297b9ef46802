from __future__ import annotations

import pytest

from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField
from openclaw_otel_bridge.workflow.findings import Finding, checked, given_fields
from openclaw_otel_bridge.workflow.issue import lock
from openclaw_otel_bridge.workflow.transition import Transition
from tests.bridge.working import Company


def test_a_finding_is_trimmed_and_its_kind_must_be_in_use(company: Company) -> None:
    assert checked(company.conn, "fix", Finding(" replay ", " sent again\n")) == Finding("replay", "sent again")
    with pytest.raises(MissingField) as raised:
        checked(company.conn, "root_cause", Finding())
    assert raised.value.fields == ("root_cause.kind", "root_cause.text")
    company.conn.execute("update kinds set active = false where kind = 'replay'")
    with pytest.raises(InvalidField, match="code_change"):
        checked(company.conn, "fix", Finding("replay", "sent again"))


def test_what_is_at_hand_comes_from_the_step_or_the_issue(company: Company) -> None:
    bare = lock(company.conn, company.dev, company.issue())
    assert given_fields(Transition(to="assigned"), bare) == set()
    full = Transition(to="x", team=1, root_cause=Finding(), fix=Finding(), comment="c")
    assert given_fields(full, bare) == {"assignee", "root_cause", "fix", "comment"}
    known = company.issue(
        status="in_review", root_cause_kind="other", root_cause_text="x", fix_kind="other", fix_text="y"
    )
    assert given_fields(Transition(to="resolved"), lock(company.conn, company.dev, known)) == {"root_cause", "fix"}
    offered = lock(company.conn, company.dev, company.issue(assignee_id=company.dev.id))
    assert given_fields(Transition(to="assigned"), offered) == {"assignee"}
