"""A chat robot on a local port: takes WeCom and Feishu messages like the real ones, and shows what it got."""

from __future__ import annotations

import json
import threading
from collections import deque
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEPT = 200
"""Messages kept in memory; older ones are forgotten."""


class Robot:
    """The robot's server. WeCom posts to `wecom_url`, Feishu to `feishu_url`; `url` shows the messages."""

    def __init__(self) -> None:
        self.messages: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.messages))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.wecom_url = f"{self.url}/cgi-bin/webhook/send?key=demo-wecom-robot"
        self.feishu_url = f"{self.url}/open-apis/bot/v2/hook/demo-feishu-robot"

    def start(self) -> None:
        """Serve in a daemon thread."""
        threading.Thread(target=self._server.serve_forever, name="demo-robot", daemon=True).start()

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()


def text_of(message: dict[str, Any]) -> str:
    """Return the readable text of a WeCom or Feishu message."""
    for kind in ("markdown", "markdown_v2", "text"):
        content = message.get(kind)
        if isinstance(content, dict) and isinstance(content.get("content"), str):
            return str(content["content"])
    return json.dumps(message.get("card") or message.get("content") or message, ensure_ascii=False, indent=1)


def page(messages: deque[dict[str, Any]]) -> str:
    """Return the HTML page that lists the messages, newest first."""
    rows = "".join(
        f"<article><h2>{escape(m['robot'])} · {escape(m['at'])}</h2>"
        f"<pre>{escape(text_of(m['message']))}</pre></article>"
        for m in reversed(messages)
    )
    return (
        "<!doctype html><html><head><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<meta http-equiv=refresh content=5><title>Demo robot 演示机器人</title>"
        "<style>body{font:15px/1.5 system-ui;max-width:44rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
        "h2{font-size:.8rem;opacity:.7;margin:1.5rem 0 .2rem}"
        "pre{white-space:pre-wrap;padding:.8rem;border-radius:.5rem;background:#8882;margin:0}"
        "</style></head><body><h1>Demo robot 演示机器人</h1>"
        + (rows or "<p>No notification yet. 还没有通知。</p>")
        + "</body></html>"
    )


def _handler(messages: deque[dict[str, Any]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            robot = "feishu" if "/bot/v2/hook/" in self.path else "wecom"
            try:
                message = json.loads(body)
            except ValueError:
                refused = {"code": 9499, "msg": "Bad Request"} if robot == "feishu" else {"errcode": 40008}
                self._send("application/json", json.dumps(refused))
                return
            at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            messages.append({"at": at, "robot": robot, "message": message})
            taken = {"code": 0, "msg": "success"} if robot == "feishu" else {"errcode": 0, "errmsg": "ok"}
            self._send("application/json", json.dumps(taken))

        def do_GET(self) -> None:
            self._send("text/html; charset=utf-8", page(messages))

        def _send(self, kind: str, text: str) -> None:
            payload = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the demo shares the terminal of `up`."""

    return Handler
