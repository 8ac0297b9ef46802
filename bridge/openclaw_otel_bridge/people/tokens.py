"""API tokens: personal, shown once, stored as sha256; they can do what their person can."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.audit import audit
from openclaw_otel_bridge.people.login import token_hash
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.workflow.errors import InvalidField, NotFound

PREFIX = "oco_"
"""Begins every token, so that secret scanners and redaction know one when they see it."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it may be shown."""

    id: int
    person_id: int
    person_name: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def create_token(conn: Connection, actor: Actor, name: str, *, person_id: int | None = None) -> str:
    """Make a token for oneself, or as admin for somebody, and return it: the only time it can be read.

    Raises:
        NotAllowed, NotFound, InvalidField: see `workflow.errors`.
    """
    owner = actor.id if person_id is None else person_id
    require(actor, "token.own" if owner == actor.person_id else "token.any")
    if not 1 <= len(name.strip()) <= 100 or "\x00" in name:
        raise InvalidField("name", "1 to 100 characters", "应为 1 到 100 个字符")
    member = conn.execute(
        queries("people")["is_active_member"], {"id": owner, "project_id": actor.project_id}
    ).fetchone()
    if member is None:
        raise NotFound("person", "成员", owner)
    token = PREFIX + secrets.token_urlsafe(32)
    values = {"person_id": owner, "name": name.strip(), "token_hash": token_hash(token)}
    row = conn.execute(queries("people")["create_token"], values).fetchone()
    assert row is not None
    audit(conn, actor, "token.create", f"token {row[0]}", {"name": name.strip(), "person": owner})
    return token


def list_tokens(conn: Connection, actor: Actor, *, everyones: bool = False) -> list[Token]:
    """Return one's own tokens, or as admin those of everybody in the project, the newest first."""
    require(actor, "token.any" if everyones else "token.own")
    parameters = {"project_id": actor.project_id, "person_id": None if everyones else actor.id}
    with conn.cursor(row_factory=class_row(Token)) as cursor:
        return cursor.execute(queries("people")["tokens"], parameters).fetchall()


def revoke_token(conn: Connection, actor: Actor, token_id: int) -> None:
    """End a token of one's own, or as admin anybody's in the project; twice changes nothing.

    Raises:
        NotFound: no such token, or not one's own.
    """
    anybody = actor.kind != "person" or actor.role == "admin"
    require(actor, "token.any" if anybody else "token.own")
    values = {"id": token_id, "project_id": actor.project_id, "person_id": None if anybody else actor.id}
    row = conn.execute(queries("people")["revoke_token"], values).fetchone()
    if row is None:
        raise NotFound("token", "令牌", token_id)
    audit(conn, actor, "token.revoke", f"token {token_id}")
