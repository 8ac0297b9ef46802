"""Every number has a name, and each name a kind."""

from __future__ import annotations

from openclaw_otel_bridge.app import create_app
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.numbers import numbers
from openclaw_otel_bridge.services import EXTENSION, Services
from openclaw_otel_bridge.views.metrics import HELP


def test_numbers_of_an_idle_process() -> None:
    app = create_app(Config("postgresql://x"), Database("postgresql://x"))
    here: Services = app.extensions[EXTENSION]
    here.intake.count("otlp_traces", received=5)
    here.intake.rejects.totals[("otlp", "x")] = 2
    found = dict(numbers(here.database, here.pipeline, here.intake))
    assert found[("intake_items_total", (("protocol", "otlp_traces"), ("what", "received")))] == 5
    assert found[("intake_rejects_total", (("protocol", "otlp"), ("reason", "x")))] == 2
    assert found[("queue_depth", (("queue", "webhooks"),))] == 0
    assert {name for name, _ in found} == set(HELP)
