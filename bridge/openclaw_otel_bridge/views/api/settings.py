"""Totals to poll, the kinds a resolution chooses from, the audit log, and the description of this API."""

from __future__ import annotations

from importlib import resources
from typing import Any

from flask import Response

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.settings import Change, Kind, audit_log, list_kinds
from openclaw_otel_bridge.reads.stats import stats
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.api import shapes
from openclaw_otel_bridge.views.api.asked import arguments, limit_of
from openclaw_otel_bridge.views.api.blueprint import blueprint, route


@route("GET", "/stats", "stats.view")
def stats_get(conn: Connection, actor: Actor) -> Any:
    """Committed totals of the whole bridge, cheap to poll."""
    arguments()
    found = stats(conn)
    return {
        "events": found.events,
        "issues": found.issues,
        "intake_queue": services().intake.depth,
        "deliveries": {
            "queued": found.queued,
            "sent": found.sent,
            "failed": found.failed,
            "dead": found.dead,
        },
    }


@route("GET", "/kinds", "issue.view")
def kind_list(conn: Connection, actor: Actor) -> Any:
    """The kinds of root causes and fixes."""
    arguments()
    found = list_kinds(conn)
    return {
        family: [_kind(one, actor.locale) for one in found if one.family == family] for family in ("root_cause", "fix")
    }


@route("GET", "/audit", "audit.view")
def audit_list(conn: Connection, actor: Actor) -> Any:
    """Who changed which setting, the latest first."""
    given = arguments("cursor", "limit")
    page = audit_log(conn, given.get("cursor"), limit_of(given))
    return shapes.listed(page.items, _change, page.next)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Return the description of this API; open to everybody, it holds nothing of the team's."""
    text = (resources.files("openclaw_otel_bridge.views.api") / "openapi.json").read_bytes()
    return Response(text, mimetype="application/json")


def _kind(one: Kind, locale: str) -> shapes.Json:
    label = one.label_zh if locale == "zh" else one.label_en
    return {
        "kind": one.kind,
        "label": label,
        "label_en": one.label_en,
        "label_zh": one.label_zh,
        "active": one.active,
    }


def _change(one: Change) -> shapes.Json:
    return {
        "id": one.id,
        "at": shapes.moment(one.at),
        "person": one.person_id,
        "person_name": one.person_name,
        "action": one.action,
        "object": one.object,
        "data": dict(one.data),
    }
