"""Errors as pages in the reader's language: what happened, what to do, the way back."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, g
from flask.blueprints import BlueprintSetupState

from openclaw_otel_bridge.error_answers import ErrorAnswer, set_error_page
from openclaw_otel_bridge.messages import known, t
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.page import page
from openclaw_otel_bridge.views.ui.session import find_actor, viewer_locale

SPEAKS = ("csrf",)
"""Codes of problems whose message is already in the reader's language."""


def error_page(answer: ErrorAnswer) -> Response:
    """Return the page of an error; status and headers are the caller's to set."""
    if "actor" not in g:
        g.actor = find_actor() if answer.status < 500 else None  # the address belongs to no page of ours
    locale = viewer_locale()
    key = str(answer.status) if known(f"error.{answer.status}") else ("500" if answer.status >= 500 else "400")
    text = t(f"error.{key}_text", locale)
    if answer.work is not None:
        text = answer.work.text(locale)
    elif answer.code in SPEAKS:
        text = answer.message
    return page("error.html", status=answer.status, heading=t(f"error.{key}", locale), text=text)


@blueprint.record
def _use(state: BlueprintSetupState) -> None:
    set_error_page(cast("Flask", state.app), error_page)
