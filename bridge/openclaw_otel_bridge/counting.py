"""Fold the counts intake appends into counters, issues and totals."""

from __future__ import annotations

from openclaw_otel_bridge.db import Connection, queries

BITE = 20_000
"""Deltas of one transaction."""


def fold(conn: Connection, most: int = BITE) -> int:
    """Fold what is there, at most `most` a transaction, until nothing is left; return how many deltas were folded.

    `conn` must be in autocommit. While another worker folds, this returns at once.
    """
    folded = 0
    while True:
        with conn.transaction():
            if not _value(conn, "lock_fold", {}):
                return folded
            taken = _value(conn, "fold", {"most": most})
        folded += taken
        if taken < most:
            return folded


def _value(conn: Connection, name: str, parameters: dict[str, int]) -> int:
    row = conn.execute(queries("worker")[name], parameters).fetchone()
    assert row is not None
    return int(row[0])
