"""An id typed alone into the query box: where to go instead of a list."""

from __future__ import annotations

import re

from flask import url_for

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.events import Event, known_events
from openclaw_otel_bridge.reads.issues import get_issue, list_issues
from openclaw_otel_bridge.views.ui.page import quoted
from openclaw_otel_bridge.workflow.errors import NotFound

_NUMBER = re.compile(r"#?([1-9][0-9]{0,17})")
LONGEST = 200


def jump(conn: Connection, actor: Actor, text: str) -> str | None:
    """Return the address that an order, request, trace or issue id means; None for everything else.

    One issue with the id is shown itself, at that event; of several the list. An order wins over an issue number.
    """
    if not text or ":" in text or len(text) > LONGEST or not text.isprintable():
        return None
    events = known_events(conn, actor, text, 1)
    if events:
        query = f"{_key(events[0], text)}:{quoted(text)}"
        issues = list_issues(conn, actor, query, limit=2).items
        if len(issues) == 1 and issues[0].id == events[0].issue_id:
            return url_for("ui.issue", issue_id=issues[0].id, event=events[0].id)
        return url_for("ui.inbox", view="all", query=query)
    raised = list_issues(conn, actor, f"order:{quoted(text)}", limit=2).items if " " not in text else ()
    if len(raised) == 1:
        return url_for("ui.issue", issue_id=raised[0].id)
    number = _NUMBER.fullmatch(text)
    if number is None:
        return None
    try:
        return url_for("ui.issue", issue_id=get_issue(conn, actor, int(number[1])).id)
    except NotFound:
        return None


def _key(event: Event, text: str) -> str:
    if event.order_id == text:
        return "order"
    return "request" if event.request_id == text else "trace"
