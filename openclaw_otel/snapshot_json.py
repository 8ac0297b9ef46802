"""The snapshot as JSON of a bounded size: what the log attribute carries and the bridge reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from openclaw_otel.record import Snapshot

SNAPSHOT_LIMIT = 64 * 1024
"""Bytes of the snapshot attribute."""
_HEADER_LIMIT = 512
_EMPTY = asdict(Snapshot())
_FIELDS = tuple(_EMPTY)


def encode_snapshot(snapshot: Snapshot, limit: int = SNAPSHOT_LIMIT) -> str:
    """Return the snapshot as JSON of at most `limit` bytes; bodies, then headers, then the URL are cut to fit."""
    text = _json(snapshot)
    if _size(text) <= limit:
        return text
    spare = limit - _frame(snapshot)
    if spare < limit // 4:
        snapshot = replace(
            snapshot,
            url=snapshot.url[: limit // 32],
            request_headers=_short_headers(snapshot.request_headers),
            response_headers=_short_headers(snapshot.response_headers),
        )
        spare = limit - _frame(snapshot)
    # The shorter body stays whole where it can: the answer's first line tells more than half of both.
    request = _cut(snapshot.request_body, max(spare // 2, spare - _quoted(snapshot.response_body)))
    response = _cut(snapshot.response_body, spare - _quoted(request))
    return _json(
        replace(
            snapshot,
            request_body=request,
            response_body=response,
            request_truncated=snapshot.request_truncated or request != snapshot.request_body,
            response_truncated=snapshot.response_truncated or response != snapshot.response_body,
        )
    )


def decode_snapshot(text: Any) -> Snapshot | None:
    """Return the snapshot of an attribute, or None when there is none that can be read."""
    try:
        data = json.loads(text)
        if not isinstance(data, dict):
            return None
        known = {name: data[name] for name in _FIELDS if name in data}
        snapshot = Snapshot(**known)
    except (TypeError, ValueError, KeyError, RecursionError):
        return None
    return snapshot if _is_sound(snapshot) else None


def _is_sound(snapshot: Snapshot) -> bool:
    texts = (snapshot.method, snapshot.url, snapshot.request_body, snapshot.response_body)
    numbers = (snapshot.status, snapshot.elapsed, snapshot.attempt)
    return (
        all(isinstance(value, str) for value in texts)
        and all(isinstance(value, int | float | None) for value in numbers)
        and all(isinstance(value, dict) for value in (snapshot.request_headers, snapshot.response_headers))
    )


def _json(snapshot: Snapshot) -> str:
    # 0.0 seconds is a value; what equals its default is not worth sending.
    data = {name: value for name, value in asdict(snapshot).items() if value != _EMPTY[name]}
    return str(valid_text(json.dumps(data, ensure_ascii=False, separators=(",", ":"))))


def _frame(snapshot: Snapshot) -> int:
    """Return the bytes of everything but the bodies, keys and truncation marks included."""
    marked = replace(snapshot, request_body="x", response_body="x", request_truncated=True, response_truncated=True)
    return _size(_json(marked)) - 2 * _quoted("x")


def _quoted(text: str) -> int:
    return _size(json.dumps(text, ensure_ascii=False))


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _cut(text: str, limit: int) -> str:
    """Return the longest head of `text` whose JSON form has at most `limit` bytes."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _quoted(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return text[:low]


def _short_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name[:64]: value[:_HEADER_LIMIT] for name, value in list(headers.items())[:16]}


def valid_text(value: Any) -> Any:
    """Return texts without lone surrogates: one of them would make the exporter lose the whole batch."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, tuple):
        return tuple(map(valid_text, value))
    return value
