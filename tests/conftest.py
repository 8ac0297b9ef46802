"""Fixtures for everybody: a real PostgreSQL, and a fresh migrated database per test."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from openclaw_otel_bridge.embedded import EmbeddedPostgres

REQUIRED = os.environ.get("OPENCLAW_OTEL_REQUIRE", "")


def absent(program: str, how: str) -> None:
    """Skip loudly because `program` is not here; fail instead where OPENCLAW_OTEL_REQUIRE demands it."""
    if REQUIRED == "all" or program in REQUIRED.split(","):
        pytest.fail(f"{program} is required here and absent: {how}")
    pytest.skip(f"NOT TESTED: {program} is absent: {how}")


# A loaded machine is slow, not wrong: no example has a time limit.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")


@pytest.fixture(autouse=True)
def without_our_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests read no settings of whoever runs them: those of the test run itself are no settings of the product."""
    for name in list(os.environ):
        if name.startswith("OPENCLAW_OTEL_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of the server's maintenance database: OPENCLAW_OTEL_TEST_DATABASE_URL, or an embedded server."""
    given = os.environ.get("OPENCLAW_OTEL_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="oc-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # under root another user runs the server and must reach its home
        server = EmbeddedPostgres(Path(folder) / "d", {"fsync": "off", "full_page_writes": "off"})
        (Path(folder) / "d").mkdir(mode=0o755)
        server.start()
        try:
            yield server.url("postgres")
        finally:
            server.stop()


def with_database(url: str, name: str) -> str:
    """Return the same server's URL for another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> Iterator[str]:
    """Name of a migrated database that tests copy."""
    from openclaw_otel_bridge.migrate import migrate

    name = f"template_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
        migrate(with_database(postgres_url, name))
        yield name
        connection.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """URL of a fresh migrated database, dropped after the test."""
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{template_database}" strategy file_copy')
        try:
            yield with_database(postgres_url, name)
        finally:
            connection.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def empty_database_url(postgres_url: str) -> Iterator[str]:
    """URL of a fresh database without any table, for migration tests."""
    name = f"empty_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'create database "{name}" template template0 strategy file_copy')
        try:
            yield with_database(postgres_url, name)
        finally:
            connection.execute(f'drop database "{name}" with (force)')
