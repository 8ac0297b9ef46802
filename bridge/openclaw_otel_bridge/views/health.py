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
LONG_SECONDS = 60.0
"""A database that was started again takes what waits in less."""


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Requests can be served: the database answers, is migrated, intake queue and spool have room.

    Webhooks that wait for long, or cannot be stored, are a warning: what is asked for is served.
    """
    here = services()
    full, waits = _spool(here)
    looked = (("database", _database(here)), ("queue", _queue(here)), ("spool", full))
    problems = {name: text for name, text in looked if text}
    warnings = {"spool": waits} if waits else {}
    status = "ready" if not problems else "not ready"
    response = jsonify({"status": status, "problems": problems, "warnings": warnings})
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


def _spool(here: Services) -> tuple[str, str]:
    """Return what makes the spool a problem, and what somebody should know of it."""
    spool = here.intake.webhooks.spool
    if spool is None:
        return "", ""
    now, most = spool.look(), spool.bounds
    full = now.files >= most.files or now.size >= most.size
    late = f"{now.files} webhooks wait, the oldest for {now.oldest:.0f} s" if now.oldest > LONG_SECONDS else ""
    bad = f"{now.bad} webhooks are set aside as .bad in {spool.folder}" if now.bad else ""
    return "full" if full else "", "; ".join(text for text in (late, bad) if text)
