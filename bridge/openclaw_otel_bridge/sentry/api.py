"""Two calls of Sentry's API, bounded in time, each failure told apart: worth another try or not.

https://docs.sentry.io/api/events/update-an-issue/
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from openclaw_otel_bridge.sentry.settings import SentrySettings

log = logging.getLogger(__name__)
SECONDS = (4.0, 10.0)
"""To connect, and between two bytes."""
LARGEST = 4 * 1024 * 1024
LONGEST_WAIT = 86_400.0
"""Seconds of a Retry-After that are believed."""


class SentryError(Exception):
    """Sentry did not do it; `permanent`: nor will it when asked again. `retry_after` in seconds."""

    def __init__(self, message: str, *, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after


class SentryApi:
    """Calls as one integration."""

    def __init__(self, settings: SentrySettings) -> None:
        self._settings = settings

    def update_issue(self, sentry_id: str, changes: Mapping[str, Any]) -> None:
        """Change what `changes` names of an issue: `status`, `assignedTo`. Raises SentryError."""
        self._call("PUT", f"{quote(sentry_id, safe='')}/", changes)

    def latest_event(self, sentry_id: str) -> Mapping[str, Any]:
        """Return the latest event of an issue. Raises SentryError."""
        return self._call("GET", f"{quote(sentry_id, safe='')}/events/latest/")

    def _call(self, method: str, path: str, data: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        import requests  # the worker alone calls, and only where an integration is set up
        from urllib3.exceptions import HTTPError  # what reading the raw answer raises

        base = self._settings.base_url.rstrip("/")
        url = f"{base}/api/0/organizations/{quote(self._settings.organization, safe='')}/issues/{path}"
        headers = {"Authorization": f"Bearer {self._settings.auth_token}", "User-Agent": "openclaw-otel"}
        try:
            with requests.request(
                method, url, json=data, headers=headers, timeout=SECONDS, allow_redirects=False, stream=True
            ) as response:
                status, retry_after = response.status_code, response.headers.get("Retry-After", "")
                raw = response.raw.read(LARGEST, decode_content=True)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise SentryError(f"{method} {path}: {type(error).__name__}") from None
        if status >= 300:
            again = status in (408, 429) or status >= 500
            seconds = min(float(retry_after), LONGEST_WAIT) if retry_after.isdecimal() else None
            raise SentryError(f"{method} {path}: HTTP {status}", permanent=not again, retry_after=seconds)
        return _json(raw, method, path)


def _json(raw: bytes, method: str, path: str) -> Mapping[str, Any]:
    import orjson

    try:
        found = orjson.loads(raw) if raw.strip() else {}
    except ValueError:
        raise SentryError(f"{method} {path}: the answer is not JSON", permanent=True) from None
    return found if isinstance(found, dict) else {}
