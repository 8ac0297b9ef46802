"""POST /webhook/<platform>[/<store>]: deliveries of platforms, answered as each platform wants within its limit."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, g, request

from openclaw_otel.adapters.base import Adapter
from openclaw_otel.config import StoreConfig
from openclaw_otel.errors import UnknownPlatform
from openclaw_otel.record import WebhookAnswer, WebhookRequest
from openclaw_otel_bridge.error_answers import render_problem
from openclaw_otel_bridge.intake.bodies import body_of
from openclaw_otel_bridge.intake.deliveries import Delivery
from openclaw_otel_bridge.intake.items import Item
from openclaw_otel_bridge.intake.parcels import Parcel
from openclaw_otel_bridge.problems import Problem, Unavailable
from openclaw_otel_bridge.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("webhook", __name__)
LARGEST = 8 * 1024 * 1024


@blueprint.route("/webhook/<platform>/<store>", methods=["GET", "POST"])
def receive(platform: str, store: str) -> Response:
    """Take a delivery for a store of openclaw.toml."""
    here = services()
    adapter, configured = _target(platform, store)
    until = here.intake.webhooks.until(adapter.deadline)
    project_id = here.intake.webhooks.project(configured.project, until)
    if project_id is None:
        log.error(
            "store %s of openclaw.toml belongs to the project %r, which does not exist", store, configured.project
        )
        raise Problem(f"the project of store {store} does not exist", status=404, code="not_found")
    g.project_id = project_id or None
    delivery = Delivery(adapter, configured, _request(), here.clock())
    webhook = adapter.parse_webhook(delivery.request)
    if webhook.is_ping:
        return _response(delivery.answer("ping"))
    verdict, error = delivery.verify()
    here.intake.count("webhook", received=1)
    if verdict == "later":
        log.warning("%s delivery for %s cannot be verified now: %s", platform, store, error)
        raise Unavailable("the signing key cannot be fetched now; send it again", retry_after=30)
    items: list[Item] = []
    if verdict == "refused" and error is not None:
        log.warning("%s delivery for %s is refused: %s", platform, store, error)
        here.intake.rejects.note("webhook", error.reason, detail=f"{platform}/{store}", project_id=g.project_id)
        weight = here.intake.forgeries.weigh(platform, store)
        failure = delivery.failure(webhook, error, project_id, here.pipeline) if weight else None
        items = [failure._replace(record=failure.record.but(occurrences=weight))] if failure else []
    else:
        verified = verdict == "verified"
        items = [delivery.inbox_row(webhook, project_id, verified=verified, pipeline=here.pipeline)]
    parcel = Parcel(configured.project, tuple(items))
    for refused in here.intake.webhooks.take(parcel, until, proved=verdict == "verified"):
        log.error("%s delivery for %s cannot be stored: %s", platform, store, refused.reason)
        raise Problem("the delivery cannot be stored; the bridge's log says why", status=422, code="not_stored")
    return _response(delivery.answer("bad_signature" if verdict == "refused" else "ok"))


@blueprint.route("/webhook/<platform>", methods=["GET", "POST"])
def receive_for_any(platform: str) -> Response:
    """Take a delivery that names its store itself."""
    adapter = _adapter(platform)
    named = adapter.parse_webhook(_request()).store
    if not named:
        raise Problem(f"the delivery names no store; use /webhook/{platform}/<store>", status=404, code="not_found")
    return receive(platform, named)


@blueprint.errorhandler(Problem)
def refuse(problem: Problem) -> Response:
    """Keep note of what is wrong, for people: platforms show it to nobody."""
    if problem.status != 503:
        known: int | None = g.get("project_id")
        services().intake.rejects.note("webhook", problem.code, detail=problem.message, project_id=known)
    return render_problem(problem)


def _target(platform: str, store: str) -> tuple[Adapter, StoreConfig]:
    adapter = _adapter(platform)
    configured = services().intake.platforms.store_named(platform, store)
    if configured is None:
        raise Problem(
            f"no store {store!r} of {platform} is configured in openclaw.toml", status=404, code="unknown_store"
        )
    return adapter, configured


def _adapter(platform: str) -> Adapter:
    try:
        return services().intake.platforms.get(platform)
    except UnknownPlatform as error:
        raise Problem(str(error), status=404, code="unknown_platform") from error


def _request() -> WebhookRequest:
    """The request as the platform sent it: raw bytes, its own URL as proxies forwarded it."""
    if "webhook_body" not in request.environ:
        request.environ["webhook_body"] = body_of(request, LARGEST)
    return WebhookRequest(request.method, request.url, dict(request.headers.items()), request.environ["webhook_body"])


def _response(answer: WebhookAnswer) -> Response:
    response = Response(answer.body, status=answer.status)
    response.headers.extend(dict(answer.headers))
    return response
