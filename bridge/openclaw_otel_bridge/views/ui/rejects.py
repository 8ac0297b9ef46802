"""What was refused at the door: what it means, and what mends it; and how many of a day, for the menu."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

import psycopg
import psycopg_pool
from flask import Response, g, request, url_for

from openclaw_otel_bridge.people.permissions import allowed, require
from openclaw_otel_bridge.reads.cursor import BadCursor
from openclaw_otel_bridge.reads.rejects import PROTOCOLS, Wanted, list_rejects, rejects_of_day, sees_rejects
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.page import page
from openclaw_otel_bridge.views.ui.session import viewer

log = logging.getLogger(__name__)
RANGES: Mapping[str, timedelta | None] = {"day": timedelta(days=1), "week": timedelta(days=7), "all": None}


@blueprint.get("/rejects")
def rejects() -> Response:
    """The refusals of the project and of senders nobody knows, equal ones as one line."""
    actor, args = viewer(), request.args
    require(actor, "reject.view")
    protocol = args.get("protocol") if args.get("protocol") in PROTOCOLS else None
    chosen = args.get("range", "week")
    chosen = chosen if chosen in RANGES else "week"
    length = RANGES[chosen]
    wanted = Wanted(protocol=protocol, since=services().clock() - length if length else None)
    with services().database.connection() as conn:
        try:
            found = list_rejects(conn, actor, wanted, args.get("cursor") or None)
        except BadCursor:
            found = list_rejects(conn, actor, wanted)
    more = url_for("ui.rejects", protocol=protocol, range=chosen, cursor=found.next) if found.next else ""
    return page(
        "rejects.html",
        section="rejects",
        rejects=found.items,
        protocol=protocol or "",
        protocols=PROTOCOLS,
        range=chosen,
        ranges=tuple(RANGES),
        sees=sees_rejects(actor),
        next_url=more,
    )


@blueprint.app_context_processor
def badge() -> dict[str, object]:
    """Give every page the number of refusals of a day."""
    return {"refused_of_day": _refused_of_day}


def _refused_of_day() -> int:
    actor = g.get("actor")
    if actor is None or not allowed(actor, "reject.view"):
        return 0
    try:
        with services().database.connection() as conn:
            return rejects_of_day(conn, actor)
    except (psycopg.OperationalError, psycopg_pool.PoolTimeout) as error:
        log.warning("the number of refusals is left out of the page, the database cannot be used now: %s", error)
        return 0
