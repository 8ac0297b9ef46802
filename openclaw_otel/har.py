"""HAR 1.2 entries ↔ exchanges (http://www.softwareishard.com/blog/har-12-spec/), tolerant of what tools leave out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from openclaw_otel.bodies import items, mapping, text
from openclaw_otel.http_values import timestamp
from openclaw_otel.record import ExceptionInfo, Exchange, Headers


class HarError(ValueError):
    """An entry cannot be read; the message names the key."""


def exchange_from_har(entry: Any, exception: ExceptionInfo | None = None) -> Exchange:
    """Return the exchange of one HAR entry; status 0 or no response means that no answer came.

    Raises:
        HarError: there is no request, or it has no URL.
    """
    request = mapping(mapping(entry).get("request"))
    if not request:
        raise HarError("request is missing: a HAR entry has request.method and request.url")
    url = text(request.get("url"))
    if not url:
        raise HarError("request.url is missing or not text")
    response = mapping(mapping(entry).get("response"))
    content = mapping(response.get("content"))
    status = response.get("status")
    elapsed = mapping(entry).get("time")
    return Exchange(
        method=text(request.get("method")).upper() or "GET",
        url=_with_query(url, request),
        request_headers=_headers(request),
        request_body=_post_body(request),
        status=status if isinstance(status, int) and not isinstance(status, bool) and status > 0 else None,
        response_headers=_headers(response),
        response_body=_content_body(content),
        error=exception or _browser_error(response),
        elapsed=elapsed / 1000 if isinstance(elapsed, int | float) and elapsed >= 0 else None,
        attempt=_attempt(request),
        started_at=timestamp(text(mapping(entry).get("startedDateTime"))),
        response_truncated="trunc" in text(content.get("comment")).lower(),
    )


def exchange_to_har(exchange: Exchange) -> dict[str, Any]:
    """Return the HAR entry of an exchange; bodies that are no UTF-8 are base64."""
    entry: dict[str, Any] = {
        "startedDateTime": exchange.started_at.isoformat() if exchange.started_at else "",
        "time": round(exchange.elapsed * 1000, 3) if exchange.elapsed is not None else -1,
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "headers": [{"name": name, "value": value} for name, value in exchange.request_headers.items()],
        },
        "response": None,
    }
    if exchange.request_body:
        mime = exchange.request_headers.get("content-type") or ""
        entry["request"]["postData"] = {"mimeType": mime, **_text_of(exchange.request_body)}
    if exchange.status is not None:
        content = {"mimeType": exchange.response_headers.get("content-type") or "", "size": len(exchange.response_body)}
        if exchange.response_truncated:
            content["comment"] = "truncated by the capture limit"
        entry["response"] = {
            "status": exchange.status,
            "headers": [{"name": name, "value": value} for name, value in exchange.response_headers.items()],
            "content": {**content, **_text_of(exchange.response_body)},
        }
    return entry


def _headers(message: Mapping[str, Any]) -> Headers:
    found: dict[str, str] = {}
    given = message.get("headers")
    if isinstance(given, Mapping):  # what people write by hand
        return Headers({str(name): text(value) for name, value in given.items()})
    for header in items(given):
        name, value = text(mapping(header).get("name")), text(mapping(header).get("value"))
        if name:
            found[name] = f"{found[name]}, {value}" if name in found else value
    return Headers(found)


def _with_query(url: str, request: Mapping[str, Any]) -> str:
    pairs = [
        (text(mapping(pair).get("name")), text(mapping(pair).get("value")))
        for pair in items(request.get("queryString"))
    ]
    return f"{url}?{urlencode(pairs)}" if pairs and "?" not in url else url


def _post_body(request: Mapping[str, Any]) -> bytes:
    post = mapping(request.get("postData"))
    body = _decoded(post)
    if body or not post.get("params"):
        return body
    pairs = [(text(mapping(pair).get("name")), text(mapping(pair).get("value"))) for pair in items(post.get("params"))]
    return urlencode(pairs).encode()


def _content_body(content: Mapping[str, Any]) -> bytes:
    return _decoded(content)


def _decoded(holder: Mapping[str, Any]) -> bytes:
    value = text(holder.get("text"))
    if text(holder.get("encoding")).lower() != "base64":
        return value.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        return value.encode("utf-8", "surrogatepass")


def _text_of(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _browser_error(response: Mapping[str, Any]) -> ExceptionInfo | None:
    # Browsers write `_error: net::ERR_CONNECTION_REFUSED` beside status 0.
    said = text(response.get("_error"))
    return ExceptionInfo("NetworkError", said) if said else None


def _attempt(request: Mapping[str, Any]) -> int:
    value = _headers(request).get("x-retry-attempt") or ""
    return int(value) if value.isdecimal() and len(value) < 4 else 0
