"""POST /hooks/sentry/<integration>: webhooks of a Sentry internal integration, stored and answered within a second."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, g, request

from openclaw_otel_bridge.error_answers import render_problem
from openclaw_otel_bridge.intake.bodies import body_of
from openclaw_otel_bridge.intake.foreign_json import loads
from openclaw_otel_bridge.intake.parcels import Kept, Parcel
from openclaw_otel_bridge.problems import Problem
from openclaw_otel_bridge.sentry.hooks import RESOURCES, facts_of, is_genuine, told_at
from openclaw_otel_bridge.sentry.ingest import event_of_alert
from openclaw_otel_bridge.sentry.keeping import SentryHook
from openclaw_otel_bridge.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("sentry_hooks", __name__)
LARGEST = 8 * 1024 * 1024
DEADLINE = 0.8
"""Seconds in which a webhook should be answered: Sentry hangs up after one."""


@blueprint.post("/hooks/sentry/<integration>")
def take_hook(integration: str) -> Response:
    """Keep a webhook for the worker, in the spool while the database cannot take it: Sentry sends none twice."""
    here = services()
    settings = here.config.sentry.get(integration)
    if settings is None:
        message = f"no integration {integration!r} is configured: add [sentry.{integration}] to openclaw.toml"
        raise Problem(message, status=404, code="not_found")
    until = here.intake.webhooks.until(DEADLINE)
    project_id = here.intake.webhooks.project(settings.project, until)
    g.project_id = project_id or None
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
        payload = loads(body)
    except ValueError as error:
        raise Problem(f"the body is not JSON: {error}") from error
    facts = facts_of(resource, payload, here.pipeline.redact_text) if isinstance(payload, dict) else None
    if facts is None:
        raise Problem("the body names no issue of Sentry", code="bad_hook")
    now = here.clock()
    kept: list[Kept] = []
    if resource == "event_alert" and project_id is not None:
        kept += event_of_alert(here.intake.process, payload, project_id)
    facts["at"] = told_at(request.headers.get("Sentry-Hook-Timestamp", ""), now).isoformat()
    kept.append(SentryHook(integration, request_id.replace("\0", ""), now, facts))
    for refused in here.intake.webhooks.take(Parcel(settings.project, tuple(kept)), until, proved=True):
        log.error(
            "a part of a webhook of Sentry (%s, %s) cannot be stored: %s", integration, request_id, refused.reason
        )
    return Response(status=202)


@blueprint.errorhandler(Problem)
def refuse(problem: Problem) -> Response:
    """Keep note of what is wrong, for people: Sentry shows it to nobody."""
    if problem.status != 503:
        known: int | None = g.get("project_id")
        services().intake.rejects.note("sentry_hook", problem.code, detail=problem.message, project_id=known)
    return render_problem(problem)
