"""Every variable is read, every bad one is named, nothing unsafe goes public."""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from openclaw_otel.errors import ConfigError
from openclaw_otel_bridge.config import SECRETS, VARIABLES, Config, SpoolSettings, is_loopback

URL = "postgresql://u:a-long-password@db:5432/openclaw"
STRONG = {
    "DATABASE_URL": URL,
    "OPENCLAW_OTEL_BIND": "0.0.0.0",
    "SECRET_KEY": "0123456789abcdef" * 2,
    "JWT_SECRET": "fedcba9876543210" * 2,
    "OPENCLAW_OTEL_METRICS_TOKEN": "0123456789abcdef",
}


def test_defaults() -> None:
    config = Config.from_env({"DATABASE_URL": URL})
    assert (config.bind, config.port, config.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert config.intake.max_body_bytes == 64 * 1024 * 1024
    assert (config.retention.events, config.retention.spans, config.retention.inbox) == (30, 7, 14)
    assert not config.is_public
    assert config.intake.new_issues == 200


def test_values(tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    (tmp_path / "secret").write_text("from a file, thirty-two characters!\n")
    config = Config.from_env(
        {
            "DATABASE_URL": URL,
            "SECRET_KEY_FILE": str(tmp_path / "secret"),
            "OPENCLAW_OTEL_ENCRYPTION_KEYS": f"{key},{key}",
            "OPENCLAW_OTEL_TRUSTED_PROXIES": "10.0.0.1, 192.168.0.0/16,::1",
            "OPENCLAW_OTEL_PUBLIC_URL": "https://errors.example.com/",
            "OPENCLAW_OTEL_FLUSH_MS": "20",
            "OPENCLAW_OTEL_NEW_ISSUES_PER_MINUTE": "0",
            "OPENCLAW_OTEL_LOG_LEVEL": "Debug",
            "OPENCLAW_OTEL_PRIVATE_CHANNELS": "yes",
            "OPENCLAW_OTEL_PLUGINS": "redact",
            "OPENCLAW_OTEL_SPOOL_DIR": "/var/spool/x",
            "OPENCLAW_OTEL_SPOOL_FILES": "7",
        }
    )
    assert config.secret_key == "from a file, thirty-two characters!"
    assert config.encryption_keys == (key, key)
    assert config.trusted_proxies == tuple(map(ip_network, ("10.0.0.1/32", "192.168.0.0/16", "::1/128")))
    assert config.public_url == "https://errors.example.com"
    assert config.intake.flush_seconds == 0.02
    assert config.intake.new_issues == 0
    assert config.log_level == "DEBUG"
    assert config.private_channels
    assert config.spool == SpoolSettings("/var/spool/x", files=7)
    assert config.library.plugins == ("redact",)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("OPENCLAW_OTEL_PUBLC_URL", "https://x", "did you mean OPENCLAW_OTEL_PUBLIC_URL"),
        ("OPENCLAW_OTEL_SOMETHING", "x", "no setting"),
        ("OPENCLAW_OTEL_PORT_FILE", "x", "no setting"),
        ("DATABASE_URL", "", "is not set"),
        ("DATABASE_URL", "mysql://x/y", "not a PostgreSQL URL"),
        ("OPENCLAW_OTEL_PORT", "http", "whole number from 1 to 65535"),
        ("OPENCLAW_OTEL_PORT", "70000", "whole number"),
        ("OPENCLAW_OTEL_QUEUE_ITEMS", "-1", "whole number"),
        ("OPENCLAW_OTEL_PUBLIC_URL", "errors.example.com", "http(s) URL"),
        ("OPENCLAW_OTEL_TRUSTED_PROXIES", "proxy.local", "address or network"),
        ("OPENCLAW_OTEL_ENCRYPTION_KEYS", "short", "base64"),
        ("OPENCLAW_OTEL_LOG_LEVEL", "loud", "none of debug"),
        ("OPENCLAW_OTEL_PRIVATE_CHANNELS", "maybe", "boolean"),
        ("OPENCLAW_OTEL_CATALOG_DIR", "/nowhere/at/all", "not a folder"),
    ],
)
def test_bad_values_are_named(name: str, value: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(problem)) as caught:
        Config.from_env({"DATABASE_URL": URL, name: value})
    assert caught.value.variable == name
    assert str(caught.value).startswith(f"{name}: ")


def test_an_unreadable_secret_file_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^SECRET_KEY_FILE: cannot be read"):
        Config.from_env({"DATABASE_URL": URL, "SECRET_KEY_FILE": "/nowhere/at/all"})


def test_a_strong_public_bind_starts() -> None:
    assert Config.from_env(STRONG).is_public
    socket = {**STRONG, "DATABASE_URL": "postgresql://openclaw@/openclaw?host=%2Frun%2Fpg"}
    assert Config.from_env(socket).is_public


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "local-use-only"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 40),
        ("JWT_SECRET", ""),
        ("DATABASE_URL", "postgresql://u@db/openclaw"),
        ("DATABASE_URL", "postgresql://postgres:postgres@db/openclaw"),
        ("DATABASE_URL", "postgresql://u:change%2Dme@db/openclaw"),
        ("OPENCLAW_OTEL_METRICS_TOKEN", ""),
    ],
)
def test_a_weak_public_bind_does_not(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name}: ") as caught:
        Config.from_env({**STRONG, name: value})
    assert value == "" or value not in str(caught.value) or len(value) < 8
    Config.from_env({**STRONG, name: value, "OPENCLAW_OTEL_BIND": "127.0.0.1"})


def test_secrets_are_not_printed() -> None:
    text = repr(Config.from_env(STRONG))
    assert STRONG["SECRET_KEY"] not in text
    assert "a-long-password" not in text


def test_loopback() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "errors.example.com", "")))


def test_every_variable_has_a_meaning() -> None:
    assert all(meaning.strip() for meaning in (*VARIABLES.values(), *SECRETS.values()))
