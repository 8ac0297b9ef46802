"""Local servers that give the answers of captured exchanges, one for each platform; and one that listens between."""

from __future__ import annotations

import http.server
import socket
import struct
import threading
from abc import abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import requests

from openclaw_otel import Exchange
from openclaw_otel_bridge.intake.bodies import decompress

NOT_REPEATED = {"content-length", "transfer-encoding", "connection", "content-encoding"}


class Server(AbstractContextManager["Server"]):
    """An HTTP server on a free port of 127.0.0.1."""

    def __init__(self) -> None:
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                outer.handle(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @abstractmethod
    def handle(self, handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        """Answer one request."""

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Platform(Server):
    """Gives `answer` to whatever comes; None breaks the connection off."""

    answer: Exchange | None = None

    def handle(self, handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        """Give the answer."""
        if self.answer is None or self.answer.status is None:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            handler.close_connection = True
            return
        handler.send_response_only(self.answer.status)
        for name, value in self.answer.response_headers.items():
            if name.lower() not in NOT_REPEATED:
                handler.send_header(name, value.encode().decode("latin-1"))
        handler.send_header("Content-Length", str(len(self.answer.response_body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(self.answer.response_body)


class Answering(AbstractContextManager["Answering"]):
    """One server for each platform."""

    def __init__(self, platforms: Iterable[str]) -> None:
        self.by_platform = {name: Platform() for name in platforms}

    def __exit__(self, *_: object) -> None:
        for server in self.by_platform.values():
            server.__exit__()


class Tap(Server):
    """Passes requests on to another server and keeps what went by: path, headers and unpacked body."""

    def __init__(self, onward: str) -> None:
        super().__init__()
        self.onward = onward
        self.seen: list[bytes] = []

    def handle(self, handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        """Pass a request on."""
        coding = handler.headers.get("Content-Encoding", "")  # Sentry's SDK takes br where Brotli is installed
        plain = decompress(body, coding, 1 << 30) if coding else body
        self.seen.append(f"{handler.path}\n{handler.headers}\n".encode() + plain)
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in ("host", "connection")}
        answer = requests.request(handler.command, self.onward + handler.path, headers=headers, data=body, timeout=30)
        handler.send_response_only(answer.status_code)
        handler.send_header("Content-Type", answer.headers.get("Content-Type", "application/octet-stream"))
        handler.send_header("Content-Length", str(len(answer.content)))
        handler.end_headers()
        handler.wfile.write(answer.content)
