"""The Flask application: wiring and error answers, no behaviour of its own."""

from __future__ import annotations

import importlib
import logging
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import cast

import psycopg
import psycopg_pool
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import build_pipeline
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.error_answers import ErrorAnswer, render, render_problem
from openclaw_otel_bridge.intake import Intake
from openclaw_otel_bridge.numbers import numbers
from openclaw_otel_bridge.problems import Problem, Unavailable
from openclaw_otel_bridge.proxies import TrustedProxies
from openclaw_otel_bridge.services import EXTENSION, Services
from openclaw_otel_bridge.shared_numbers import SharedNumbers
from openclaw_otel_bridge.workflow.errors import WorkError

log = logging.getLogger(__name__)
BLUEPRINTS = (
    "openclaw_otel_bridge.views.health:blueprint",
    "openclaw_otel_bridge.views.metrics:blueprint",
    "openclaw_otel_bridge.views.otlp:blueprint",
    "openclaw_otel_bridge.views.sentry:blueprint",
    "openclaw_otel_bridge.views.sentry_hooks:blueprint",
    "openclaw_otel_bridge.views.webhook:blueprint",
    "openclaw_otel_bridge.views.api.blueprint:blueprint",
    "openclaw_otel_bridge.views.ui.blueprint:blueprint",
)
"""Everything the bridge serves; `module:attribute`."""
DOORS: Mapping[str, str] = {
    "otlp.take_traces": "otlp_traces",
    "otlp.take_logs": "otlp_logs",
    "sentry.take_envelope": "sentry",
    "sentry_hooks.take_hook": "sentry_hook",
    "webhook.receive": "webhook",
    "webhook.receive_for_any": "webhook",
}
"""The ways in, by their endpoints."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def create_app(config: Config, database: Database) -> Flask:
    """Return the application. Opens no connection and starts no thread before the first request needs one."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="openclaw_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=config.session_hours),
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,  # pages and API; intake sets its own
        TRAP_HTTP_EXCEPTIONS=False,
    )
    pipeline = build_pipeline(Side.BRIDGE, config.library)
    intake = Intake(config, database, pipeline)
    shared = SharedNumbers(lambda: dict(numbers(database, pipeline, intake)))
    app.extensions[EXTENSION] = Services(config, database, pipeline, intake, shared)
    _measure(app, intake)
    app.before_request(shared.start)
    app.before_request(intake.webhooks.start)
    for name in BLUEPRINTS:
        _register(app, name)
    _register_errors(app)
    app.after_request(_secure)
    if config.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, config.trusted_proxies)  # type: ignore[method-assign]
    return app


def _register(app: Flask, name: str) -> None:
    module, _, attribute = name.partition(":")
    app.register_blueprint(getattr(importlib.import_module(module), attribute))


def _measure(app: Flask, intake: Intake) -> None:
    """Count what senders are answered, and after how long."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if protocol := DOORS.get(request.endpoint or ""):
            intake.latency.note(protocol, response.status_code, time.perf_counter() - g.began)
        return response


def _secure(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _register_errors(app: Flask) -> None:
    app.register_error_handler(Problem, render_problem)
    app.register_error_handler(WorkError, _work_error)
    app.register_error_handler(psycopg_pool.PoolTimeout, _database_gone)
    app.register_error_handler(psycopg.OperationalError, _database_gone)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _bug)


def _work_error(error: WorkError) -> Response:
    return render(ErrorAnswer(error.status, error.code, str(error), error.field, work=error))


def _database_gone(error: Exception) -> Response:
    log.error("%s %s: the database cannot be used now: %s", request.method, request.path, error)
    return render_problem(Unavailable("the database cannot be used now; try again in a moment"))


def _http_error(error: HTTPException) -> Response:
    code = (error.name or "error").lower().replace(" ", "_")
    headers = dict(error.get_headers())
    headers.pop("Content-Type", None)
    if error.code is not None and error.code < 400:  # a redirect is an answer of its own
        return cast("Response", error.get_response())
    return render(ErrorAnswer(error.code or 500, code, error.description or error.name, headers=headers))


def _bug(error: Exception) -> Response:
    log.exception("%s %s failed", request.method, request.path, exc_info=error)
    return render(ErrorAnswer(500, "internal", "the bridge failed to answer; its log has the details"))
