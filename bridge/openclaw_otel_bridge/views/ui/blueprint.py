"""The blueprint every page hangs on (leaf, so that page modules can register themselves)."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint(
    "ui",
    "openclaw_otel_bridge",  # templates/ and static/ lie beside the package's modules
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
