"""Logging of a bridge process: one line per record, to stderr, UTC."""

from __future__ import annotations

import logging
import time


def configure_logging(level: str) -> None:
    """Send records of `level` (DEBUG, INFO, …) and above to stderr."""
    handler = logging.StreamHandler()
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Each request of a client library would be a line of its own.
    for noisy in ("urllib3", "httpx", "opentelemetry", "psycopg.pool"):
        logging.getLogger(noisy).setLevel(max(root.level, logging.WARNING))
