"""Every setting of the bridge, read once per process from the environment; a bad one stops the start by name."""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from cryptography.fernet import Fernet

from openclaw_otel import config as library
from openclaw_otel.errors import ConfigError
from openclaw_otel_bridge.sentry.settings import SentrySettings, load_settings

LOCAL_SECRET = "local-use-only"
"""No secret: refused wherever others could reach the bridge."""
SHORTEST_SECRET = 32
WEAK_PASSWORDS = frozenset({"", "postgres", "password", "openclaw", "changeme", "change-me", "secret", "admin"})
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_T = TypeVar("_T")

SECRETS: Mapping[str, str] = {
    "DATABASE_URL": "PostgreSQL 14 or newer: postgresql://user:password@host:5432/name",
    "SECRET_KEY": "signs browser sessions; at least 32 characters",
    "JWT_SECRET": "signs action links and API tokens; at least 32 characters",
    "OPENCLAW_OTEL_ENCRYPTION_KEYS": "Fernet keys, newest first, comma separated: stored credentials are encrypted",
    "OPENCLAW_OTEL_METRICS_TOKEN": "bearer token that /metrics asks for; needed on a public bind",
}
"""Secret variables → meaning; each may come as NAME_FILE, a file that holds it."""

VARIABLES: Mapping[str, str] = {
    "OPENCLAW_OTEL_BIND": "address the web process listens on; default 127.0.0.1",
    "OPENCLAW_OTEL_PORT": "port the web process listens on; default 8000",
    "OPENCLAW_OTEL_PUBLIC_URL": "URL people and platforms reach the bridge by; default http://<bind>:<port>",
    "OPENCLAW_OTEL_TRUSTED_PROXIES": "addresses or networks whose X-Forwarded-* are believed, comma separated",
    "OPENCLAW_OTEL_PROCESSES": "web processes; default 2",
    "OPENCLAW_OTEL_THREADS": "threads of each web process; default 16",
    "OPENCLAW_OTEL_POOL_SIZE": "database connections of each web process for pages and API; default 8",
    "OPENCLAW_OTEL_MAX_BODY_BYTES": "largest telemetry request after decompression; default 67108864 (64 MiB)",
    "OPENCLAW_OTEL_QUEUE_ITEMS": "events waiting for their commit in one process before 503; default 20000",
    "OPENCLAW_OTEL_FLUSH_ITEMS": "events of one transaction; default 2000",
    "OPENCLAW_OTEL_FLUSH_MS": "milliseconds a transaction waits for company; default 5",
    "OPENCLAW_OTEL_NEW_ISSUES_PER_MINUTE": "new issues of a project within a minute; further kinds share one overflow "
    "issue, from which they can be unfolded; default 200, 0: no limit",
    "OPENCLAW_OTEL_SPOOL_DIR": "directory in which webhooks wait for a database that is gone or slow; without one: 503",
    "OPENCLAW_OTEL_SPOOL_BYTES": "bytes that may wait there; default 268435456 (256 MiB)",
    "OPENCLAW_OTEL_SPOOL_FILES": "webhooks that may wait there; default 20000",
    "OPENCLAW_OTEL_EVENT_DAYS": "days events and snapshots are kept; default 30",
    "OPENCLAW_OTEL_SPAN_DAYS": "days spans are kept; default 7",
    "OPENCLAW_OTEL_INBOX_DAYS": "days webhook deliveries are kept; default 14",
    "OPENCLAW_OTEL_ACTIVITY_DAYS": "days audit and activity are kept; default 400",
    "OPENCLAW_OTEL_TRACE_URL": "link to a trace elsewhere, {trace_id} and {span_id} filled in (Jaeger, Grafana, …)",
    "OPENCLAW_OTEL_SESSION_HOURS": "hours a login lasts; default 12",
    "OPENCLAW_OTEL_PRIVATE_CHANNELS": "1: notification URLs may point at private addresses",
    "OPENCLAW_OTEL_LOG_LEVEL": "debug, info, warning or error; default info",
}
"""Other variables of the bridge → meaning; the library's are in `openclaw_otel.config.VARIABLES`."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Days things are kept."""

    events: int = 30
    spans: int = 7
    inbox: int = 14
    activity: int = 400


@dataclass(frozen=True, slots=True)
class IntakeSettings:
    """Bounds of intake: bytes of a decompressed request, items queued and flushed, seconds a flush waits.

    `new_issues`: of one project within a minute before further kinds share an overflow issue; 0 is no limit.
    """

    max_body_bytes: int = 64 * 1024 * 1024
    queue_items: int = 20_000
    flush_items: int = 2000
    flush_seconds: float = 0.005
    new_issues: int = 200


