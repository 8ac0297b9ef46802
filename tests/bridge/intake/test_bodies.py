"""Bodies are read within bounds, whatever they claim and whatever they unpack to."""

from __future__ import annotations

import gzip
import io
import os
import random
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from openclaw_otel_bridge.intake.bodies import SENTRY_CODINGS, read_body
from openclaw_otel_bridge.problems import Problem

DATA = b"some telemetry " * 100
NOISE = b"\x1f\x8b" + random.Random(7).randbytes(50)  # the same each time: it is in test names
LIMIT = 10_000


def read(data: bytes, encoding: str = "", length: int | None = None, limit: int = LIMIT) -> bytes:
    return read_body(io.BytesIO(data), encoding, length, limit)


def refused(data: bytes, encoding: str = "", length: int | None = None, limit: int = LIMIT) -> Problem:
    with pytest.raises(Problem) as caught:
        read(data, encoding, length, limit)
    return caught.value


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_plain(encoding: str) -> None:
    assert read(DATA, encoding, len(DATA)) == DATA
    assert read(DATA, encoding) == DATA
    assert read(b"", encoding, 0) == b""


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", gzip.compress(DATA, mtime=0)),
        ("GZIP", gzip.compress(DATA, mtime=0)),
        ("x-gzip", gzip.compress(DATA, mtime=0)),
        ("gzip", gzip.compress(DATA[:500], mtime=0) + gzip.compress(DATA[500:], mtime=0)),
        ("gzip", gzip.compress(DATA, mtime=0) + b"\0" * 8),
        ("deflate", zlib.compress(DATA)),
        ("deflate", zlib.compress(DATA)[2:-4]),
    ],
)
def test_compressed(encoding: str, data: bytes) -> None:
    assert read(data, encoding, len(data)) == DATA


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("data", [DATA, gzip.compress(DATA, mtime=0)[:-9], NOISE])
def test_what_is_not_compressed_as_it_says(encoding: str, data: bytes) -> None:
    problem = refused(data, encoding)
    assert problem.status == 400
    assert encoding in problem.message


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nonsense"])
def test_other_encodings(encoding: str) -> None:
    assert refused(DATA, encoding).status == 415


def test_over_the_limit() -> None:
    assert refused(b"x" * (LIMIT + 1), "", LIMIT + 1).status == 413
    assert refused(b"x" * (LIMIT + 1)).status == 413
    assert refused(gzip.compress(b"x" * (LIMIT + 1), mtime=0), "gzip").status == 413
    assert refused(gzip.compress(b"x" * LIMIT, mtime=0) + gzip.compress(b"x", mtime=0), "gzip").status == 413
    assert read(b"x" * LIMIT) == b"x" * LIMIT
    assert read(gzip.compress(b"x" * LIMIT, mtime=0), "gzip") == b"x" * LIMIT


def test_a_bomb_costs_no_memory() -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, 9, mtime=0)
    tracemalloc.start()
    try:
        assert refused(bomb, "gzip", limit=1_000_000).status == 413
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_a_body_that_breaks_off() -> None:
    assert refused(DATA, "", len(DATA) + 1).status == 400


@pytest.mark.parametrize(("coding", "pack"), [("br", brotli.compress), ("zstd", zstandard.compress)])
def test_codings_of_sentry_clients(coding: str, pack: Callable[[bytes], bytes]) -> None:
    def unpack(data: bytes, limit: int = LIMIT) -> bytes:
        return read_body(io.BytesIO(data), coding, len(data), limit, SENTRY_CODINGS)

    assert unpack(pack(DATA)) == DATA
    assert unpack(pack(b"x" * LIMIT)) == b"x" * LIMIT
    assert refused(pack(DATA), coding).status == 415, "only where Sentry clients send"
    for bad, status in ((pack(b"x" * (LIMIT + 1)), 413), (b"not packed", 400), (pack(os.urandom(500))[:-9], 400)):
        with pytest.raises(Problem) as caught:
            unpack(bad)
        assert caught.value.status == status
    assert unpack(pack(DATA) + pack(DATA)) == DATA * 2 if coding == "zstd" else True
    bomb = pack(b"\0" * 30_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(Problem):
            unpack(bomb, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()
