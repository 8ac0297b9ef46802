"""From an exchange to the snapshot a person reads: text, capped, truncation marked."""

from __future__ import annotations

from openclaw_otel.record import Exchange, Snapshot

BODY_CAP = 24 * 1024
"""Bytes kept of each body, so that a snapshot stays under the 64 KiB of its attribute."""


def body_text(body: bytes, cap: int = BODY_CAP) -> tuple[str, bool]:
    """Return a body as text cut to `cap` bytes on a character boundary, and whether it was cut."""
    return body[:cap].decode("utf-8", "replace" if len(body) <= cap else "ignore"), len(body) > cap


def snapshot_of(exchange: Exchange) -> Snapshot:
    """Return the (still raw) snapshot of an exchange."""
    request_body, request_cut = body_text(exchange.request_body)
    response_body, response_cut = body_text(exchange.response_body)
    return Snapshot(
        method=exchange.method,
        url=exchange.url,
        request_headers=dict(exchange.request_headers),
        request_body=request_body,
        status=exchange.status,
        response_headers=dict(exchange.response_headers),
        response_body=response_body,
        elapsed=exchange.elapsed,
        attempt=exchange.attempt,
        request_truncated=exchange.request_truncated or request_cut,
        response_truncated=exchange.response_truncated or response_cut,
    )
