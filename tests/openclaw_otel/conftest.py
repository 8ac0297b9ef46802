"""Real parts for the telemetry tests: a shop that fails on demand, an OTLP receiver, providers for one test."""

from __future__ import annotations

import gzip
import http.server
import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from opentelemetry import _logs, trace
from opentelemetry._logs import _internal as logs_internal
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from opentelemetry.util._once import Once

INVALID_TOKEN = json.dumps({"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"})


@dataclass
class Answer:
    """What the shop answers on one path."""

    status: int = 200
    body: bytes = b'{"orders": []}'
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    trouble: str = ""
    """reset: the connection is reset before an answer; cut: the body breaks off."""


class Quiet(http.server.ThreadingHTTPServer):
    """Broken connections are what the tests are about: not worth a stack trace."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        return None


class Shop:
    """A local HTTP server that answers as told, path by path; a list of answers is used up one by one."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | list[Answer]] = {}
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        shop = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                shop.requests.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
                shop.reply(self)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any

            def log_message(self, format: str, *args: Any) -> None:
                return None

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://{self.host}{path}"

    def on(self, path: str, *answers: Answer) -> str:
        """Say what a path (query ignored) answers; returns its address."""
        self.answers[path] = answers[0] if len(answers) == 1 else list(answers)
        return self.url(path)

    def reply(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        found = self.answers.get(handler.path.partition("?")[0], Answer())
        answer = found if isinstance(found, Answer) else found.pop(0) if len(found) > 1 else found[0]
        time.sleep(answer.delay)
        if answer.trouble == "reset":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(answer.body))} | answer.headers
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if answer.trouble == "cut":
            handler.wfile.write(answer.body[: len(answer.body) // 2])
            handler.wfile.flush()
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            return
        handler.wfile.write(answer.body)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop to call and to fail."""
    server = Shop()
    yield server
    server.close()


@pytest.fixture
def answer() -> type[Answer]:
    """How a shop answers."""
    return Answer


@dataclass
class Telemetry:
    """What was written in this test."""

    spans_out: InMemorySpanExporter
    logs_out: InMemoryLogRecordExporter
    provider: TracerProvider

    @property
    def spans(self) -> list[ReadableSpan]:
        """Finished spans, in order."""
        return list(self.spans_out.get_finished_spans())

    @property
    def clients(self) -> list[ReadableSpan]:
        """Finished CLIENT spans."""
        return [span for span in self.spans if span.kind is SpanKind.CLIENT]

    @property
    def records(self) -> list[Any]:
        """Our log records of failures (FastAPI, for one, writes logs of its own)."""
        ours = [log for log in self.logs if (log.event_name or "").startswith("openclaw.integration.")]
        return [log for log in ours if log.event_name.endswith(".exception")]

    @property
    def logs(self) -> list[Any]:
        """All log records."""
        return [item.log_record for item in self.logs_out.get_finished_logs()]

    def text(self) -> str:
        """Everything a plain exporter on the same providers would send."""
        parts = [span.to_json() for span in self.spans]
        return "\n".join([*parts, *(item.to_json() for item in self.logs_out.get_finished_logs())])


@pytest.fixture
def telemetry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Telemetry]:
    """Global providers with plain exporters, for this test alone."""
    spans_out, logs_out = InMemorySpanExporter(), InMemoryLogRecordExporter()
    tracing, logging = TracerProvider(shutdown_on_exit=False), LoggerProvider(shutdown_on_exit=False)
    tracing.add_span_processor(SimpleSpanProcessor(spans_out))
    logging.add_log_record_processor(SimpleLogRecordProcessor(logs_out))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(trace, "_TRACER_PROVIDER_SET_ONCE", Once())
    monkeypatch.setattr(logs_internal, "_LOGGER_PROVIDER", None)
    monkeypatch.setattr(logs_internal, "_LOGGER_PROVIDER_SET_ONCE", Once())
    trace.set_tracer_provider(tracing)
    _logs.set_logger_provider(logging)
    yield Telemetry(spans_out, logs_out, tracing)
    tracing.shutdown()
    logging.shutdown()


@pytest.fixture
def watch(telemetry: Telemetry, shop: Shop) -> Iterator[Callable[..., None]]:
    """Instrument; the shop is Shopify unless said otherwise."""
    from openclaw_otel.instrumentation import instrument, uninstrument

    def start(platform: str = "shopify", **options: Any) -> None:
        instrument({shop.host: platform}, **options)

    yield start
    uninstrument()


class Receiver:
    """An OTLP/HTTP receiver that decodes protobuf and keeps what came."""

    def __init__(self) -> None:
        self.traces: list[ExportTraceServiceRequest] = []
        self.log_requests: list[ExportLogsServiceRequest] = []
        self.headers: list[dict[str, str]] = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                encoding = self.headers.get("content-encoding")
                body = gzip.decompress(body) if encoding == "gzip" else zlib.decompress(body) if encoding else body
                receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
                if self.path == "/v1/traces":
                    receiver.traces.append(ExportTraceServiceRequest.FromString(body))
                else:
                    receiver.log_requests.append(ExportLogsServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                return None

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def spans(self) -> list[Any]:
        """All spans that came."""
        return [s for r in self.traces for rs in r.resource_spans for ss in rs.scope_spans for s in ss.spans]

    @property
    def logs(self) -> list[Any]:
        """All log records that came."""
        return [
            log for r in self.log_requests for rl in r.resource_logs for sl in rl.scope_logs for log in sl.log_records
        ]

    @property
    def services(self) -> set[str]:
        """`service.name` of everything that came."""
        resources = [rs.resource for r in self.traces for rs in r.resource_spans]
        resources += [rl.resource for r in self.log_requests for rl in r.resource_logs]
        return {attributes(each)["service.name"] for each in resources}

    def text(self) -> str:
        """Everything that came, as text."""
        return "\n".join(map(str, [*self.traces, *self.log_requests]))

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def attributes(item: Any) -> dict[str, Any]:
    """Return protobuf attributes as plain values."""
    plain = {}
    for pair in item.attributes:
        kind = pair.value.WhichOneof("value")
        value = getattr(pair.value, kind) if kind else None
        plain[pair.key] = [v.string_value for v in value.values] if kind == "array_value" else value
    return plain


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An OTLP receiver."""
    server = Receiver()
    yield server
    server.close()


@pytest.fixture
def attributes_of() -> Callable[[Any], dict[str, Any]]:
    """Read protobuf attributes."""
    return attributes
