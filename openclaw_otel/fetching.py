"""Fetching a platform's public key or certificate: HTTPS only, bounded, cached, no redirects."""

from __future__ import annotations

import http.client
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from functools import cache

MAX_KEY_BYTES = 256 * 1024
_KEY_SECONDS = 3600.0
_MAX_KEYS = 64


@cache
def default_fetch() -> KeyCache:
    """Return the process's own fetcher, so that all adapters share one cache."""
    return KeyCache()


class KeyCache:
    """Brings small public files over HTTPS: no redirects, 5 s, 256 KiB, kept for an hour. Thread safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, trust: ssl.SSLContext | None = None) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, bytes]] = {}
        self._opener = urllib.request.build_opener(_NoRedirect, urllib.request.HTTPSHandler(context=trust))

    def __call__(self, url: str, headers: Mapping[str, str] | None = None) -> bytes:
        """Return the bytes at `url`; `headers` go with the request when one is made.

        Raises:
            OSError: it cannot be had, is too large, or is not https.
        """
        with self._lock:
            kept = self._kept.get(url)
        if kept is not None and self._clock() - kept[0] < _KEY_SECONDS:
            return kept[1]
        data = self._get(url, headers or {})
        with self._lock:
            if len(self._kept) >= _MAX_KEYS:
                self._kept.pop(min(self._kept, key=lambda key: self._kept[key][0]))
            self._kept[url] = (self._clock(), data)
        return data

    def _get(self, url: str, headers: Mapping[str, str]) -> bytes:
        if not url.startswith("https://"):
            raise OSError(f"{url[:60]} is not https")
        try:
            request = urllib.request.Request(url, headers=dict(headers))  # https alone: checked above
            with self._opener.open(request, timeout=5) as answer:
                data: bytes = answer.read(MAX_KEY_BYTES + 1)
        except (ValueError, http.client.HTTPException) as error:
            raise OSError(f"not a URL that can be fetched: {error}") from error
        if len(data) > MAX_KEY_BYTES:
            raise OSError(f"{url} is larger than {MAX_KEY_BYTES} bytes")
        return data


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        """Follow nothing: the host was checked, the redirect's would not be."""
