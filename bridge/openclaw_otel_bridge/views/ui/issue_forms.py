"""What people do on an issue's page: transitions, comments, watching, muting, raising one by hand."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request, url_for

from openclaw_otel_bridge.messages import t, word
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.issue import MUTES, Refused, show
from openclaw_otel_bridge.views.ui.owners import owner_of
from openclaw_otel_bridge.views.ui.page import done, faults_of, page, tell
from openclaw_otel_bridge.views.ui.session import viewer, viewer_locale
from openclaw_otel_bridge.workflow import comment as comments
from openclaw_otel_bridge.workflow import manual, mute, watch
from openclaw_otel_bridge.workflow.errors import IllegalTransition, InvalidField, StaleVersion, WorkError
from openclaw_otel_bridge.workflow.transition import Finding, Transition
from openclaw_otel_bridge.workflow.transition import transition as take

PLATFORMS = (
    "shopify",
    "woocommerce",
    "amazon_sp",
    "tiktok_shop",
    "shopee",
    "paypal",
    "lazada",
    "ebay",
    "stripe",
    "walmart",
    "mercadolibre",
    "temu",
)
"""What a person raising an issue may choose from."""
FINDINGS = ("root_cause.kind", "root_cause.text", "fix.kind", "fix.text")
"""Fields of the form; the names are those of the API."""


@blueprint.post("/issues/<int:issue_id>/transition")
def transition(issue_id: int) -> Response:
    """Take a step of the workflow; a refused one shows the form again with what is wrong beside its field."""
    form = request.form
    try:
        owner = owner_of(form.get("owner", ""))
        step = Transition(
            to=form.get("to", ""),
            assignee=owner.assignee,
            team=owner.team,
            root_cause=_finding("root_cause"),
            fix=_finding("fix"),
            comment=form.get("comment") or None,
        )
        with services().database.connection() as conn:
            after = take(conn, viewer(), issue_id, step, expected_version=_version(form.get("version", "")))
    except (IllegalTransition, InvalidField, StaleVersion) as error:
        return _again(issue_id, error)
    tell("issue.moved", status=word("status", after.status, viewer_locale()))
    return _back(issue_id)


@blueprint.post("/issues/<int:issue_id>/comments")
def comment(issue_id: int) -> Response:
    """Add a comment."""
    try:
        with services().database.connection() as conn:
            comments.comment(conn, viewer(), issue_id, request.form.get("text", ""))
    except InvalidField as error:
        return _again(issue_id, error)
    tell("issue.commented")
    return _back(issue_id, "log")


@blueprint.post("/issues/<int:issue_id>/watch", endpoint="watch")
def start_watching(issue_id: int) -> Response:
    """Follow the issue."""
    with services().database.connection() as conn:
        watch.watch(conn, viewer(), issue_id)
    tell("issue.is_watched")
    return _back(issue_id)


@blueprint.post("/issues/<int:issue_id>/unwatch", endpoint="unwatch")
def stop_watching(issue_id: int) -> Response:
    """Follow it no longer."""
    with services().database.connection() as conn:
        watch.unwatch(conn, viewer(), issue_id)
    tell("issue.is_unwatched", kind="note")
    return _back(issue_id)


@blueprint.post("/issues/<int:issue_id>/mute", endpoint="mute")
def start_mute(issue_id: int) -> Response:
    """Hold back its notifications for a time or a number of events."""
    chosen = MUTES.get(request.form.get("for", ""))
    try:
        if chosen is None:
            raise InvalidField("for", "choose one of the list", "请从列表中选择")
        until = services().clock() + chosen if isinstance(chosen, timedelta) else None
        count = chosen if isinstance(chosen, int) else None
        with services().database.connection() as conn:
            mute.mute(conn, viewer(), issue_id, until=until, count=count)
    except InvalidField as error:
        return _again(issue_id, error)
    tell("issue.is_muted")
    return _back(issue_id)


@blueprint.post("/issues/<int:issue_id>/unmute", endpoint="unmute")
def end_mute(issue_id: int) -> Response:
    """End the mute."""
    with services().database.connection() as conn:
        mute.unmute(conn, viewer(), issue_id)
    tell("issue.is_unmuted")
    return _back(issue_id)


@blueprint.get("/issues/new")
def raise_issue() -> Response:
    """The form to raise an issue by hand."""
    require(viewer(), "issue.raise")
    return _raise_form()


@blueprint.post("/issues/new", endpoint="raise_now")
def raise_now() -> Response:
    """Raise an issue by hand."""
    form = request.form
    report = manual.Report(
        title=form.get("title", ""),
        order=form.get("order", "").strip() or None,
        store=form.get("store", "").strip() or None,
        platform=form.get("platform") or None,
        note=form.get("note", ""),
        severity=form.get("severity", "error"),
    )
    try:
        with services().database.connection() as conn:
            raised = manual.create_manual(conn, viewer(), report)
    except InvalidField as error:
        return _raise_form(error)
    tell("issue.raised")
    return _back(raised.id)


def _raise_form(error: InvalidField | None = None) -> Response:
    locale = viewer_locale()
    return page(
        "raise.html",
        status=422 if error else 200,
        section="inbox",
        form=request.form,
        faults=faults_of(error) if error else {},
        platforms=[(name, word("platform", name, locale)) for name in PLATFORMS],
        severities=[(name, word("severity", name, locale)) for name in manual.SEVERITIES],
    )


def _again(issue_id: int, error: WorkError) -> Response:
    """Show the issue with the refused form: 422 names the fields, 409 and 412 say why at the top of the form."""
    faults = _all_missing(faults_of(error)) if isinstance(error, InvalidField) else {}
    shown = t("error.422_text", viewer_locale()) if faults else error.text(viewer_locale())
    with services().database.connection() as conn:
        return show(conn, issue_id, Refused(request.form, faults, shown, error.status))


def _all_missing(faults: dict[str, str]) -> dict[str, str]:
    """Return the faults with every empty field of root cause and fix, so that nobody is told of them one by one."""
    named = {name: text for name, text in faults.items() if name not in ("root_cause", "fix")}
    if not any(name.startswith(("root_cause", "fix")) for name in faults):
        return named
    empty = [name for name in FINDINGS if not request.form.get(name, "").strip()]
    return {name: t("error.required", viewer_locale()) for name in empty} | named


def _back(issue_id: int, anchor: str = "") -> Response:
    return done(url_for("ui.issue", issue_id=issue_id, _anchor=anchor or None))


def _finding(family: str) -> Finding | None:
    """Return root cause or fix as typed; None when the form has no such fields or they are all empty."""
    kind, text = (request.form.get(f"{family}.{name}", "") for name in ("kind", "text"))
    return Finding(kind, text) if kind.strip() or text.strip() else None


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
