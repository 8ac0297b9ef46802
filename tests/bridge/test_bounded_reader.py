"""Reading ends when nothing comes in time, and only then (see also test_fair_worker.py)."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from gunicorn.http.errors import NoMoreData

from openclaw_otel_bridge import bounded_reader
from openclaw_otel_bridge.bounded_reader import BoundedReader, Stalled


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[BoundedReader, socket.socket]]:
    monkeypatch.setattr(bounded_reader, "STALL", 1)
    monkeypatch.setattr(bounded_reader, "START", 0.3)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield BoundedReader(ours), theirs


def test_what_comes_is_read_and_the_end_is_one(ends: tuple[BoundedReader, socket.socket]) -> None:
    reader, sender = ends
    reader.begin()
    sender.sendall(b"abc")
    assert reader.read() == b"abc"
    sender.close()
    assert reader.read() == b""


def test_a_stall_ends_it(ends: tuple[BoundedReader, socket.socket]) -> None:
    reader, _ = ends
    reader.begin()
    started = time.monotonic()
    with pytest.raises(Stalled) as caught:
        reader.read()
    assert 0.9 < time.monotonic() - started < 3
    assert isinstance(caught.value, NoMoreData), "the server takes it for a client that has gone"


def test_drops_use_up_the_time_and_a_new_request_has_its_own(ends: tuple[BoundedReader, socket.socket]) -> None:
    reader, sender = ends
    reader.begin()
    for _ in range(3):
        sender.sendall(b"x")
        assert reader.read() == b"x"
    reader._left = 0.0  # as after so many waits
    sender.sendall(b"x")
    with pytest.raises(Stalled):
        reader.read()
    reader.begin()
    assert reader.read() == b"x"
    sender.sendall(b"y" * bounded_reader.SLOWEST)
    while len(reader.read()) == 8192:
        if reader._left > 1.0:
            break
    assert reader._left > 1.0, "what comes fast earns time"
