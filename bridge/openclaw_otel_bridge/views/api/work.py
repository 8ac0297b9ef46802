"""What people do with an issue: transitions, comments, mute, watch."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.views.api.asked import Fields, body, expected_version
from openclaw_otel_bridge.views.api.blueprint import ID, Answer, route
from openclaw_otel_bridge.views.api.issues import full
from openclaw_otel_bridge.workflow.comment import comment
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField
from openclaw_otel_bridge.workflow.findings import Finding
from openclaw_otel_bridge.workflow.mute import mute, unmute
from openclaw_otel_bridge.workflow.transition import Transition, transition
from openclaw_otel_bridge.workflow.unfold import unfold, unfold_all
from openclaw_otel_bridge.workflow.watch import unwatch, watch


@route("POST", f"/issues/<{ID}:issue_id>/transitions", "issue.transition")
def issue_transition(conn: Connection, actor: Actor, issue_id: int) -> Any:
    """Move an issue through its workflow; If-Match guards against a change in between."""
    asked = body("to", "assignee", "team", "root_cause", "fix", "comment", "release")
    to = asked.text("to")
    if not to:
        raise MissingField("to")
    step = Transition(
        to=to,
        assignee=asked.number("assignee"),
        team=asked.number("team"),
        root_cause=_finding(asked, "root_cause"),
        fix=_finding(asked, "fix"),
        comment=asked.text("comment"),
        release=asked.text("release"),
    )
    transition(conn, actor, issue_id, step, expected_version=expected_version())
    return full(conn, actor, issue_id)


@route("POST", f"/issues/<{ID}:issue_id>/comments", "issue.comment")
def issue_comment(conn: Connection, actor: Actor, issue_id: int) -> Any:
    """Say something about an issue."""
    text = body("text").text("text")
    return Answer({"id": comment(conn, actor, issue_id, text or "")}, 201)


@route("POST", f"/issues/<{ID}:issue_id>/mute", "issue.mute")
def issue_mute(conn: Connection, actor: Actor, issue_id: int) -> Any:
    """Hold back an issue's notifications until a time or a number of further events."""
    asked = body("until", "count")
    until, count = asked.time("until"), asked.number("count")
    mute(conn, actor, issue_id, until=until, count=count, expected_version=expected_version())
    return full(conn, actor, issue_id)


@route("DELETE", f"/issues/<{ID}:issue_id>/mute", "issue.mute")
def issue_unmute(conn: Connection, actor: Actor, issue_id: int) -> Any:
    """End a mute."""
    body()
    unmute(conn, actor, issue_id, expected_version=expected_version())
    return full(conn, actor, issue_id)


@route("POST", f"/issues/<{ID}:issue_id>/unfold", "issue.unfold")
def issue_unfold(conn: Connection, actor: Actor, issue_id: int) -> Any:
    """Give folded groupings issues of their own: those named, or all."""
    asked = body("groupings", "all")
    every = asked.values.get("all")
    if every is not None and not isinstance(every, bool):
        raise asked.wrong("all", "must be true or false", "应为 true 或 false")
    if every and asked.values.get("groupings") is not None:
        raise InvalidField("all", "give either this or groupings", "不能与 groupings 同时填写")
    done = unfold_all(conn, actor, issue_id) if every else unfold(conn, actor, issue_id, asked.numbers("groupings"))
    made = [{"grouping": grouping, "issue": own} for grouping, own in done.issues.items()]
    return {"unfolded": made, "left": done.left}


@route("POST", f"/issues/<{ID}:issue_id>/watch", "issue.watch")
def issue_watch(conn: Connection, actor: Actor, issue_id: int) -> Any:
    """Follow an issue without owning it."""
    body()
    watch(conn, actor, issue_id)
    return Answer(status=204)


@route("DELETE", f"/issues/<{ID}:issue_id>/watch", "issue.watch")
def issue_unwatch(conn: Connection, actor: Actor, issue_id: int) -> Any:
    """Follow it no longer."""
    body()
    unwatch(conn, actor, issue_id)
    return Answer(status=204)


def _finding(asked: Fields, name: str) -> Finding | None:
    given = asked.object(name, ("kind", "text"))
    return None if given is None else Finding(given.text("kind") or "", given.text("text") or "")
