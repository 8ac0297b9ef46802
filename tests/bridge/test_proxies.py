"""Forwarded headers are believed from named proxies, and from nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network
from typing import Any

import pytest

from openclaw_otel_bridge.proxies import TrustedProxies

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("::1"))


def seen(remote: str, **headers: str) -> tuple[str, str, str]:
    found: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        found.update(environ)
        return []

    environ = {"REMOTE_ADDR": remote, "wsgi.url_scheme": "http", "HTTP_HOST": "inner:8000"}
    TrustedProxies(app, TRUSTED)(environ | {f"HTTP_X_FORWARDED_{name}": value for name, value in headers.items()}, None)
    return found["REMOTE_ADDR"], found["wsgi.url_scheme"], found["HTTP_HOST"]


def test_a_named_proxy_is_believed() -> None:
    assert seen("10.0.0.1", FOR="203.0.113.9", PROTO="https", HOST="errors.example.com") == (
        "203.0.113.9",
        "https",
        "errors.example.com",
    )
    assert seen("::1", FOR="[2001:db8::1]:4711")[0] == "2001:db8::1"


def test_others_are_not() -> None:
    assert seen("203.0.113.1", FOR="1.2.3.4", PROTO="https", HOST="evil") == ("203.0.113.1", "http", "inner:8000")
    assert seen("", FOR="1.2.3.4")[0] == ""


def test_a_chain_ends_at_the_first_stranger() -> None:
    assert seen("10.0.0.1", FOR="1.1.1.1, 203.0.113.9, 10.0.0.2")[0] == "203.0.113.9"
    assert seen("10.0.0.1", FOR="10.0.0.3, 10.0.0.2")[0] == "10.0.0.3"


@pytest.mark.parametrize("bad", ["", "unknown", "<script>", ",,"])
def test_nonsense_changes_nothing(bad: str) -> None:
    assert seen("10.0.0.1", FOR=bad, PROTO="gopher") == ("10.0.0.1", "http", "inner:8000")
