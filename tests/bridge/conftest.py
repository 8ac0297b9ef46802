"""A bridge on a real port with a fresh database: what tests of HTTP talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from openclaw_otel_bridge.app import create_app
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake.keys import create_key
from openclaw_otel_bridge.people.actor import system_actor
from openclaw_otel_bridge.people.directory import NewPerson, add_person
from openclaw_otel_bridge.people.login import authenticate
from openclaw_otel_bridge.people.tokens import create_token
from tests.bridge.running import PROJECT, Bridge, serving


@pytest.fixture
def bridge_config(database_url: str) -> Config:
    """Settings of `bridge`; a test module may override this fixture."""
    return Config(database_url, secret_key="s" * 32, jwt_secret="j" * 32)


@pytest.fixture
def make_bridge(database_url: str) -> Iterator[Callable[[Config], Bridge]]:
    """Start a bridge with other settings on the test's database."""
    with ExitStack() as stack:

        def start(config: Config) -> Bridge:
            database = Database(database_url)
            stack.callback(database.close)
            password = "correct horse battery"
            with database.connection() as conn:
                person = NewPerson(email="admin@example.com", role="admin", name="Admin", password=password)
                add_person(conn, system_actor(PROJECT), person)
                admin = authenticate(conn, person.email, password)
                assert admin is not None
                token = create_token(conn, admin, "tests")
                keys = [create_key(conn, PROJECT, kind) for kind in ("ingest", "sentry")]
            app = create_app(replace(config, database_url=database_url), database)
            url = stack.enter_context(serving(app))
            return Bridge(url, app, database, person.email, password, token, *keys)

        yield start


@pytest.fixture
def bridge(make_bridge: Callable[[Config], Bridge], bridge_config: Config) -> Bridge:
    """A running bridge with a fresh database, an admin with password and token, and an ingest key."""
    return make_bridge(bridge_config)
