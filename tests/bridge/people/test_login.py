from __future__ import annotations

from argon2 import PasswordHasher

from openclaw_otel_bridge.people.directory import set_password, update_person
from openclaw_otel_bridge.people.login import actor_by_id, actor_by_token, authenticate, token_hash
from openclaw_otel_bridge.people.tokens import create_token
from tests.bridge.working import Company

PASSWORD = "correct horse battery"


def test_e_mail_and_password_give_the_actor(company: Company) -> None:
    set_password(company.conn, company.dev, company.dev.id, PASSWORD, must_change=True)
    actor = authenticate(company.conn, " DEV@shop.example ", PASSWORD)
    assert actor
    assert (actor.id, actor.role, actor.teams, actor.must_change) == (
        company.dev.id,
        "dev",
        frozenset({company.team}),
        True,
    )
    assert authenticate(company.conn, "dev@shop.example", "wrong password") is None
    assert authenticate(company.conn, "nobody@shop.example", PASSWORD) is None
    assert authenticate(company.conn, "ops@shop.example", PASSWORD) is None, "has no password"
    assert authenticate(company.conn, "dev@shop.example", PASSWORD, project_id=2) is None
    update_person(company.conn, company.admin, company.dev.id, {"disabled": True})
    assert authenticate(company.conn, "dev@shop.example", PASSWORD) is None


def test_a_hash_of_older_costs_is_renewed_without_ending_sessions(company: Company) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    company.conn.execute("update people set password_hash = %s where id = %s", (old, company.dev.id))
    assert authenticate(company.conn, "dev@shop.example", PASSWORD)
    stored, epoch = company.row("select password_hash, session_epoch from people where id = %s", company.dev.id)
    assert stored != old
    assert epoch == 1
    assert authenticate(company.conn, "dev@shop.example", PASSWORD)


def test_a_session_holds_until_its_epoch_ends(company: Company) -> None:
    actor = actor_by_id(company.conn, company.dev.id, None, 1)
    assert actor
    assert actor.session_epoch == 1
    assert actor_by_id(company.conn, company.dev.id, 1, 1)
    assert actor_by_id(company.conn, company.dev.id, 2, 1) is None
    set_password(company.conn, company.dev, company.dev.id, PASSWORD)
    assert actor_by_id(company.conn, company.dev.id, None, 1) is None
    assert actor_by_id(company.conn, company.dev.id, None, 2)


def test_a_token_is_stored_as_its_hash_and_notes_its_use(company: Company) -> None:
    token = create_token(company.conn, company.dev, "laptop")
    assert company.one("select token_hash from api_tokens") == token_hash(token)
    actor = actor_by_token(company.conn, token)
    assert actor
    assert actor.id == company.dev.id
    used = company.one("select last_used_at from api_tokens")
    assert used
    company.conn.execute("update api_tokens set last_used_at = now() - interval '2 minutes'")
    assert actor_by_token(company.conn, token)
    assert company.one("select last_used_at from api_tokens") >= used
    assert actor_by_token(company.conn, token + "x") is None
    assert actor_by_token(company.conn, token_hash(token)) is None
    company.conn.execute("update people set disabled_at = now() where id = %s", (company.dev.id,))
    assert actor_by_token(company.conn, token) is None
