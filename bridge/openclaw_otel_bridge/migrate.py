"""Forward-only migrations: numbered `.sql` files, each one transaction, recorded with its checksum."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Any, LiteralString, cast

from openclaw_otel_bridge.db import Connection, Database, queries

log = logging.getLogger(__name__)
LOCK = 0x6F70656E636C6177  # any fixed number of ours: two `migrate` at once must not run side by side
OLDEST_SERVER = 140000
_FILE = re.compile(r"^(\d{4})_\w+\.sql$")


class MigrationError(Exception):
    """The database cannot be brought to this version; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: `0001_initial.sql`."""

    name: str
    sql: LiteralString

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def shipped() -> tuple[Migration, ...]:
    """Return the migrations of this version, in order.

    Raises:
        MigrationError: the numbers have a gap or a repeat.
    """
    folder = resources.files("openclaw_otel_bridge") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    for number, file in enumerate(files, 1):
        match = _FILE.match(file.name)
        if match is None or int(match[1]) != number:
            raise MigrationError(f"migrations/{file.name}: expected a name that begins with {number:04d}_")
    return tuple(Migration(f.name, _literal(f.read_text("utf-8"))) for f in files)


def _literal(text: str) -> LiteralString:
    trusted: Any = text  # files we ship are as good as literals
    return cast("LiteralString", trusted)


def pending(conn: Connection) -> list[str]:
    """Return the names of migrations the database does not have yet; the caller owns the transaction."""
    return [migration.name for migration in _missing(conn, shipped())]


def migrate(url: str) -> list[str]:
    """Bring the database at `url` to this version and return the names of the migrations applied.

    Raises:
        MigrationError: the server is too old, an applied file has changed, or the database is newer than this version.
        psycopg.Error: the server cannot be reached, or a migration failed (its transaction is rolled back).
    """
    with closing(Database(url).connect(autocommit=True)) as conn:
        return apply(conn, shipped())


def apply(conn: Connection, migrations: Sequence[Migration]) -> list[str]:
    """Apply what is missing of `migrations`; `conn` must be in autocommit, each file is a transaction of its own."""
    if conn.info.server_version < OLDEST_SERVER:
        raise MigrationError(
            f"PostgreSQL {conn.info.server_version // 10000} is too old: openclaw-otel needs 14 or newer"
        )
    applied = []
    with _locked(conn):
        conn.execute(queries("migrations")["create_table"])
        for migration in _missing(conn, migrations):
            with conn.transaction():
                # Beside running processes a migration gives up rather than queue everybody behind its lock.
                conn.execute("set local lock_timeout = '10s'")
                conn.execute(migration.sql)
                conn.execute(queries("migrations")["record"], (migration.name, migration.checksum))
            log.info("migration %s applied", migration.name)
            applied.append(migration.name)
    return applied


@contextmanager
def _locked(conn: Connection) -> Iterator[None]:
    conn.execute("select pg_advisory_lock(%s)", (LOCK,))
    try:
        yield
    finally:
        if not conn.closed:
            conn.execute("select pg_advisory_unlock(%s)", (LOCK,))


def _missing(conn: Connection, migrations: Sequence[Migration]) -> list[Migration]:
    row = conn.execute(queries("migrations")["table_exists"]).fetchone()
    if row is None or row[0] is None:
        return list(migrations)
    applied = dict(conn.execute(queries("migrations")["applied"]).fetchall())
    for name in sorted(set(applied) - {migration.name for migration in migrations}):
        raise MigrationError(
            f"the database has the migration {name}, which this version does not know: it was migrated by a newer "
            "openclaw-otel; install that version"
        )
    for migration in migrations:
        if applied.get(migration.name, migration.checksum) != migration.checksum:
            raise MigrationError(
                f"{migration.name} has changed since it was applied: restore the file, and put the change in a new one"
            )
    return [migration for migration in migrations if migration.name not in applied]
