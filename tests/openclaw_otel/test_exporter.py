"""exporter: through the real OTLP exporters to a real receiver; found by the SDK as entry points."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk._logs.export import LogRecordExportResult
from opentelemetry.sdk.trace.export import SpanExportResult

from openclaw_otel import attributes as names
from openclaw_otel.exporter import HttpLogExporter, HttpSpanExporter, WrappingLogExporter
from openclaw_otel.runtime import process

EMAIL = "jane.doe@example.com"


def test_spans_arrive_redacted(receiver: Any, telemetry: Any, attributes_of: Any) -> None:
    with pytest.raises(ValueError, match="jane"):
        with telemetry.provider.get_tracer("app").start_as_current_span(f"mail {EMAIL}"):
            raise ValueError(EMAIL)
    exporter = HttpSpanExporter(endpoint=f"{receiver.url}/v1/traces", headers={"authorization": "Bearer k"})
    assert exporter.export(telemetry.spans) is SpanExportResult.SUCCESS
    assert exporter.force_flush()
    exporter.shutdown()
    (span,) = receiver.spans
    assert attributes_of(span.events[0])[names.ERROR_FINGERPRINT_HASH].startswith("v1:")
    assert EMAIL not in receiver.text()
    assert receiver.headers[0]["authorization"] == "Bearer k"


def test_logs_arrive_redacted(receiver: Any, telemetry: Any) -> None:
    from opentelemetry._logs import LogRecord, get_logger_provider

    get_logger_provider().get_logger("app").emit(LogRecord(body=f"mail to {EMAIL}", attributes={"a": EMAIL}))
    exporter = HttpLogExporter(endpoint=f"{receiver.url}/v1/logs")
    assert exporter in process().exporters
    assert exporter.export(telemetry.logs_out.get_finished_logs()) is LogRecordExportResult.SUCCESS
    assert exporter.force_flush()
    exporter.shutdown()
    assert len(receiver.logs) == 1
    assert EMAIL not in receiver.text()


def test_a_batch_with_nothing_safe_in_it_is_not_sent(telemetry: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry._logs import LogRecord, get_logger_provider

    get_logger_provider().get_logger("app").emit(LogRecord(body=EMAIL))
    exporter = WrappingLogExporter(telemetry.logs_out)
    monkeypatch.setattr(exporter, "_rewriter", Nothing())
    assert exporter.export(telemetry.logs_out.get_finished_logs()) is LogRecordExportResult.SUCCESS
    assert len(telemetry.logs) == 1


class Nothing:
    """Lets no log record through."""

    def log(self, item: Any) -> None:
        return None


def test_the_sdk_finds_them() -> None:
    (traces,) = entry_points(group="opentelemetry_traces_exporter", name="openclaw_otlp_http")
    (logs,) = entry_points(group="opentelemetry_logs_exporter", name="openclaw_otlp_http")
    assert traces.load() is HttpSpanExporter
    assert logs.load() is HttpLogExporter


ZERO_CODE = """
from opentelemetry.sdk._configuration import _OTelSDKConfigurator
_OTelSDKConfigurator().configure()
from opentelemetry import trace
import openclaw_otel, requests, sys
openclaw_otel.setup()
openclaw_otel.instrument({sys.argv[1]: "shopify"})
requests.get(f"http://{sys.argv[1]}/admin/api/2025-04/orders/1.json", timeout=5)
"""


def test_zero_code_set_up_sends_each_thing_once(receiver: Any, shop: Any, answer: Any, attributes_of: Any) -> None:
    shop.on("/admin/api/2025-04/orders/1.json", answer(401, b'{"errors": "no"}'))
    environment = {
        "PATH": os.environ["PATH"],
        "OTEL_TRACES_EXPORTER": "openclaw_otlp_http",
        "OTEL_LOGS_EXPORTER": "openclaw_otlp_http",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_SERVICE_NAME": "zero-code",
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
    }
    done = subprocess.run(
        [sys.executable, "-c", ZERO_CODE, shop.host],
        env=environment,
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(receiver.spans) == len(receiver.logs) == 1
    assert attributes_of(receiver.logs[0])[names.RECORD_ID] == attributes_of(receiver.spans[0])[names.RECORD_ID]
    assert receiver.services == {"zero-code"}
