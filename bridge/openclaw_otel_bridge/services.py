"""What every request handler needs, built once per process and reached through `services()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from flask import Flask, current_app

from openclaw_otel.pipeline import Pipeline
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake import Intake
from openclaw_otel_bridge.shared_numbers import SharedNumbers

EXTENSION = "openclaw"


def utc_now() -> datetime:
    """Return the time as the bridge stores it."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one running bridge process."""

    config: Config
    database: Database
    pipeline: Pipeline
    intake: Intake
    numbers: SharedNumbers
    """Of all web processes, for /metrics."""
    clock: Callable[[], datetime] = utc_now


def services() -> Services:
    """Return the services of the application that handles the current request."""
    return cast("Services", current_app.extensions[EXTENSION])


def intake_of(app: Flask) -> Intake:
    """Return the intake of an application, outside of any request."""
    return cast("Services", app.extensions[EXTENSION]).intake
