"""Reading a request body with a bound: what is sent and what it unpacks to."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Collection
from typing import Any, Protocol

import zstandard
from flask import Request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected

from openclaw_otel_bridge.problems import Problem, Unavailable

OTLP_CODINGS = ("gzip", "deflate")
SENTRY_CODINGS = ("gzip", "deflate", "br", "zstd")
"""What Sentry's SDKs send: br by itself where the Brotli module is installed, zstd from Relay."""
_CHUNK = 256 * 1024
_GZIP_OR_ZLIB = 47
"""Window bits of zlib that take both formats by their header."""
_ZSTD_BITE = 256
"""Bytes unpacked at once: four of them may become 128 KiB, so a bomb costs 8 MiB before it is seen."""


class Stream(Protocol):
    """A request's body."""

    def read(self, size: int = -1, /) -> bytes: ...


def body_of(request: Request, limit: int, codings: Collection[str] = ()) -> bytes:
    """Return the body of a request, decompressed where `codings` says what from; else as it came. Raises as read_body.

    The application's own limit, made for pages, does not hold here.
    """
    request.max_content_length = sys.maxsize  # None would not lift it: Flask takes that for "as the application says"
    encoding = request.headers.get("Content-Encoding", "") if codings else ""
    return read_body(request.stream, encoding, request.content_length, limit, codings)


def read_body(
    stream: Stream, encoding: str, length: int | None, limit: int, codings: Collection[str] = OTLP_CODINGS
) -> bytes:
    """Return the decompressed body of at most `limit` bytes.

    `encoding` is the Content-Encoding header, `length` the declared Content-Length (None: chunked), `codings` what is
    taken beside an uncompressed body.

    Raises:
        Problem: 413 over the limit, 415 an encoding nobody asked for, 400 a body that is not what its headers say,
            503 one that does not come.
    """
    coding = encoding.strip().lower() or "identity"
    if coding != "identity" and coding.removeprefix("x-") not in codings:
        message = f"Content-Encoding {coding[:40]!r} is not supported; use {', '.join(codings)} or none"
        raise Problem(message, status=415, code="encoding")
    if length is not None and length > limit:
        raise too_large(limit)
    raw = _read(stream, limit)
    if length is not None and len(raw) < length:
        raise Problem(f"the body ended after {len(raw)} of {length} bytes", code="truncated")
    return raw if coding == "identity" or not raw else decompress(raw, coding, limit)


def decompress(data: bytes, coding: str, limit: int) -> bytes:
    """Return gzip, zlib, Brotli or zstd data unpacked; never unpacks more than `limit` bytes."""
    if coding in ("br", "zstd"):
        return _unbrotli(data, limit) if coding == "br" else _unzstd(data, limit)
    try:
        unpacked = _inflate(data, limit, _GZIP_OR_ZLIB)
    except zlib.error as error:
        if coding != "deflate":
            raise _damaged(coding, str(error)) from error
        try:
            unpacked = _inflate(data, limit, -zlib.MAX_WBITS)  # some senders leave the zlib header out
        except zlib.error:
            raise _damaged(coding, str(error)) from error
    return unpacked


def too_large(limit: int) -> Problem:
    """Return the answer to a body over the limit."""
    return Problem(f"the body is larger than {limit} bytes; send smaller batches", status=413, code="too_large")


def _damaged(coding: str, why: str) -> Problem:
    return Problem(f"the body is not {coding}: {why}", code="compression")


def _read(stream: Stream, limit: int) -> bytes:
    parts = []
    size = 0
    while part := _part(stream):
        size += len(part)
        if size > limit:
            raise too_large(limit)
        parts.append(part)
    return b"".join(parts)


def _part(stream: Stream) -> bytes:
    try:
        return stream.read(_CHUNK)
    except ClientDisconnected as error:
        if isinstance(error.__context__, TimeoutError):  # the sender is there, its network is not: it comes again
            raise Unavailable("the body does not come; send it again") from error
        raise Problem("the body ended before its last chunk", code="truncated") from error
    except ParseException as error:
        raise Problem(f"the body's chunks cannot be read: {error}", code="truncated") from error


def _inflate(data: bytes, limit: int, window: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while data:  # gzip may hold several members
        stream = zlib.decompressobj(window)
        part = stream.decompress(data, limit - size + 1)
        size += len(part)
        if size > limit:
            raise too_large(limit)
        if not stream.eof:
            raise zlib.error("it ends early")
        parts.append(part)
        data = stream.unused_data if window == _GZIP_OR_ZLIB else b""
        if data and not data.strip(b"\0"):
            break  # padding
    return b"".join(parts)


def _unbrotli(data: bytes, limit: int) -> bytes:
    import brotli  # only some senders need it

    stream: Any = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    try:
        while not stream.is_finished():
            part = stream.process(data, output_buffer_limit=min(limit - size + 1, _CHUNK))
            data = b""
            size += len(part)
            if size > limit:
                raise too_large(limit)
            if not part and stream.can_accept_more_data():
                raise _damaged("br", "it ends early")
            parts.append(part)
    except brotli.error as error:
        raise _damaged("br", str(error)) from error
    return b"".join(parts)


def _unzstd(data: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    size = at = 0
    try:
        while at < len(data):  # zstd may hold several frames
            stream = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
            while not stream.eof:
                if at >= len(data):
                    raise _damaged("zstd", "it ends early")
                bite = data[at : at + _ZSTD_BITE]
                part = stream.decompress(bite)
                at += len(bite)
                size += len(part)
                if size > limit:
                    raise too_large(limit)
                parts.append(part)
            at -= len(stream.unused_data)
    except zstandard.ZstdError as error:
        raise _damaged("zstd", str(error)) from error
    return b"".join(parts)
