"""Liveness and readiness."""

from __future__ import annotations

import logging

import psycopg
import psycopg_pool
from flask import Blueprint, Response, jsonify

from openclaw_otel_bridge.migrate import MigrationError, pending
from openclaw_otel_bridge.services import Services, services

log = logging.getLogger(__name__)
blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Requests can be served: the database answers, is migrated, and the intake queue has room."""
    here = services()
    problems = {name: text for name, text in (("database", _database(here)), ("queue", _queue(here))) if text}
    response = jsonify({"status": "ready" if not problems else "not ready", "problems": problems})
    response.status_code = 503 if problems else 200
    if problems:
        log.warning("not ready: %s", problems)
        response.headers["Retry-After"] = "1"
    return response


def _database(here: Services) -> str:
    try:
        with here.database.connection() as conn:
            missing = pending(conn)
    except (psycopg.Error, psycopg_pool.PoolTimeout) as error:
        return f"cannot be used: {error}".strip()
    except MigrationError as error:
        return str(error)
    return f"lacks the migrations {', '.join(missing)}: run `openclaw-otel migrate`" if missing else ""


def _queue(here: Services) -> str:
    return "full" if here.intake.is_full else ""
