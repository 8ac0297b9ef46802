"""One failure that OpenTelemetry spans, logs and Sentry all tell of is one event; real SDKs, real exporters."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import pytest
import requests
import sentry_sdk
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.util._once import Once

from openclaw_otel.exporter import WrappingLogExporter, WrappingSpanExporter
from openclaw_otel.instrumentation import instrument, uninstrument
from openclaw_otel.runtime import process
from openclaw_otel.sentry import OpenClawIntegration
from openclaw_otel_bridge.archive import unpack
from tests.bridge.running import Bridge

CANARIES = ("jane.canary@example.com", "shpat_0123456789abcdef0123456789abcdef", "4111 1111 1111 1111")
ALL = 1 | 2 | 4


@dataclass
class Service:
    """A service with every kind of telemetry there is."""

    bridge: Bridge
    tracing: TracerProvider
    logs: LoggerProvider
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("tests.service"))

    def flush(self) -> None:
        sentry_sdk.flush(10)
        self.tracing.force_flush()
        self.logs.force_flush()

    def events(self) -> list[tuple[Any, ...]]:
        self.flush()
        with psycopg.connect(self.bridge.database.url) as conn:
            return conn.execute("select sources, platform, category from events order by occurred_at").fetchall()

    def everything(self) -> str:
        """Every text the database holds."""
        with psycopg.connect(self.bridge.database.url) as conn:
            tables = [row[0] for row in conn.execute("select tablename from pg_tables where schemaname = 'public'")]
            parts = [str(conn.execute(f"select * from {name}").fetchall()) for name in tables]
            chunks = conn.execute("select data from snapshots union all select data from spans").fetchall()
        return "\n".join(parts) + "".join(unpack(row[0]).decode() for row in chunks)


@pytest.fixture
def service(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    headers = {"Authorization": f"Bearer {bridge.ingest_key}"}
    tracing, logs = TracerProvider(shutdown_on_exit=False), LoggerProvider(shutdown_on_exit=False)
    spans = WrappingSpanExporter(OTLPSpanExporter(f"{bridge.url}/v1/traces", headers=headers))
    tracing.add_span_processor(BatchSpanProcessor(spans))
    records = WrappingLogExporter(OTLPLogExporter(f"{bridge.url}/v1/logs", headers=headers))
    logs.add_log_record_processor(BatchLogRecordProcessor(records))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(trace, "_TRACER_PROVIDER_SET_ONCE", Once())
    trace.set_tracer_provider(tracing)
    monkeypatch.setattr(process(), "logger_provider", logs)
    sentry_sdk.init(
        f"{bridge.url.replace('//', f'//{bridge.sentry_key}@')}/1",
        default_integrations=False,
        integrations=[OpenClawIntegration()],
    )
    found = Service(bridge, tracing, logs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the SDK's own handler: still what most services use
        handler = LoggingHandler(logger_provider=logs)
    found.log.addHandler(handler)
    yield found
    found.log.removeHandler(handler)
    sentry_sdk.init()
    tracing.shutdown()
    logs.shutdown()


@pytest.fixture
def shop() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f'{{"errors": "[API] Invalid API key of {CANARIES[0]}"}}'.encode()
            self.send_response(401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def sync(text: str) -> None:
    token, card = CANARIES[1], CANARIES[2]
    raise RuntimeError(f"{text} {CANARIES[0]} {len(token + card)}")


ORDERS: list[tuple[str, ...]] = [("sentry", "log"), ("log", "sentry")]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("first", [OTLPSpanExporter, OTLPLogExporter, None])
def test_an_exception_told_three_times(service: Service, order: tuple[str, ...], first: object) -> None:
    tell: dict[str, Callable[[], Any]] = {
        "sentry": sentry_sdk.capture_exception,
        "log": lambda: service.log.exception("sync failed"),
    }
    with suppress(RuntimeError), trace.get_tracer("t").start_as_current_span("job"):
        try:
            sync("order 1001")
        except RuntimeError:
            for name in order:
                tell[name]()
            raise
    if first is OTLPSpanExporter:
        service.tracing.force_flush()
    elif first is OTLPLogExporter:
        service.logs.force_flush()
    assert service.events() == [(ALL, None, "internal")]


def test_fifty_equal_failures_are_fifty(service: Service) -> None:
    with trace.get_tracer("t").start_as_current_span("batch"):
        for _ in range(50):
            with trace.get_tracer("t").start_as_current_span("order") as span:
                try:
                    sync("order failed")
                except RuntimeError as error:
                    span.record_exception(error)
                    sentry_sdk.capture_exception()
    assert [row[0] for row in service.events()] == [1 | 4] * 50


def test_a_failed_call_and_its_canaries(service: Service, shop: str) -> None:
    instrument({shop: "shopify"})
    try:
        with trace.get_tracer("t").start_as_current_span("job") as span:
            url = f"http://{shop}/admin/api/2026-07/orders/1001.json?email={CANARIES[0]}"
            headers = {"X-Shopify-Access-Token": CANARIES[1]}
            try:
                requests.get(url, headers=headers, timeout=5).raise_for_status()
            except requests.HTTPError as error:
                span.record_exception(error)
                service.log.exception("sync failed")
                sentry_sdk.set_extra("buyer", {"email": CANARIES[0], "card": CANARIES[2]})
                sentry_sdk.capture_exception()
        assert service.events() == [(ALL, "shopify", "auth")]
    finally:
        uninstrument()
    text = service.everything()
    assert "Invalid API key" in text
    for canary in CANARIES:
        assert canary not in text