@dataclass(frozen=True, slots=True)
class SpoolSettings:
    """Where webhooks wait that cannot be committed in time ("": nowhere), and how much of them."""

    folder: str = ""
    size: int = 256 * 1024 * 1024
    files: int = 20_000


@dataclass(frozen=True, slots=True)
class Config:
    """The bridge's settings. Secrets are kept out of its repr."""

    database_url: str = field(repr=False)
    secret_key: str = field(default=LOCAL_SECRET, repr=False)
    jwt_secret: str = field(default=LOCAL_SECRET, repr=False)
    encryption_keys: tuple[str, ...] = field(default=(), repr=False)
    metrics_token: str = field(default="", repr=False)
    bind: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    trusted_proxies: tuple[Network, ...] = ()
    processes: int = 2
    threads: int = 16
    pool_size: int = 8
    intake: IntakeSettings = IntakeSettings()
    retention: Retention = Retention()
    spool: SpoolSettings = SpoolSettings()
    trace_url: str = ""
    session_hours: int = 12
    private_channels: bool = False
    log_level: str = "INFO"
    library: library.Config = field(default_factory=library.Config)
    sentry: Mapping[str, SentrySettings] = field(default_factory=dict)
    """Internal integrations of Sentry by name: `[sentry.<name>]` of openclaw.toml."""

    @property
    def is_public(self) -> bool:
        """Say whether others than this machine can reach the bind address."""
        return not is_loopback(self.bind)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Config:
        """Return the settings of `environ` (default: os.environ).

        Raises:
            ConfigError: a variable is unknown, missing, bad, or unsafe with this bind; the message names it.
        """
        env = os.environ if environ is None else environ
        refuse_unknown(env)
        read = _Reader(env)
        bind, port = read.text("OPENCLAW_OTEL_BIND", "127.0.0.1"), read.number("OPENCLAW_OTEL_PORT", 8000, 1, 65535)
        config = cls(
            database_url=_database_url(read.secret("DATABASE_URL", "")),
            secret_key=read.secret("SECRET_KEY", LOCAL_SECRET),
            jwt_secret=read.secret("JWT_SECRET", LOCAL_SECRET),
            encryption_keys=read.each("OPENCLAW_OTEL_ENCRYPTION_KEYS", _fernet_key),
            metrics_token=read.secret("OPENCLAW_OTEL_METRICS_TOKEN", ""),
            bind=bind,
            port=port,
            public_url=read.url("OPENCLAW_OTEL_PUBLIC_URL", f"http://{_url_host(bind)}:{port}"),
            trusted_proxies=read.each("OPENCLAW_OTEL_TRUSTED_PROXIES", _network),
            processes=read.number("OPENCLAW_OTEL_PROCESSES", 2, 1, 256),
            threads=read.number("OPENCLAW_OTEL_THREADS", 16, 2, 1024),
            pool_size=read.number("OPENCLAW_OTEL_POOL_SIZE", 8, 1, 1000),
            intake=IntakeSettings(
                max_body_bytes=read.number("OPENCLAW_OTEL_MAX_BODY_BYTES", 64 * 1024 * 1024, 1024, 2**31 - 1),
                queue_items=read.number("OPENCLAW_OTEL_QUEUE_ITEMS", 20_000, 1, 10_000_000),
                flush_items=read.number("OPENCLAW_OTEL_FLUSH_ITEMS", 2000, 1, 10_000),
                flush_seconds=read.number("OPENCLAW_OTEL_FLUSH_MS", 5, 0, 1000) / 1000,
                new_issues=read.number("OPENCLAW_OTEL_NEW_ISSUES_PER_MINUTE", 200, 0, 1_000_000),
            ),
            retention=Retention(
                events=read.number("OPENCLAW_OTEL_EVENT_DAYS", 30, 1, 3650),
                spans=read.number("OPENCLAW_OTEL_SPAN_DAYS", 7, 1, 3650),
                inbox=read.number("OPENCLAW_OTEL_INBOX_DAYS", 14, 1, 3650),
                activity=read.number("OPENCLAW_OTEL_ACTIVITY_DAYS", 400, 1, 36500),
            ),
            spool=SpoolSettings(
                folder=read.text("OPENCLAW_OTEL_SPOOL_DIR", ""),
                size=read.number("OPENCLAW_OTEL_SPOOL_BYTES", 256 * 1024 * 1024, 1024, 2**40),
                files=read.number("OPENCLAW_OTEL_SPOOL_FILES", 20_000, 1, 1_000_000),
            ),
            trace_url=read.text("OPENCLAW_OTEL_TRACE_URL", ""),
            session_hours=read.number("OPENCLAW_OTEL_SESSION_HOURS", 12, 1, 8760),
            private_channels=library.flag(env, "OPENCLAW_OTEL_PRIVATE_CHANNELS"),
            log_level=read.choice("OPENCLAW_OTEL_LOG_LEVEL", "info", ("debug", "info", "warning", "error")).upper(),
            library=library.Config.from_env(env),
            sentry=load_settings(env),
        )
        if config.is_public:
            refuse_unsafe(config)
        return config


