"""The `[sentry.<name>]` tables of openclaw.toml (docs/sentry.md)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from openclaw_otel import config as library
from openclaw_otel.errors import ConfigError

FILE = "OPENCLAW_OTEL_CONFIG"
HOSTED = "https://sentry.io"


@dataclass(frozen=True, slots=True)
class SentrySettings:
    """One internal integration. Secrets are kept out of its repr."""

    name: str
    organization: str
    client_secret: str = field(repr=False)
    auth_token: str = field(default="", repr=False)
    """Of the integration, with event:write; without one Sentry is only listened to."""
    app_id: str = ""
    """The integration's own id: what it does itself comes back as a webhook of this actor."""
    base_url: str = HOSTED
    project: str = "default"
    """Slug of the project whose issues are linked."""


def load_settings(environ: Mapping[str, str] | None = None) -> dict[str, SentrySettings]:
    """Return the integrations of openclaw.toml by name.

    Raises:
        ConfigError: a table is bad; the message names table and key.
    """
    env = os.environ if environ is None else environ
    tables = library.read_file(env).get("sentry", {})
    if not isinstance(tables, dict):
        raise ConfigError(FILE, "sentry: write a table [sentry.<name>] for each integration")
    return {name: _settings(name, table, env) for name, table in tables.items()}


def _settings(name: str, table: Any, env: Mapping[str, str]) -> SentrySettings:
    if not isinstance(table, dict):
        raise ConfigError(FILE, f"sentry.{name} is not a table: write [sentry.{name}]")
    known = set(SentrySettings.__dataclass_fields__) - {"name"}
    for key, value in table.items():
        if key not in known:
            raise ConfigError(FILE, f"[sentry.{name}]: unknown key {key!r}; known: {', '.join(sorted(known))}")
        if not isinstance(value, str):
            raise ConfigError(FILE, f"[sentry.{name}]: {key} is not text")
    for key in ("organization", "client_secret"):
        if not table.get(key):
            raise ConfigError(FILE, f"[sentry.{name}]: {key} is missing")
    values = dict(table)
    for key in ("client_secret", "auth_token"):
        if key in values:
            values[key] = library.reference(values[key], f"integration sentry.{name}", env)
    parts = urlsplit(values.get("base_url", HOSTED))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(FILE, f"[sentry.{name}]: base_url is no URL such as https://sentry.io")
    return SentrySettings(name=name, **values)
