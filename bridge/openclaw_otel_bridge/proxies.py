"""Believe X-Forwarded-* only from proxies the configuration names."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from openclaw_otel_bridge.config import Network

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class TrustedProxies:
    """WSGI middleware: the client's address, scheme and host as a trusted proxy saw them.

    Werkzeug's ProxyFix counts proxies; counting cannot tell a proxy from a client that invents the header.
    """

    def __init__(self, app: Wsgi, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if self._trusts(environ.get("REMOTE_ADDR", "")):
            self._believe(environ)
        return self._app(environ, start_response)

    def _believe(self, environ: Environ) -> None:
        hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        while hops:
            address = hops.pop().removeprefix("[").partition("]")[0]
            if not self._is_address(address):
                break
            environ["REMOTE_ADDR"] = address
            if not self._trusts(address):
                break
        scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
        if scheme in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        host = environ.get("HTTP_X_FORWARDED_HOST", "").rpartition(",")[2].strip()
        if host:
            environ["HTTP_HOST"] = host

    def _trusts(self, address: str) -> bool:
        if not self._is_address(address):
            return False
        parsed = ipaddress.ip_address(address)
        return any(parsed in network for network in self._trusted)

    @staticmethod
    def _is_address(text: str) -> bool:
        try:
            ipaddress.ip_address(text)
        except ValueError:
            return False
        return True
