"""`openclaw-otel serve`: the web processes, against DATABASE_URL."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw_otel.errors import ConfigError
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.logs import configure_logging
from openclaw_otel_bridge.server import AddressInUse, WebSettings, bind, run_web

if TYPE_CHECKING:
    from flask import Flask


log = logging.getLogger(__name__)


def main(argv: Sequence[str]) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="openclaw-otel serve",
        description="Web UI, API and intake. Settings come from the environment (.env.example lists them).",
    )
    parser.parse_args(argv)
    config = Config.from_env()
    configure_logging(config.log_level)
    prepare_spool(config)
    try:
        listener = bind(config.bind, config.port)
    except AddressInUse as error:
        print(f"openclaw-otel serve: {error}", file=sys.stderr)
        return 1
    run_server(config, listener)
    return 0


def prepare_spool(config: Config) -> None:
    """Make the directory in which webhooks wait, or say that there is none.

    Raises:
        ConfigError: it cannot be made, or not be written.
    """
    if not config.spool.folder:
        log.warning("webhooks that cannot be committed in time are answered 503: OPENCLAW_OTEL_SPOOL_DIR is not set")
        return
    folder = Path(config.spool.folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror}"
        raise ConfigError("OPENCLAW_OTEL_SPOOL_DIR", message) from error


def run_server(config: Config, listener: socket.socket) -> None:
    """Serve on `listener` until SIGTERM: the application is made anew in each web process."""
    from openclaw_otel_bridge.app import create_app
    from openclaw_otel_bridge.db import Database
    from openclaw_otel_bridge.services import intake_of

    def make_app() -> Flask:
        app = create_app(config, Database(config.database_url, pool_size=config.pool_size))
        intake_of(app).warm()
        intake_of(app).webhooks.start()  # what waits from before does not wait for a request
        return app

    run_web(make_app, listener, WebSettings(config.processes, config.threads))
