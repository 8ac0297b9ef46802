"""POST /hooks/sentry/<integration>: webhooks of a Sentry internal integration, stored and answered within a second."""

from __future__ import annotations

import logging

import orjson
from flask import Blueprint, Response, g, request
from psycopg.types.json import Jsonb

from openclaw_otel_bridge.db import queries
from openclaw_otel_bridge.error_answers import render_problem
from openclaw_otel_bridge.intake.bodies import body_of
from openclaw_otel_bridge.problems import Problem
from openclaw_otel_bridge.sentry.hooks import RESOURCES, facts_of, is_genuine
from openclaw_otel_bridge.sentry.ingest import event_of_alert
from openclaw_otel_bridge.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("sentry_hooks", __name__)
LARGEST = 8 * 1024 * 1024
PATIENCE = 0.5
"""Seconds the event of an alert may wait for its commit: Sentry hangs up after one."""


@blueprint.post("/hooks/sentry/<integration>")
def take_hook(integration: str) -> Response:
    """Keep a webhook for the worker. Sentry counts what takes longer than a second as failed."""
    here = services()
    settings = here.config.sentry.get(integration)
    if settings is None:
        message = f"no integration {integration!r} is configured: add [sentry.{integration}] to openclaw.toml"
        raise Problem(message, status=404, code="not_found")
    project_id = g.project_id = here.intake.projects.id_of(settings.project)
    body = body_of(request, LARGEST)
    if not is_genuine(body, request.headers.get("Sentry-Hook-Signature", ""), settings.client_secret):
        raise Problem("Sentry-Hook-Signature is missing or wrong: check client_secret", status=401, code="signature")
    request_id = request.headers.get("Request-ID", "")
    if not request_id or len(request_id) > 200:
        raise Problem("the header Request-ID is missing", field="Request-ID")
    resource = request.headers.get("Sentry-Hook-Resource", "")
    here.intake.count("sentry_hook", received=1)
    if resource not in RESOURCES:
        return Response(status=202)
    try:
        payload = orjson.loads(body)
    except ValueError as error:
        raise Problem(f"the body is not JSON: {error}") from error
    facts = facts_of(resource, payload, here.pipeline.redact_text) if isinstance(payload, dict) else None
    if facts is None:
        raise Problem("the body names no issue of Sentry", code="bad_hook")
    if resource == "event_alert" and project_id is not None:
        event_of_alert(here.intake, payload, project_id, PATIENCE)
    with here.database.connection() as conn:
        conn.execute(queries("sentry")["hasten"])
        values = {"integration": integration, "request_id": request_id.replace("\0", "")}
        conn.execute(queries("sentry")["keep_hook"], values | {"facts": Jsonb(facts)})
    return Response(status=202)


@blueprint.errorhandler(Problem)
def refuse(problem: Problem) -> Response:
    """Keep note of what is wrong, for people: Sentry shows it to nobody."""
    if problem.status != 503:
        known: int | None = g.get("project_id")
        services().intake.rejects.note("sentry_hook", problem.code, detail=problem.message, project_id=known)
    return render_problem(problem)
