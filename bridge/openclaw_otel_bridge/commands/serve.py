"""`openclaw-otel serve`: the web processes, against DATABASE_URL."""

from __future__ import annotations

import argparse
import socket
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.logs import configure_logging
from openclaw_otel_bridge.server import AddressInUse, WebSettings, bind, run_web

if TYPE_CHECKING:
    from flask import Flask


def main(argv: Sequence[str]) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="openclaw-otel serve",
        description="Web UI, API and intake. Settings come from the environment (.env.example lists them).",
    )
    parser.parse_args(argv)
    config = Config.from_env()
    configure_logging(config.log_level)
    try:
        listener = bind(config.bind, config.port)
    except AddressInUse as error:
        print(f"openclaw-otel serve: {error}", file=sys.stderr)
        return 1
    run_server(config, listener)
    return 0


def run_server(config: Config, listener: socket.socket) -> None:
    """Serve on `listener` until SIGTERM: the application is made anew in each web process."""
    from openclaw_otel_bridge.app import create_app
    from openclaw_otel_bridge.db import Database

    def make_app() -> Flask:
        return create_app(config, Database(config.database_url, pool_size=config.pool_size))

    run_web(make_app, listener, WebSettings(config.processes, config.threads))
