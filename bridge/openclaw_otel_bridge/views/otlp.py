"""OTLP/HTTP: POST /v1/traces and /v1/logs, answered as the specification demands.

https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
"""

from __future__ import annotations

import logging

import psycopg
import psycopg_pool
from flask import Blueprint, Response, g, request
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsPartialSuccess,
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from werkzeug.exceptions import HTTPException

from openclaw_otel_bridge.intake.bodies import OTLP_CODINGS, body_of
from openclaw_otel_bridge.intake.door import ITEM_BYTES
from openclaw_otel_bridge.intake.found import Reading
from openclaw_otel_bridge.intake.isolating import read_sound
from openclaw_otel_bridge.intake.logs import read_logs
from openclaw_otel_bridge.intake.otlp import Encoding, decode_items, encode, encoding_of, status_message
from openclaw_otel_bridge.intake.salvage import Salvaged
from openclaw_otel_bridge.intake.traces import read_traces
from openclaw_otel_bridge.problems import Problem, Unavailable
from openclaw_otel_bridge.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("otlp", __name__)
_OTHER_METHODS = ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


@blueprint.before_request
def expect() -> None:
    """Let what is ready wait a moment for this request: many commits in one cost less."""
    services().intake.expect()


@blueprint.teardown_request
def expect_no_more(_: BaseException | None) -> None:
    """Whatever became of the request, nobody waits for it any more."""
    services().intake.expect_no_more()


@blueprint.post("/v1/traces", provide_automatic_options=False)
def take_traces() -> Response:
    """Take spans; their exceptions and failed calls become events."""
    intake = services().intake
    encoding, project_id = _encoding(), _project()
    intake.admit("otlp_traces", project_id)
    body = _body()
    with intake.turn(len(body) // ITEM_BYTES):
        message, salvaged = decode_items(body, encoding, ExportTraceServiceRequest)
        reading = read_sound(message, lambda request: read_traces(request, project_id, intake.calls.read))
    _note_lost(reading, salvaged)
    count, reason = intake.take("otlp_traces", reading, project_id)
    answer = ExportTraceServiceResponse()
    if count or reason:
        answer.partial_success.CopyFrom(ExportTracePartialSuccess(rejected_spans=count, error_message=reason))
    return _answer(answer, encoding, 200)


@blueprint.post("/v1/logs", provide_automatic_options=False)
def take_logs() -> Response:
    """Take log records; those that tell of an exception become events."""
    intake = services().intake
    encoding, project_id = _encoding(), _project()
    intake.admit("otlp_logs", project_id)
    body = _body()
    plain_errors = intake.projects.takes_plain_errors(project_id)
    with intake.turn(len(body) // ITEM_BYTES):
        message, salvaged = decode_items(body, encoding, ExportLogsServiceRequest)
        reading = read_sound(message, lambda request: read_logs(request, project_id, plain_errors=plain_errors))
    _note_lost(reading, salvaged)
    count, reason = intake.take("otlp_logs", reading, project_id)
    answer = ExportLogsServiceResponse()
    if count or reason:
        answer.partial_success.CopyFrom(ExportLogsPartialSuccess(rejected_log_records=count, error_message=reason))
    return _answer(answer, encoding, 200)


@blueprint.route("/v1/traces", methods=_OTHER_METHODS)
@blueprint.route("/v1/logs", methods=_OTHER_METHODS)
def refuse_method() -> Response:
    """Nothing but POST."""
    return _plain(405, "405 method not allowed, supported: [POST]", Allow="POST")


@blueprint.errorhandler(Problem)
def refuse(problem: Problem) -> Response:
    """Say what is wrong in the encoding of the request, as google.rpc.Status; keep note of it for people."""
    if problem.status not in (429, 503):  # a used-up quota is noted with its project already
        detail = "" if problem.status == 401 else problem.message
        known: int | None = g.get("project_id")
        services().intake.rejects.note(f"otlp_{request.path[4:]}", problem.code, detail=detail, project_id=known)
    encoding = encoding_of(request.content_type or "")
    if encoding is None:
        return _plain(problem.status, problem.message)
    response = _answer(status_message(problem.status, problem.message), encoding, problem.status)
    response.headers.extend(problem.headers)
    return response


@blueprint.errorhandler(psycopg_pool.PoolTimeout)
@blueprint.errorhandler(psycopg.OperationalError)
def database_gone(error: Exception) -> Response:
    """The sender's turn to wait."""
    log.error("%s: the database cannot be used now, the request is sent back: %s", request.path, error)
    return refuse(Unavailable("the database cannot be used now; send it again", retry_after=2))


@blueprint.errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    """Werkzeug's own refusals (a client that goes away in mid-body, …), in the same form."""
    return refuse(Problem(error.description or error.name, status=error.code or 400))


@blueprint.errorhandler(Exception)
def bug(error: Exception) -> Response:
    """A fault of ours: not to be sent again as it is."""
    log.exception("%s failed", request.path, exc_info=error)
    return refuse(
        Problem("the bridge failed to read the request; its log has the details", status=500, code="internal")
    )


def _encoding() -> Encoding:
    encoding = encoding_of(request.content_type or "")
    if encoding is None:
        supported = ", ".join(each.value for each in Encoding)
        raise Problem(f"415 unsupported media type, supported: [{supported}]", status=415, code="content_type")
    return encoding


def _note_lost(reading: Reading, salvaged: Salvaged) -> None:
    """Count items that could not be decoded among those refused."""
    if salvaged.lost:
        reading.lose(salvaged.reason, salvaged.lost)


def _project() -> int:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    given = key.strip() if scheme.lower() == "bearer" else ""
    project_id = services().intake.keys.project_of("ingest", given) if given else None
    if project_id is None:
        missing = "the header `Authorization: Bearer <ingest key>` is missing"
        wrong = "the ingest key is wrong or revoked"
        raise Problem(
            wrong if given else missing, status=401, code="unauthenticated", headers={"WWW-Authenticate": "Bearer"}
        )
    g.project_id = project_id
    return project_id


def _body() -> bytes:
    return body_of(request, services().config.intake.max_body_bytes, OTLP_CODINGS)


def _answer(message: Message, encoding: Encoding, status: int) -> Response:
    return Response(encode(message, encoding), status=status, content_type=encoding.value)


def _plain(status: int, text: str, **headers: str) -> Response:
    return Response(text, status=status, content_type="text/plain; charset=utf-8", headers=headers)
