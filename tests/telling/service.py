"""A service that meets every failure of a file of lines, and tells it by all the ways there are; run as a process.

    python -m tests.telling.service LINES RAW_ENDPOINT RAW_KEY

The library is pointed at the bridge by the standard OTEL_* variables. `RAW_ENDPOINT` gets the same failures from
plain OpenTelemetry without the library, as a service sends them that nobody redacts for.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from opentelemetry import trace
from opentelemetry._logs import Logger, LogRecord, SeverityNumber, get_logger_provider
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer

from openclaw_otel import (
    Exchange,
    Platforms,
    SignatureError,
    WebhookRequest,
    instrument,
    receive_webhook,
    setup,
    shutdown,
)
from openclaw_otel.config import Config
from openclaw_otel.har import exchange_from_har
from openclaw_otel.telemetry import flush
from tests.generators.lines import WEBHOOK_SECRET, Line, read
from tests.telling.answering import Answering

NOT_SENT = {
    "host",
    "content-length",
    "connection",
    "accept-encoding",
    "transfer-encoding",
    "expect",
    "content-encoding",
}


class Telling:
    """Where a failure is told: a tracer and a logger."""

    def __init__(self, tracer: Tracer, logger: Logger) -> None:
        self.tracer = tracer
        self.logger = logger

    @contextmanager
    def job(self, line: Line) -> Iterator[trace.Span]:
        """Yield the span of the job that meets this line's failure, and tell its exception on span and log."""
        known = {key: value for key, value in (line.get("attributes") or {}).items() if value is not None}
        with self.tracer.start_as_current_span(
            "job", attributes=known, record_exception=False, set_status_on_exception=False
        ) as span:
            yield span
            error = line.get("exception")
            if error:
                self.exception(span, error)

    def exception(self, span: trace.Span, error: Mapping[str, str]) -> None:
        """Tell an exception as instrumentations do: an event, the status, an ERROR log."""
        attributes = {f"exception.{key}": error.get(key) or "" for key in ("type", "message", "stacktrace")}
        span.add_event("exception", attributes)
        span.set_status(Status(StatusCode.ERROR, f"{error['type']}: {error['message']}"))
        body = f"job failed: {error['message']}"
        self.logger.emit(LogRecord(body=body, severity_number=SeverityNumber.ERROR, attributes=attributes))


def main(argv: list[str]) -> None:
    """Tell every line both ways."""
    logging.basicConfig(level="WARNING")
    logging.getLogger("openclaw_otel").setLevel("DEBUG")
    file, raw_endpoint, raw_key = argv
    platforms = Platforms(Config.from_env())
    found = list(read(Path(file)))
    setup("redaction-proof")
    with Answering({_platform(line, platforms) or "custom:erp" for line in found if line.get("exchange")}) as servers:
        instrument({server.host: name for name, server in servers.by_platform.items()})
        ours = Telling(trace.get_tracer("shopd"), get_logger_provider().get_logger("shopd"))
        for number, line in enumerate(found):
            tell(line, ours, platforms, servers)
            if number % 50 == 49:
                flush(30)
    shutdown()
    tell_raw(found, raw_endpoint, raw_key)


def tell(line: Line, ours: Telling, platforms: Platforms, servers: Answering) -> None:
    """Meet one failure with the library watching."""
    with ours.job(line):
        if line.get("delivery"):
            given = line["delivery"]
            request = WebhookRequest(given["method"], given["url"], given["headers"], given["body"].encode())
            take(line["platform"], request)
        elif line.get("exchange"):
            exchange = exchange_from_har(line["exchange"])
            request = WebhookRequest(exchange.method, exchange.url, exchange.request_headers, exchange.request_body)
            sender = platforms.for_delivery_request(request)
            if sender is not None:
                take(sender.name, request)
            else:
                replay(exchange, servers, _platform(line, platforms) or "custom:erp")


def take(platform: str, request: WebhookRequest) -> None:
    """Receive a delivery, as an endpoint of the team's own does."""
    try:
        receive_webhook(platform, request, [WEBHOOK_SECRET])
    except SignatureError as error:
        logging.getLogger("openclaw_otel.proof").info("refused: %s %s", error, error.hint)


def replay(exchange: Exchange, servers: Answering, platform: str) -> None:
    """Make the call again, against a local server that gives the same answer."""
    server = servers.by_platform[platform]
    server.answer = exchange if exchange.status is not None else None
    url = urlunsplit(urlsplit(exchange.url)._replace(scheme="http", netloc=server.host))
    headers = {name: value.encode() for name, value in exchange.request_headers.items() if name.lower() not in NOT_SENT}
    try:
        with requests.Session() as session:
            session.request(
                exchange.method, url, headers=headers, data=exchange.request_body, timeout=5, allow_redirects=False
            ).raise_for_status()
    except (requests.RequestException, ValueError) as error:
        trace.get_current_span().record_exception(error)


def tell_raw(found: list[Line], endpoint: str, key: str) -> None:
    """Send the same failures by plain OpenTelemetry, with everything people put into attributes."""
    resource = Resource({"service.name": "raw-sender", "process.command_args": ["run", "--token", "raw-sender"]})
    tracing, logging_ = TracerProvider(resource=resource), LoggerProvider(resource=resource)
    headers = {"authorization": f"Bearer {key}"}
    spans = OTLPSpanExporter(f"{endpoint}/v1/traces", headers=headers)
    logs = OTLPLogExporter(f"{endpoint}/v1/logs", headers=headers)
    tracing.add_span_processor(BatchSpanProcessor(spans, max_export_batch_size=64))
    logging_.add_log_record_processor(BatchLogRecordProcessor(logs, max_export_batch_size=64))
    raw = Telling(tracing.get_tracer("plain"), logging_.get_logger("plain"))
    for number, line in enumerate(found):
        with raw.job(line) as span:
            if line.get("exchange"):
                _raw_call(exchange_from_har(line["exchange"]), raw.tracer)
            span.add_event("line", {"payload": str(line.get("attributes") or line.get("delivery") or "")})
        if number % 50 == 49:
            tracing.force_flush()
            logging_.force_flush()
    tracing.shutdown()
    logging_.shutdown()


def _raw_call(exchange: Exchange, tracer: Tracer) -> None:
    attributes: dict[str, Any] = {
        "http.request.method": exchange.method,
        "url.full": exchange.url,
        "http.request.body": exchange.request_body.decode(errors="replace"),
        "http.response.body": exchange.response_body.decode(errors="replace"),
    }
    if exchange.status is not None:
        attributes["http.response.status_code"] = exchange.status
    for side, headers in (("request", exchange.request_headers), ("response", exchange.response_headers)):
        attributes |= {f"http.{side}.header.{name.lower()}": [value] for name, value in headers.items()}
    with tracer.start_as_current_span(f"POST {exchange.url}", kind=SpanKind.CLIENT, attributes=attributes) as span:
        span.set_status(Status(StatusCode.ERROR, exchange.response_body.decode(errors="replace")[:500]))


def _platform(line: Line, platforms: Platforms) -> str | None:
    if line.get("platform"):
        return str(line["platform"])
    adapter = platforms.adapter_for_url(exchange_from_har(line["exchange"]).url)
    return adapter.name if adapter else None


if __name__ == "__main__":
    main(sys.argv[1:])
