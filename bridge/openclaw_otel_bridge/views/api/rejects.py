"""What was refused at the door."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.rejects import PROTOCOLS, Refusal, Wanted, list_rejects
from openclaw_otel_bridge.views.api import shapes
from openclaw_otel_bridge.views.api.asked import arguments, limit_of, time_of, word_of
from openclaw_otel_bridge.views.api.blueprint import route


@route("GET", "/rejects", "reject.view")
def reject_list(conn: Connection, actor: Actor) -> Any:
    """A page of what was refused, equal reasons as one, the latest first."""
    given = arguments("protocol", "since", "until", "cursor", "limit")
    wanted = Wanted(
        protocol=word_of(given, "protocol", PROTOCOLS), since=time_of(given, "since"), until=time_of(given, "until")
    )
    page = list_rejects(conn, actor, wanted, given.get("cursor"), limit_of(given))
    return shapes.listed(page.items, lambda one: _shape(one, actor.locale), page.next)


def _shape(one: Refusal, locale: str) -> shapes.Json:
    return {
        "project": one.project_id,
        "protocol": one.protocol,
        "reason": one.reason,
        "meaning": one.meaning(locale),
        "remedy": one.remedy(locale),
        "count": one.n,
        "first_at": shapes.moment(one.first_at),
        "last_at": shapes.moment(one.last_at),
        "detail": one.detail,
    }