def refuse_unknown(env: Mapping[str, str]) -> None:
    """Raise ConfigError for an OPENCLAW_OTEL_* variable nobody reads: a typo must not pass in silence."""
    known = {*library.VARIABLES, *VARIABLES, *SECRETS, *(f"{name}_FILE" for name in SECRETS)}
    known |= {f"{name}_FILE" for name in library.VARIABLES if f"{name}_FILE" in library.VARIABLES[name]}
    for name in sorted(env):
        if name.startswith("OPENCLAW_OTEL_") and name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise ConfigError(name, "is no setting of openclaw-otel" + (f"; did you mean {near[0]}?" if near else ""))


def refuse_unsafe(config: Config) -> None:
    """Raise ConfigError for secrets that must not guard a bridge others can reach."""
    where = f"the bridge would listen on {config.bind}, where others can reach it"
    for name, value in (("SECRET_KEY", config.secret_key), ("JWT_SECRET", config.jwt_secret)):
        if value == LOCAL_SECRET or len(value) < SHORTEST_SECRET or len(set(value)) < 8:
            raise ConfigError(
                name,
                f"{where}: set a random value of at least {SHORTEST_SECRET} characters, "
                "for example from `openssl rand -hex 32`, or bind to 127.0.0.1",
            )
    parts = urlsplit(config.database_url)
    if unquote(parts.password or "").lower() in WEAK_PASSWORDS and not _by_socket(config.database_url):
        raise ConfigError("DATABASE_URL", f"{where}: the database has no password or a default one")
    if len(config.metrics_token) < 16:
        raise ConfigError("OPENCLAW_OTEL_METRICS_TOKEN", f"{where}: set a token of at least 16 characters for /metrics")


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class _Reader:
    """Typed look-ups in one environment."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def text(self, name: str, default: str) -> str:
        return self._env.get(name, "").strip() or default

    def secret(self, name: str, default: str) -> str:
        return library.secret(self._env, name) or default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        text = self.text(name, str(default))
        if not text.isdecimal() or not low <= int(text) <= high:
            raise ConfigError(name, f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        text = self.text(name, default).lower()
        if text not in allowed:
            raise ConfigError(name, f"{text!r} is none of {', '.join(allowed)}")
        return text

    def url(self, name: str, default: str) -> str:
        text = self.text(name, default)
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ConfigError(name, f"{text!r} is not an http(s) URL such as https://errors.example.com")
        return text.rstrip("/")

    def each(self, name: str, read: Callable[[str, str], _T]) -> tuple[_T, ...]:
        text = library.secret(self._env, name)
        return tuple(read(name, item.strip()) for item in text.split(",") if item.strip())


def _database_url(text: str) -> str:
    if not text:
        raise ConfigError("DATABASE_URL", f"is not set; {SECRETS['DATABASE_URL']} (or use `openclaw-otel up`)")
    if urlsplit(text).scheme not in ("postgresql", "postgres"):
        raise ConfigError("DATABASE_URL", "is not a PostgreSQL URL (postgresql://user:password@host:5432/name)")
    return text


def _by_socket(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.hostname or "host=%2F" in parts.query or "host=/" in parts.query


def _network(name: str, text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ConfigError(name, f"{text!r} is not an address or network such as 10.0.0.0/8") from error


def _fernet_key(name: str, text: str) -> str:
    try:
        Fernet(text)
    except ValueError as error:
        raise ConfigError(name, "holds a key that is not 32 bytes in URL-safe base64 (`openclaw-otel init`)") from error
    return text


def _url_host(bind: str) -> str:
    if bind in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{bind}]" if ":" in bind else bind
