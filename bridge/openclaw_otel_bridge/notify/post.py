"""One bounded HTTP POST of JSON to a robot: no redirects, a deadline, a small answer, nothing secret in errors."""

from __future__ import annotations

import ipaddress
import json
import socket
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from openclaw_otel_bridge.config import is_loopback
from openclaw_otel_bridge.notify.base import Channel, DeliveryError, redacted
from openclaw_otel_bridge.notify.faults import fault

CONNECT_SECONDS = 4.0
READ_SECONDS = 8.0
ANSWER_BYTES = 64 * 1024
SHOWN = 500
"""Characters of an answer that are kept."""


def post_json(channel: Channel, payload: Mapping[str, Any], *, private: bool) -> tuple[int, str, Any]:
    """Post and return HTTP status, the answer's text (redacted, cut) and its JSON object ({} when it is none).

    Raises:
        DeliveryError: no answer, a refusal by HTTP status, or an answer that is not JSON (a proxy's page).
    """
    import requests  # the worker alone sends, and only when there is something to send

    if not private:
        _refuse_private(channel)
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "openclaw-otel"}
    deadline = time.monotonic() + CONNECT_SECONDS + READ_SECONDS
    try:
        with requests.Session() as session:
            # a proxy of the environment cannot reach this machine's own robots
            session.trust_env = not is_loopback(urlsplit(channel.url).hostname or "")
            with session.post(
                channel.url,
                data=body,
                headers=headers,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                raw = _read(response.raw, deadline)
                status, retry_after = response.status_code, response.headers.get("Retry-After")
    except (requests.RequestException, OSError) as error:
        raise DeliveryError(_failure(error, channel)) from None  # its traceback holds the URL and so the key
    text = redacted(raw.decode("utf-8", "replace"), channel)[:SHOWN]
    _judge_status(status, text, retry_after)
    return status, text, _json(raw, status, text)


def _read(raw: Any, deadline: float) -> bytes:
    """Read the answer up to the cap; a robot that drips is given up at the deadline."""
    found = bytearray()
    while len(found) < ANSWER_BYTES:
        chunk = raw.read1(8192, decode_content=True)
        if not chunk:
            return bytes(found)
        found += chunk
        if time.monotonic() > deadline:
            raise TimeoutError("the answer did not end in time")
    return bytes(found)


def _failure(error: Exception, channel: Channel) -> str:
    import requests

    if isinstance(error, requests.Timeout | TimeoutError):
        return fault("late", seconds=f"{READ_SECONDS:.0f}")
    host = urlsplit(channel.url).hostname or "?"
    if isinstance(error, requests.exceptions.SSLError):
        return fault("tls", host=host, detail=redacted(str(error), channel)[:200])
    if isinstance(error, requests.ConnectionError):
        return fault("unreachable", host=host)
    return redacted(f"{type(error).__name__}: {error}", channel)[:200]


def _judge_status(status: int, text: str, retry_after: str | None) -> None:
    if status < 300:
        return
    if status == 429:
        seconds = float(retry_after) if retry_after and retry_after.isdigit() else None
        raise DeliveryError(fault("http_rate"), rate_limited=True, retry_after=seconds).seen(status, text)
    if status >= 500 or status == 408:
        raise DeliveryError(f"HTTP {status}").seen(status, text)
    if status < 400:
        raise DeliveryError(fault("redirect", status=status), channel_fault=True).seen(status, text)
    gone = status in (401, 403, 404, 405, 410)
    raise DeliveryError(f"HTTP {status}", permanent=True, channel_fault=gone).seen(status, text)


def _json(raw: bytes, status: int, text: str) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise DeliveryError(fault("not_json", status=status)).seen(status, text)
    return found


def _refuse_private(channel: Channel) -> None:
    """Refuse a URL that leads into this machine or a private network: an ops login must not reach those by it."""
    parts = urlsplit(channel.url)
    host = parts.hostname or ""
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    except (OSError, ValueError):
        raise DeliveryError(fault("unresolved", host=host)) from None
    for *_, address in found:
        if not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global:
            raise DeliveryError(fault("private", host=host), channel_fault=True)
