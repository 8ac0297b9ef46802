"""Every number has a name, and each name a kind."""

from __future__ import annotations

import re
from pathlib import Path

from openclaw_otel_bridge.app import create_app
from openclaw_otel_bridge.config import Config, SpoolSettings
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.numbers import numbers
from openclaw_otel_bridge.services import EXTENSION, Services
from openclaw_otel_bridge.views.metrics import HELP


def test_numbers_of_an_idle_process(tmp_path: Path) -> None:
    app = create_app(Config("postgresql://x", spool=SpoolSettings(str(tmp_path))), Database("postgresql://x"))
    here: Services = app.extensions[EXTENSION]
    assert ("spool_files", ()) not in dict(numbers(here.database, here.pipeline, here.intake))
    spool = here.intake.webhooks.spool
    assert spool is not None
    assert spool.take_lock()  # who empties it tells what waits: one of many processes
    spool.put(b"12345")
    here.intake.count("otlp_traces", received=5)
    here.intake.rejects.totals[("otlp", "x")] = 2
    here.intake.latency.note("otlp_traces", 200, 0.02)
    found = dict(numbers(here.database, here.pipeline, here.intake))
    assert found[("intake_items_total", (("protocol", "otlp_traces"), ("what", "received")))] == 5
    assert found[("intake_rejects_total", (("protocol", "otlp"), ("reason", "x")))] == 2
    assert found[("intake_answers_total", (("protocol", "otlp_traces"), ("status", "200")))] == 1
    assert found[("queue_depth", (("queue", "webhooks"),))] == 0
    assert (found[("spool_files", ())], found[("spool_bytes", ())]) == (1, 5)
    # The series of a histogram share its help.
    assert {re.sub(r"^(intake_seconds)_(bucket|count|sum)$", r"\1", name) for name, _ in found} == set(HELP)
    spool.release()
