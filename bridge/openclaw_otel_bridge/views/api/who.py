"""Who asks the API: the person of a bearer token, or of the browser's session (then with its CSRF token)."""

from __future__ import annotations

import hmac

from flask import g, request, session

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.login import actor_by_id, actor_by_token
from openclaw_otel_bridge.problems import Problem

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def actor_of_request(conn: Connection) -> Actor:
    """Return who asks, also kept as `g.actor`.

    Raises:
        Problem: 401 without a valid token or session; 403 with a session but a wrong CSRF token, or with a generated
            password that its person has still to replace.
    """
    authorization = request.headers.get("Authorization")
    actor = _by_session(conn) if authorization is None else _by_token(conn, authorization)
    g.actor = actor
    return actor


def _by_token(conn: Connection, authorization: str) -> Actor:
    scheme, _, token = authorization.partition(" ")
    actor = actor_by_token(conn, token.strip()) if scheme.lower() == "bearer" and "\0" not in token else None
    if actor is None:
        raise _unknown(
            "the API token is unknown or revoked; send `Authorization: Bearer <token>`", 'error="invalid_token"'
        )
    return actor


def _by_session(conn: Connection) -> Actor:
    person, epoch, project = (session.get(name) for name in ("person", "epoch", "project"))
    actor = actor_by_id(conn, person, project, epoch) if person is not None and epoch is not None else None
    if actor is None:
        raise _unknown("send an API token: `Authorization: Bearer <token>`")
    if request.method not in SAFE:
        sent, kept = request.headers.get("X-CSRF-Token", ""), str(session.get("csrf") or "")
        if not kept or not hmac.compare_digest(sent.encode(), kept.encode()):
            raise Problem(
                "the header X-CSRF-Token does not belong to this session; reload the page",
                status=403,
                code="csrf",
                field="X-CSRF-Token",
            )
    if actor.must_change:
        raise Problem("replace the generated password first", status=403, code="password_change_needed")
    return actor


def _unknown(message: str, detail: str = "") -> Problem:
    challenge = f'Bearer realm="openclaw-otel"{", " if detail else ""}{detail}'
    return Problem(message, status=401, code="unauthorized", headers={"WWW-Authenticate": challenge})
