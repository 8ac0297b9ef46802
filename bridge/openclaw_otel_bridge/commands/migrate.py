"""`openclaw-otel migrate`: bring the database at DATABASE_URL to this version."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import psycopg

from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.migrate import MigrationError, migrate


def main(argv: Sequence[str]) -> int:
    """Apply what is missing; 0 also when nothing was."""
    argparse.ArgumentParser(
        prog="openclaw-otel migrate",
        description="Bring the database at DATABASE_URL to this version. Safe beside running processes, and twice.",
    ).parse_args(argv)
    try:
        applied = migrate(Config.from_env().database_url)
    except (MigrationError, psycopg.Error) as error:
        print(f"openclaw-otel migrate: {error}", file=sys.stderr)
        return 1
    print("\n".join(f"applied {name}" for name in applied) or "nothing to do: the database is up to date")
    return 0
