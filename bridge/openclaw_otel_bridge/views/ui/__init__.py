"""The web UI: server-rendered pages, every action a form, htmx only an improvement."""

from openclaw_otel_bridge.views.ui import (
    account,
    articles,
    channels,
    deliveries,
    error_pages,
    folded,
    inbox,
    issue,
    issue_forms,
    people,
    rejects,
    rules,
    signing_in,
)
from openclaw_otel_bridge.views.ui.blueprint import blueprint

PAGES = (
    account,
    articles,
    channels,
    deliveries,
    error_pages,
    folded,
    inbox,
    issue,
    issue_forms,
    people,
    rejects,
    rules,
    signing_in,
)
"""Importing a page module hangs its routes on the blueprint."""

__all__ = ["PAGES", "blueprint"]
