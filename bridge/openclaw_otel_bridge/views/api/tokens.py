"""API tokens: one's own, and for admins everybody's."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.tokens import create_token, list_tokens, revoke_token
from openclaw_otel_bridge.views.api import shapes
from openclaw_otel_bridge.views.api.asked import arguments, body, word_of
from openclaw_otel_bridge.views.api.blueprint import ID, Answer, route


@route("GET", "/tokens", "token.own")
def token_list(conn: Connection, actor: Actor) -> Any:
    """One's own tokens, or with `of=everyone` those of the project (admins)."""
    given = arguments("of")
    everyones = word_of(given, "of", ("me", "everyone")) == "everyone"
    return shapes.listed(list_tokens(conn, actor, everyones=everyones), shapes.token)


@route("POST", "/tokens", "token.own")
def token_add(conn: Connection, actor: Actor) -> Any:
    """Make a token, for oneself or as admin for somebody; the answer is the only time it can be read."""
    asked = body("name", "person")
    token = create_token(conn, actor, asked.text("name") or "", person_id=asked.number("person"))
    return Answer({"token": token}, 201)


@route("DELETE", f"/tokens/<{ID}:token_id>", "token.own")
def token_end(conn: Connection, actor: Actor, token_id: int) -> Any:
    """End a token of one's own, or as admin anybody's."""
    body()
    revoke_token(conn, actor, token_id)
    return Answer(status=204)
