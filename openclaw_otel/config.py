"""The library's settings, read once per process from the environment and `openclaw.toml`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openclaw_otel.errors import ConfigError

VARIABLES: Mapping[str, str] = {
    "OPENCLAW_OTEL_PLUGINS": "load only these plugins (comma separated names); empty: all that are installed",
    "OPENCLAW_OTEL_TRACE_PLUGINS": "1: log each processor call with its time",
    "OPENCLAW_OTEL_CATALOG_DIR": "folder with catalog override files (<platform>.json)",
    "OPENCLAW_OTEL_REDACTION_RULES": "JSON file with redaction rules of your own",
    "OPENCLAW_OTEL_HASH_KEY": "key of the buyer hash (HMAC); or OPENCLAW_OTEL_HASH_KEY_FILE",
    "OPENCLAW_OTEL_CONFIG": "path of openclaw.toml; default ./openclaw.toml when it exists",
}
"""Library variables → meaning. The bridge adds its own; any other OPENCLAW_OTEL_* is an error there."""


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """One `[[stores]]` table of openclaw.toml."""

    name: str
    platform: str
    base_url: str | None = None
    identifiers: tuple[str, ...] = ()
    """What the platform calls this account: shop domain, seller id, shop id."""
    webhook_secrets: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Extra arguments of verify_webhook_signature (`webhook_id`, `app_key`, `callback_url`, …)."""
    retry: Mapping[str, Any] = field(default_factory=dict)
    project: str = "default"


_KINDS: Mapping[str, tuple[type, str]] = {
    "name": (str, "text"),
    "platform": (str, "text"),
    "base_url": (str, "text"),
    "identifiers": (list, "a list of texts"),
    "webhook_secrets": (list, "a list of texts"),
    "parameters": (dict, "a table"),
    "retry": (dict, "a table"),
    "project": (str, "text"),
}
"""Key of a store → what it holds, and how that is called."""


@dataclass(frozen=True, slots=True)
class Config:
    """Settings every plugin is given."""

    plugins: tuple[str, ...] = ()
    trace_plugins: bool = False
    catalog_dir: Path | None = None
    redaction_rules: Path | None = None
    hash_key: bytes = b""
    stores: tuple[StoreConfig, ...] = ()
    custom_platforms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """`[platforms.<name>]` tables: what a `custom:<name>` adapter is made of."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Config:
        """Return the settings of `environ` (default: os.environ).

        Raises:
            ConfigError: a value is bad; the message begins with the variable's name.
        """
        env = os.environ if environ is None else environ
        file = read_file(env)
        return cls(
            plugins=tuple(name.strip() for name in env.get("OPENCLAW_OTEL_PLUGINS", "").split(",") if name.strip()),
            trace_plugins=flag(env, "OPENCLAW_OTEL_TRACE_PLUGINS"),
            catalog_dir=_path(env, "OPENCLAW_OTEL_CATALOG_DIR", directory=True),
            redaction_rules=_path(env, "OPENCLAW_OTEL_REDACTION_RULES", directory=False),
            hash_key=secret(env, "OPENCLAW_OTEL_HASH_KEY").encode(),
            stores=tuple(_store(table, env) for table in _tables(file)),
            custom_platforms=_platforms(file),
        )


def secret(env: Mapping[str, str], name: str) -> str:
    """Return a secret from NAME, or from the file NAME_FILE points to; "" when neither is set."""
    path = env.get(f"{name}_FILE")
    if path and not env.get(name):
        try:
            return Path(path).read_text("utf-8").strip()
        except OSError as error:
            raise ConfigError(f"{name}_FILE", f"cannot be read: {error.strerror}") from error
    return env.get(name, "")


def flag(env: Mapping[str, str], name: str, default: bool = False) -> bool:
    """Return a boolean variable: 1, true, yes, on or 0, false, no, off."""
    value = env.get(name, "").strip().lower()
    if not value:
        return default
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ConfigError(name, f"{value!r} is not a boolean; use 1 or 0")


def _path(env: Mapping[str, str], name: str, *, directory: bool) -> Path | None:
    value = env.get(name)
    if not value:
        return None
    path = Path(value)
    if not (path.is_dir() if directory else path.is_file()):
        raise ConfigError(name, f"{value} is not a {'folder' if directory else 'file'} that can be read")
    return path


def read_file(env: Mapping[str, str]) -> dict[str, Any]:
    """Return openclaw.toml as it is; empty where there is none."""
    named = env.get("OPENCLAW_OTEL_CONFIG")
    path = Path(named or "openclaw.toml")
    if not path.is_file():
        if named:
            raise ConfigError("OPENCLAW_OTEL_CONFIG", f"{named} does not exist")
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError("OPENCLAW_OTEL_CONFIG", f"{path}: {error}") from error


def _tables(file: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    tables = file.get("stores", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError("OPENCLAW_OTEL_CONFIG", "stores: write [[stores]], with two brackets, above each store")
    return tables


def _platforms(file: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    tables = file.get("platforms", {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise ConfigError("OPENCLAW_OTEL_CONFIG", "platforms: write [platforms.<name>] above each platform")
    return tables


def _store(table: Mapping[str, Any], env: Mapping[str, str]) -> StoreConfig:
    for key in ("name", "platform"):
        if not isinstance(table.get(key), str):
            raise ConfigError("OPENCLAW_OTEL_CONFIG", f"[[stores]]: {key} is missing or not text")
    owner = f"store {table['name']}"
    for key, value in table.items():
        if key not in _KINDS:
            raise ConfigError("OPENCLAW_OTEL_CONFIG", f"{owner}: unknown key {key!r}")
        kind, word = _KINDS[key]
        if not isinstance(value, kind) or (
            isinstance(value, list) and not all(isinstance(item, str) for item in value)
        ):
            raise ConfigError("OPENCLAW_OTEL_CONFIG", f"{owner}: {key} is not {word}")
    lists = {key: tuple(table.get(key, ())) for key in ("identifiers", "webhook_secrets")}
    lists["webhook_secrets"] = tuple(reference(value, owner, env) for value in lists["webhook_secrets"])
    return StoreConfig(**{**table, **lists})


def reference(value: str, owner: str, env: Mapping[str, str]) -> str:
    """Resolve `env:NAME` and `file:/path`; anything else is refused, so that no secret lies in the file."""
    kind, _, rest = value.partition(":")
    if kind == "env":
        found = secret(env, rest)
        if not found:
            raise ConfigError(rest, f"is empty, but the {owner} of openclaw.toml refers to it")
        return found
    if kind == "file":
        return secret({"X_FILE": rest}, "X")
    raise ConfigError("OPENCLAW_OTEL_CONFIG", f"{owner}: a secret is written env:NAME or file:/path")
