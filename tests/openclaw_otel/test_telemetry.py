"""telemetry: providers made or left alone, each thing sent once, bad settings named; each case in its own process."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from openclaw_otel import attributes as names
from openclaw_otel.errors import ConfigError
from openclaw_otel.telemetry import Settings, setup

PATH = "/admin/api/2025-04/orders/1.json"
CALL = f"""
import requests
openclaw_otel.instrument({{shop: "shopify"}})
requests.get(f"http://{{shop}}{PATH}?email=jane.doe@example.com", timeout=5)
"""


def run(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `code` with `receiver`, `second` and `shop` set from the arguments."""
    start = "import sys, openclaw_otel\nreceiver, second, shop = (*sys.argv[1:], '', '', '')[:3]\n"
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", start + code, *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def second_receiver(receiver: Any) -> Any:
    """What the application's own exporter sends to."""
    other = type(receiver)()
    yield other
    other.close()


@pytest.fixture
def failing(shop: Any, answer: Any) -> Any:
    """A shop that refuses the token."""
    shop.on(PATH, answer(401, b'{"errors": "no"}'))
    return shop


def test_without_providers_both_are_made_and_flushed_at_exit(receiver: Any, failing: Any, attributes_of: Any) -> None:
    code = """
openclaw_otel.setup("sync", endpoint=receiver, ingest_key="k1", environment="prod", release="1.2", compression="gzip")
openclaw_otel.setup("again")
"""
    done = run(code + CALL, receiver.url, "", failing.host)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (span,), (log,) = receiver.spans, receiver.logs
    assert attributes_of(log)[names.RECORD_ID] == attributes_of(span)[names.RECORD_ID]
    assert log.trace_id == span.trace_id
    assert log.event_name == names.EVENT_API_EXCEPTION
    assert receiver.services == {"sync"}
    assert {headers["authorization"] for headers in receiver.headers} == {"Bearer k1"}
    assert {headers["content-encoding"] for headers in receiver.headers} == {"gzip"}
    resource = attributes_of(receiver.traces[0].resource_spans[0].resource)
    assert resource["deployment.environment.name"] == "prod"
    assert resource["service.version"] == "1.2"
    assert "jane.doe" not in receiver.text()


def test_beside_an_existing_tracer_provider_records_alone_are_added(
    receiver: Any, second_receiver: Any, failing: Any, attributes_of: Any
) -> None:
    code = """
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
mine = TracerProvider(resource=Resource.create({"service.name": "theirs"}))
mine.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=second + "/v1/traces")))
trace.set_tracer_provider(mine)
openclaw_otel.setup("ignored", endpoint=receiver)
assert trace.get_tracer_provider() is mine
"""
    done = run(code + CALL, receiver.url, second_receiver.url, failing.host)
    assert done.returncode == 0, done.stderr
    assert (len(receiver.spans), len(receiver.logs)) == (0, 1)
    assert (len(second_receiver.spans), len(second_receiver.logs)) == (1, 0)
    assert receiver.services == {"theirs"}
    (span,), (log,) = second_receiver.spans, receiver.logs
    assert attributes_of(log)[names.RECORD_ID] == attributes_of(span)[names.RECORD_ID]
    assert "jane.doe" not in second_receiver.text() + receiver.text()


def test_beside_an_existing_logger_provider_records_do_not_go_there(
    receiver: Any, second_receiver: Any, failing: Any
) -> None:
    code = """
from opentelemetry import _logs
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
mine = LoggerProvider()
mine.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(endpoint=second + "/v1/logs")))
_logs.set_logger_provider(mine)
openclaw_otel.setup("sync", endpoint=receiver)
assert _logs.get_logger_provider() is mine
"""
    done = run(code + CALL, receiver.url, second_receiver.url, failing.host)
    assert done.returncode == 0, done.stderr
    assert (len(receiver.logs), len(second_receiver.logs)) == (1, 0)


def test_flush_and_shutdown_by_hand(receiver: Any, failing: Any) -> None:
    code = """
from openclaw_otel import telemetry
openclaw_otel.setup("sync", endpoint=receiver, schedule_delay=60)
"""
    end = """
assert telemetry.flush(5)
telemetry.shutdown()
telemetry.shutdown()
"""
    done = run(code + CALL + end, receiver.url, "", failing.host)
    assert done.returncode == 0, done.stderr
    assert len(receiver.logs) == 1


def test_a_response_let_go_unread_is_sent_at_exit(receiver: Any, failing: Any) -> None:
    code = f"""
import requests
openclaw_otel.setup("sync", endpoint=receiver)
openclaw_otel.instrument({{shop: "shopify"}})
session = requests.Session()
response = session.get(f"http://{{shop}}{PATH}", stream=True, timeout=5)
session.close()
del response
"""
    done = run(code, receiver.url, "", failing.host)
    assert done.returncode == 0, done.stderr
    assert len(receiver.logs) == 1


def test_no_collector_is_no_trouble(failing: Any) -> None:
    done = run(
        "openclaw_otel.setup('sync', endpoint='http://127.0.0.1:9', timeout=0.5)\n" + CALL + "print('fine')",
        "",
        "",
        failing.host,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "fine\n"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"endpiont": "http://x"}, "endpiont: setup\\(\\) has no such setting; known: .*endpoint"),
        ({"endpoint": "localhost:4318"}, "endpoint: 'localhost:4318' is no http"),
        ({"endpoint": ""}, "endpoint: '' is no http"),
        ({"compression": "zip"}, "compression: 'zip' is none of"),
        ({"timeout": 0}, "timeout: 0 is not a number of seconds"),
        ({"schedule_delay": True}, "schedule_delay: True is not"),
        ({"timeout": "5"}, "timeout: '5' is not"),
    ],
)
def test_bad_settings_are_named(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        setup("sync", **settings)


def test_a_bad_variable_is_named() -> None:
    done = run("openclaw_otel.setup('sync')", OPENCLAW_OTEL_PLUGINS="nowhere")
    assert "ConfigError: OPENCLAW_OTEL_PLUGINS: no plugin 'nowhere'" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost", "'localhost' is no http"),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "collector:4318", "'collector:4318' is no http"),
        ("OTEL_BSP_SCHEDULE_DELAY", "abc", "'abc' is not a whole number above 0"),
        ("OTEL_BLRP_MAX_QUEUE_SIZE", "0", "'0' is not a whole number above 0"),
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "x", "'x' is not a whole number above 0"),
    ],
)
def test_bad_standard_variables_are_named(name: str, value: str, problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=f"^{name}: {problem}"):
        setup("sync")


def test_a_short_delay_is_never_zero() -> None:
    assert Settings(schedule_delay=0.0001).delay_millis == 1
    assert Settings(schedule_delay=2).delay_millis == 2000
    assert Settings().delay_millis is None
