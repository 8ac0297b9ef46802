"""`openclaw-otel worker`: sends notifications, folds counts, applies retention, against DATABASE_URL."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from openclaw_otel.errors import ConfigError
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.logs import configure_logging


def main(argv: Sequence[str]) -> int:
    """Work until SIGTERM or Ctrl-C; 0 after a clean stop."""
    argparse.ArgumentParser(
        prog="openclaw-otel worker",
        description="Send notifications, fold counts, apply retention. Any number may run beside each other.",
    ).parse_args(argv)
    try:
        config = Config.from_env()
    except ConfigError as error:
        print(f"openclaw-otel worker: {error}", file=sys.stderr)
        return 1
    configure_logging(config.log_level)
    run_worker(config)
    return 0


def run_worker(config: Config) -> None:
    """Work until SIGTERM or SIGINT; a running send is finished first."""
    from openclaw_otel_bridge.worker import Worker

    worker = Worker(config)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
