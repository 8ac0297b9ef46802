"""A plugin that drops: our record stays at home, the team's own spans arrive. A real process, a real exporter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from openclaw_otel import attributes as names

PLUGIN = """
from openclaw_otel import DropRecord, Side, Stage, hookimpl

class NoHealthChecks:
    name, stage, order, runs = "no_health_checks", Stage.ENRICH, 200, frozenset({Side.SOURCE})

    def __call__(self, record):
        if record.status == 404 or (record.exception and record.exception.message == "expected"):
            raise DropRecord
        return record

@hookimpl
def register_processors(config):
    return [NoHealthChecks()]
"""
SERVICE = """
import sys, requests
from opentelemetry import trace
from openclaw_otel import instrument, setup, shutdown
setup("order-sync")
instrument({sys.argv[1]: "shopify"})
tracer = trace.get_tracer("team")
with tracer.start_as_current_span("nightly job"):
    for order in (1, 2):
        requests.get(f"http://{sys.argv[1]}/admin/api/2025-04/orders/{order}.json", timeout=5)
try:
    with tracer.start_as_current_span("team's own", attributes={"team.step": "kept"}):
        raise ValueError("expected")
except ValueError:
    pass
shutdown()
"""


def test_drop_removes_our_record_and_never_the_teams_span(
    receiver: Any, shop: Any, answer: Any, attributes_of: Any, tmp_path: Path
) -> None:
    (tmp_path / "no_health_checks.py").write_text(PLUGIN)
    metadata = tmp_path / "no_health_checks-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: no-health-checks\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[openclaw_otel.plugins]\nno_health_checks = no_health_checks\n")
    shop.on("/admin/api/2025-04/orders/1.json", answer(404, b'{"errors": "Not Found"}'))
    shop.on("/admin/api/2025-04/orders/2.json", answer(401, b'{"errors": "no"}'))
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(tmp_path),
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
    }
    subprocess.run([sys.executable, "-c", SERVICE, shop.host], env=environ, check=True, timeout=60)

    (kept,) = receiver.logs
    assert attributes_of(kept)["http.response.status_code"] == 401
    spans = {span.name: span for span in receiver.spans}
    assert {"nightly job", "team's own"} <= set(spans)
    assert len(receiver.spans) == 4
    calls = [attributes_of(span) for span in receiver.spans if span.name not in ("nightly job", "team's own")]
    assert sorted(bool(call.get(names.RECORD_DROPPED)) for call in calls) == [False, True]
    own = spans["team's own"]
    assert attributes_of(own)["team.step"] == "kept"
    (event,) = own.events
    assert attributes_of(event)[names.RECORD_DROPPED] is True
    assert attributes_of(event)["exception.type"] == "ValueError"
