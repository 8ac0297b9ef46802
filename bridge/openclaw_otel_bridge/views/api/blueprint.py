"""The blueprint of the REST API and how a function becomes a route of it.

A route names its action in `people.permissions`; it gets an open connection in one transaction, committed when it
returns. The answer is a plain object for JSON, or an `Answer`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, jsonify

from openclaw_otel_bridge.error_answers import ErrorAnswer, render
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.query import QueryError
from openclaw_otel_bridge.reads.cursor import BadCursor
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.api.who import actor_of_request

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
ID = "int(min=1, max=9223372036854775807)"
"""Converter of ids in paths: what is no bigint is not found, and never reaches PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer that is not a plain 200; `body` None sends no body."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path: who may (`action`), and what it does."""

    action: str
    handler: Handler

    def __call__(self, **arguments: Any) -> Response:
        """Answer one request."""
        with services().database.connection() as conn:
            actor = actor_of_request(conn)
            require(actor, self.action)
            answer = self.handler(conn, actor, **arguments)
        return _response(answer if isinstance(answer, Answer) else Answer(answer))


def route(method: str, path: str, action: str) -> Callable[[Handler], Handler]:
    """Serve `METHOD /api/v1<path>` by the decorated function `(conn, actor, **path arguments)`."""

    def add(handler: Handler) -> Handler:
        blueprint.add_url_rule(
            path, endpoint=handler.__name__, view_func=Route(action, handler), methods=[method], strict_slashes=False
        )
        return handler

    return add


@blueprint.errorhandler(QueryError)
def _query_error(error: QueryError) -> Response:
    return render(ErrorAnswer(400, "bad_query", str(error), "query"))


@blueprint.errorhandler(BadCursor)
def _bad_cursor(error: BadCursor) -> Response:
    return render(ErrorAnswer(400, "bad_cursor", str(error), "cursor"))


@blueprint.after_request
def _private(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _response(answer: Answer) -> Response:
    response = Response(status=answer.status) if answer.body is None else jsonify(answer.body)
    response.status_code = answer.status
    response.headers.extend(answer.headers)
    return response
