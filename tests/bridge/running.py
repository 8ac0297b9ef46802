"""A bridge on a real port, for tests of HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from werkzeug.serving import make_server

from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.services import EXTENSION

PROJECT = 1


@dataclass(frozen=True, slots=True)
class Bridge:
    """A running bridge, and what a client needs to talk to it."""

    url: str
    app: Flask
    database: Database
    email: str
    password: str
    token: str
    """API token of the admin."""
    ingest_key: str
    sentry_key: str


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a free port of 127.0.0.1; yields its URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions[EXTENSION].intake.close()
        app.extensions[EXTENSION].numbers.close()
