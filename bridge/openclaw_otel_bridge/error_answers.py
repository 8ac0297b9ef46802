"""How an error is answered: JSON in the API and intake, a page elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import cast

from flask import Flask, Response, current_app, jsonify, request
from markupsafe import escape

from openclaw_otel_bridge.problems import Problem
from openclaw_otel_bridge.workflow.errors import WorkError

JSON_PATHS = ("/api/", "/v1/", "/webhook/", "/hooks/", "/healthz", "/readyz", "/metrics")
_PAGE = "openclaw_error_page"


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """An error on its way out. `work` is the workflow's own error where there is one (it speaks Chinese too)."""

    status: int
    code: str
    message: str
    field: str | None = None
    headers: Mapping[str, str] = made_by(default_factory=dict)
    work: WorkError | None = None


def set_error_page(app: Flask, page: Callable[[ErrorAnswer], Response | str]) -> None:
    """Let the UI render errors of pages; status and headers are set afterwards."""
    app.extensions[_PAGE] = page


def render(answer: ErrorAnswer) -> Response:
    """Return the response of an error for the current request."""
    if request.path.startswith(JSON_PATHS):
        error = {"code": answer.code, "message": answer.message, "field": answer.field}
        response = jsonify({"error": error})
    else:
        page = cast("Callable[[ErrorAnswer], Response | str]", current_app.extensions.get(_PAGE, _plain_page))
        response = current_app.make_response(page(answer))
    response.status_code = answer.status
    response.headers.extend(answer.headers)
    return response


def render_problem(problem: Problem) -> Response:
    """Return the response of a problem for the current request."""
    return render(ErrorAnswer(problem.status, problem.code, problem.message, problem.field, problem.headers))


def _plain_page(answer: ErrorAnswer) -> str:
    return f"<!doctype html><title>{answer.status}</title><h1>{answer.status}</h1><p>{escape(answer.message)}</p>"
