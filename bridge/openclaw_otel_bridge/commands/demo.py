"""`openclaw-otel demo`: sample traffic of a small fake shop world, to a running bridge."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from openclaw_otel_bridge.demo import run
from openclaw_otel_bridge.logs import configure_logging


def main(argv: Sequence[str]) -> int:
    """Play until Ctrl-C; 1 when the connection file cannot be read."""
    parser = argparse.ArgumentParser(prog="openclaw-otel demo", description=__doc__)
    parser.add_argument(
        "--connection", type=Path, default=Path("data/connection.json"),
        help="file that `openclaw-otel up` writes (default data/connection.json)",
    )  # fmt: skip
    path = parser.parse_args(argv).connection
    try:
        found = json.loads(path.read_text("utf-8"))
        connection = run.Connection(found["url"], found["api_token"], found["ingest_key"])
    except (OSError, ValueError, KeyError) as error:
        print(f"openclaw-otel demo: {path} cannot be read ({error}); start `openclaw-otel up` first", file=sys.stderr)
        return 1
    configure_logging("INFO")
    run.run(connection)
    return 0
