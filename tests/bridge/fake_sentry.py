"""A small Sentry: the two calls of its API that we make, and the webhooks it sends of every change."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from openclaw_otel_bridge.sentry.settings import SentrySettings

SECRET = "client-secret-of-the-integration"
TOKEN = "sntrys_token"
APP = "a5d7b5c2-0c10-4d7e-9d1c-aaaaaaaaaaaa"
USER = {"type": "user", "id": 7, "name": "Mia"}
OURSELVES = {"type": "application", "id": APP, "name": "openclaw"}


@dataclass
class FakeSentry:
    """Issues by id; `puts` are the changes we made, `answers` are statuses to answer with before it works."""

    url: str = ""
    issues: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    puts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    send: Callable[[bytes, dict[str, str]], None] | None = None
    """Takes webhooks: body and headers."""
    actor: dict[str, Any] = field(default_factory=lambda: OURSELVES)
    """Whom the webhook of a PUT names."""

    def settings(self, **values: Any) -> SentrySettings:
        given = {"auth_token": TOKEN, "app_id": APP, "base_url": self.url, **values}
        return SentrySettings("main", "acme", SECRET, **given)

    def issue(self, ident: str) -> dict[str, Any]:
        shown = {
            "id": ident,
            "shortId": f"SHOP-{ident}",
            "title": "x",
            "web_url": f"https://acme.example/issues/{ident}/",
        }
        return self.issues.setdefault(ident, {**shown, "status": "unresolved", "statusDetails": {}, "assignedTo": None})

    def change(self, ident: str, action: str, actor: dict[str, Any] = USER, **values: Any) -> None:
        """Somebody changes an issue in Sentry; its webhook goes out."""
        self.issue(ident).update(values)
        if self.send is not None:
            self.send(*hook("issue", action, {"issue": self.issue(ident)}, actor))


def hook(
    resource: str, action: str, data: dict[str, Any], actor: dict[str, Any] = USER, **headers: str
) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a webhook as Sentry signs it."""
    document = {"action": action, "actor": actor, "data": data, "installation": {"uuid": "7a48"}}
    body = json.dumps(document).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return body, {
        "Content-Type": "application/json",
        "Request-ID": uuid4().hex,
        "Sentry-Hook-Resource": resource,
        "Sentry-Hook-Timestamp": "1700000000",
        "Sentry-Hook-Signature": signature,
        **headers,
    }


@contextmanager
def running_sentry() -> Iterator[FakeSentry]:
    """A FakeSentry on a free port."""
    sentry = FakeSentry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ident, found = self.ident(), sentry.events.get(self.ident())
            good = self.path == f"/api/0/organizations/acme/issues/{ident}/events/latest/" and found is not None
            self.reply(200 if good else 404, found or {})

        def do_PUT(self) -> None:
            changes = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            ident = self.ident()
            if self.path != f"/api/0/organizations/acme/issues/{ident}/":
                self.reply(404, {})
            elif sentry.answers and sentry.answers[0] != 200:
                self.reply(sentry.answers.pop(0), {"detail": "no"})
            else:
                sentry.puts.append((ident, changes))
                email = changes.get("assignedTo")
                assigned = {"assignedTo": {"type": "user", "email": email}} if email else {}
                # Before the answer: what comes after it, in the test, comes after the webhook too.
                sentry.change(ident, changes.get("status", "assigned"), sentry.actor, **{**changes, **assigned})
                self.reply(200, sentry.issue(ident))

        def ident(self) -> str:
            assert self.headers["Authorization"] == f"Bearer {TOKEN}"
            return self.path.split("/issues/")[1].split("/")[0]

        def reply(self, status: int, document: Any) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sentry.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield sentry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
