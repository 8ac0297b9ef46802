"""Handlers reach the services of their own application."""

from __future__ import annotations

from datetime import UTC

from openclaw_otel_bridge.app import create_app
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.services import intake_of, services, utc_now


def test_services_of_the_application() -> None:
    config, database = Config("postgresql://x"), Database("postgresql://x")
    app = create_app(config, database)
    with app.app_context():
        assert services().config is config
        assert services().database is database
        assert services().intake is intake_of(app)


def test_time_is_utc() -> None:
    assert utc_now().tzinfo is UTC
