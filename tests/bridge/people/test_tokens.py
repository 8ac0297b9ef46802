from __future__ import annotations

import pytest

from openclaw_otel_bridge.people.login import actor_by_token
from openclaw_otel_bridge.people.tokens import PREFIX, create_token, list_tokens, revoke_token
from openclaw_otel_bridge.workflow.errors import InvalidField, NotAllowed, NotFound
from tests.bridge.working import Company


def test_ones_own_and_as_admin_anybodys(company: Company) -> None:
    mine = create_token(company.conn, company.dev, " laptop ")
    theirs = create_token(company.conn, company.admin, "ci", person_id=company.ops.id)
    assert mine.startswith(PREFIX)
    assert len(mine) > 40
    assert [token.name for token in list_tokens(company.conn, company.dev)] == ["laptop"]
    everyones = list_tokens(company.conn, company.admin, everyones=True)
    assert {(token.person_name, token.name) for token in everyones} == {("Dev", "laptop"), ("Olga", "ci")}
    with pytest.raises(NotFound):
        revoke_token(company.conn, company.dev, next(token.id for token in everyones if token.name == "ci"))
    for token in everyones:
        revoke_token(company.conn, company.admin, token.id)
    assert actor_by_token(company.conn, mine) is None
    assert actor_by_token(company.conn, theirs) is None
    assert mine not in str(company.conn.execute("select * from audit_log").fetchall())


def test_what_is_refused(company: Company) -> None:
    with pytest.raises(NotAllowed):
        create_token(company.conn, company.dev, "x", person_id=company.ops.id)
    with pytest.raises(NotAllowed):
        list_tokens(company.conn, company.dev, everyones=True)
    with pytest.raises(InvalidField):
        create_token(company.conn, company.dev, " ")
    with pytest.raises(NotFound):
        create_token(company.conn, company.admin, "x", person_id=10**12)
