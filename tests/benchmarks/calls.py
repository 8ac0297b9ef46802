"""A successful call over loopback: watched by us, against opentelemetry-instrumentation-requests alone."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from opentelemetry import trace
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace import TracerProvider

from openclaw_otel.instrumentation import instrument, uninstrument

ROUNDS, CALLS = 30, 20
BODY = b'{"orders": []}'


class _Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def run() -> Iterator[str]:
    """Yield the lines of this benchmark."""
    trace.set_tracer_provider(TracerProvider())
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    others = RequestsInstrumentor()
    taken: dict[str, list[float]] = {"plain": [], "theirs": [], "ours": []}
    try:
        with requests.Session() as session:
            for _ in range(ROUNDS):
                taken["plain"] += _calls(session, host)
                others.instrument()
                taken["theirs"] += _calls(session, host)
                others.uninstrument()
                instrument({host: "shopify"})
                taken["ours"] += _calls(session, host)
                uninstrument()
    finally:
        server.shutdown()
        server.server_close()
    plain, theirs, ours = (statistics.median(times) * 1e6 for times in taken.values())
    yield f"a successful call: {ours / theirs:.2f} × theirs ({plain:.0f} µs bare, {theirs:.0f} theirs, {ours:.0f} ours)"


def _calls(session: requests.Session, host: str) -> list[float]:
    times = []
    for _ in range(CALLS):
        started = time.perf_counter()
        session.get(f"http://{host}/admin/api/2026-10/orders.json", timeout=10).close()
        times.append(time.perf_counter() - started)
    return times[2:]
