"""Prove who somebody is: by e-mail and password, by API token, or by the id in a signed session."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor, Role
from openclaw_otel_bridge.people.passwords import hash_password, is_right, needs_rehash


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    name: str
    email: str
    locale: str
    timezone: str
    session_epoch: int
    must_change: bool
    password_hash: str | None
    project_id: int
    role: str
    view_scope: str
    act_scope: str
    teams: list[int]


def authenticate(conn: Connection, email: str, password: str, *, project_id: int | None = None) -> Actor | None:
    """Return who logs in with this e-mail and password, or None.

    Takes about as long for an unknown e-mail as for a wrong password. A hash of older costs is renewed.
    `project_id` None means the first project the person is a member of.
    """
    row = _one(conn, "actor_by_email", {"email": email.strip(), "project_id": project_id})
    if not is_right(password, row.password_hash if row else None) or row is None:
        return None
    if row.password_hash and needs_rehash(row.password_hash):
        conn.execute(queries("people")["replace_hash"], {"id": row.id, "password_hash": hash_password(password)})
    return _actor(row)


def actor_by_token(conn: Connection, token: str) -> Actor | None:
    """Return whose API token this is, or None; notes when it was used (at most once a minute)."""
    row = _one(conn, "actor_by_token", {"token_hash": token_hash(token)})
    if row is None:
        return None
    conn.execute(queries("people")["touch_token"], {"token_hash": token_hash(token)})
    return _actor(row)


def actor_by_id(conn: Connection, person_id: int, project_id: int | None, epoch: int) -> Actor | None:
    """Return the person of a session, or None when disabled, no longer a member, or logged out everywhere."""
    row = _one(conn, "actor_by_id", {"id": person_id, "project_id": project_id, "epoch": epoch})
    return _actor(row) if row else None


def token_hash(token: str) -> str:
    """Return what is stored of an API token: its sha256 in hex. Tokens are random, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _one(conn: Connection, name: str, parameters: dict[str, object]) -> _Row | None:
    with conn.cursor(row_factory=class_row(_Row)) as cursor:
        return cursor.execute(queries("people")[name], parameters).fetchone()


def _actor(row: _Row) -> Actor:
    return Actor(
        id=row.id,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        project_id=row.project_id,
        teams=frozenset(row.teams),
        view_scope=row.view_scope,
        act_scope=row.act_scope,
        locale=row.locale,
        timezone=row.timezone,
        session_epoch=row.session_epoch,
        must_change=row.must_change,
    )
