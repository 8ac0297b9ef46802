"""The real Collector as a process, and a receiver that keeps what it is sent."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.up_process import free_port

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "collector_config"


class Collector:
    """One Collector on one configuration file, with ports and folders of its own."""

    def __init__(self, binary: Path, config: Path, folder: Path, environ: Mapping[str, str]) -> None:
        """`folder` holds its queue and its log; `environ` says where the bridge and Jaeger are."""
        self.grpc, self.http, self.health, self.prometheus = (f"127.0.0.1:{free_port()}" for _ in range(4))
        self.log = folder / f"{config.stem}.log"
        self._command = [str(binary), "--config", str(config)]
        self._environ = {name: value for name, value in os.environ.items() if not name.startswith("OTEL")} | {
            "OTELCOL_GRPC_ENDPOINT": self.grpc,
            "OTELCOL_HTTP_ENDPOINT": self.http,
            "OTELCOL_HEALTH_ENDPOINT": self.health,
            "OTELCOL_PROMETHEUS_ENDPOINT": self.prometheus,
            "OTELCOL_STORAGE_DIR": str(folder / "queue"),
            "OTELCOL_DECISION_WAIT": "1s",
            **environ,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 20) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._environ, stdout=log, stderr=log)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self.log.read_text()[-3000:]
            try:
                if requests.get(f"http://{self.health}/", timeout=1).status_code == 200:
                    return
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError("the Collector is not healthy: " + self.log.read_text()[-3000:])

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait(30)


@contextmanager
def collecting(binary: Path, config: Path, folder: Path, environ: Mapping[str, str]) -> Iterator[Collector]:
    collector = Collector(binary, config, folder, environ)
    try:
        collector.start()
        yield collector
    finally:
        collector.stop()


@dataclass
class Receiver:
    """Keeps the bodies of trace exports."""

    endpoint: str
    """host:port that takes OTLP over gRPC."""
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Span]:
        messages = [ExportTraceServiceRequest.FromString(body) for body in list(self.bodies)]
        return [
            span
            for message in messages
            for group in message.resource_spans
            for scope in group.scope_spans
            for span in scope.spans
        ]


@contextmanager
def fake_jaeger(binary: Path, folder: Path) -> Iterator[Receiver]:
    """An OTLP receiver over gRPC: what a Collector sends to Jaeger is in `bodies`, byte for byte."""
    receiver = Receiver(f"127.0.0.1:{free_port()}")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            receiver.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    environ = {
        "JAEGER_GRPC_ENDPOINT": receiver.endpoint,
        "RECEIVER_URL": f"http://127.0.0.1:{server.server_port}",
    }
    try:
        with collecting(binary, Path(__file__).with_name("jaeger.yaml"), folder, environ):
            yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
