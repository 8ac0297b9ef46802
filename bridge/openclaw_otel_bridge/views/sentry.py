"""POST /api/<project>/envelope/: the address a Sentry DSN of the bridge leads any Sentry SDK to.

https://develop.sentry.dev/sdk/overview/#authentication, https://develop.sentry.dev/sdk/expected-features/rate-limiting/
"""

from __future__ import annotations

import logging
import re

import psycopg
import psycopg_pool
from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from openclaw_otel_bridge.intake.bodies import SENTRY_CODINGS, body_of
from openclaw_otel_bridge.intake.door import ITEM_BYTES
from openclaw_otel_bridge.intake.envelope import Envelope, parse_envelope
from openclaw_otel_bridge.intake.quotas import QuotaExceeded
from openclaw_otel_bridge.intake.sentry import read_envelope
from openclaw_otel_bridge.problems import Overloaded, Problem, Unavailable
from openclaw_otel_bridge.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("sentry", __name__)
_KEY = re.compile(r"\bsentry_key=([^,\s]+)")
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Sentry-Error, X-Sentry-Rate-Limits, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Any page may send: the key of a DSN is public, and it only writes."""
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "X-Sentry-Auth, Content-Type, Content-Encoding, Authorization, X-Requested-With, "
    "Origin, Accept, sentry-trace, baggage, traceparent",
    "Access-Control-Max-Age": "3600",
}


@blueprint.before_request
def expect() -> None:
    """Let what is ready wait a moment for this request: many commits in one cost less."""
    services().intake.expect()


@blueprint.teardown_request
def expect_no_more(_: BaseException | None) -> None:
    """Whatever became of the request, nobody waits for it any more."""
    services().intake.expect_no_more()


@blueprint.post("/api/<project>/envelope/", strict_slashes=False, provide_automatic_options=False)
def take_envelope(project: str) -> Response:
    """Take an envelope; its error events become events. The answer comes after the commit."""
    intake = services().intake
    project_id = _project(project)
    key = _sent_key()
    if key:
        _check(key, project_id)
        intake.admit("sentry", project_id)
    body = _body()
    with intake.turn(len(body) // ITEM_BYTES):
        envelope = parse_envelope(body)
    if not key:
        _check(envelope.key, project_id)
        intake.admit("sentry", project_id)
    with intake.turn(len(body) // ITEM_BYTES):
        reading = read_envelope(envelope, project_id)
    count, reason = intake.take("sentry", reading, project_id)
    _count_items(envelope)
    if count and count == len(envelope.faults) + sum(item.type == "event" for item in envelope.items):
        raise Problem(reason, code="item")
    named = envelope.event_id or (reading.found[0].id.hex if reading.found else None)
    return jsonify({"id": named} if named else {})


@blueprint.route("/api/<project>/envelope/", methods=["OPTIONS"], strict_slashes=False)
def preflight(project: str) -> Response:
    """Let browser SDKs send."""
    return Response(status=204, headers=_PREFLIGHT)


@blueprint.after_request
def allow_pages(response: Response) -> Response:
    """Let the page that sent it read the answer."""
    response.headers.update(_CORS)
    return response


@blueprint.errorhandler(Problem)
def refuse(problem: Problem) -> Response:
    """Say what is wrong as Sentry does; SDKs never send again, so they are told how long to hold back."""
    # A full queue is 429, which every SDK obeys; a database that is gone stays 503.
    status = 429 if isinstance(problem, Overloaded) else problem.status
    if status not in (429, 503) and problem.code != "item":
        detail = "" if status in (401, 403) else problem.message
        services().intake.rejects.note("sentry", problem.code, detail=detail, project_id=g.get("project_id"))
    response = jsonify({"detail": problem.message, "error": {"code": problem.code, "message": problem.message}})
    response.status_code = status
    response.headers.update(problem.headers)
    response.headers["X-Sentry-Error"] = problem.message.encode("ascii", "replace").decode()[:500].replace("\n", " ")
    if seconds := problem.headers.get("Retry-After"):
        scope = "project" if isinstance(problem, QuotaExceeded) else "organization"
        response.headers["X-Sentry-Rate-Limits"] = f"{seconds}::{scope}:{problem.code}"
    return response


@blueprint.errorhandler(psycopg_pool.PoolTimeout)
@blueprint.errorhandler(psycopg.OperationalError)
def database_gone(error: Exception) -> Response:
    """The sender's turn to wait."""
    log.error("%s: the database cannot be used now, the envelope is turned away: %s", request.path, error)
    return refuse(Unavailable("the database cannot be used now", retry_after=2))


@blueprint.errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    """Werkzeug's own refusals, in the same form."""
    return refuse(Problem(error.description or error.name, status=error.code or 400))


@blueprint.errorhandler(Exception)
def bug(error: Exception) -> Response:
    """A fault of ours."""
    log.exception("%s failed", request.path, exc_info=error)
    return refuse(
        Problem("the bridge failed to read the envelope; its log has the details", status=500, code="internal")
    )


def _project(text: str) -> int:
    ident = int(text) if text.isdecimal() and len(text) <= 9 else 0
    if not ident or not services().intake.projects.exists(ident):
        raise Problem(
            f"there is no project {text[:40]!r}: check the number at the DSN's end", status=404, code="not_found"
        )
    g.project_id = ident  # whose DSN it is, whatever else is wrong
    return ident


def _sent_key() -> str:
    for header in ("X-Sentry-Auth", "Authorization"):
        found = _KEY.search(request.headers.get(header, ""))
        if found:
            return found[1]
    return request.args.get("sentry_key", "")


def _check(key: str, project_id: int) -> None:
    if not key:
        missing = "no key: send X-Sentry-Auth with sentry_key, ?sentry_key=, or the DSN in the envelope's header"
        raise Problem(missing, status=401, code="unauthenticated")
    if services().intake.keys.project_of("sentry", key) != project_id:
        raise Problem("the DSN's key is wrong, revoked, or of another project", status=403, code="unauthenticated")


def _body() -> bytes:
    return body_of(request, services().config.intake.max_body_bytes, SENTRY_CODINGS)


def _count_items(envelope: Envelope) -> None:
    counts: dict[str, int] = {}
    for item in envelope.items:
        counts[item.category] = counts.get(item.category, 0) + 1
    services().intake.count("sentry_items", **counts)
