"""Connections are closed without waiting, and their last answer is read (see also test_fair_worker.py)."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator

import pytest

from openclaw_otel_bridge import lingering
from openclaw_otel_bridge.lingering import Lingering


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        theirs = socket.create_connection(server.getsockname(), timeout=5)
        ours, _ = server.accept()
        with ours, theirs:
            yield ours, theirs


def turn(poller: selectors.BaseSelector) -> None:
    for key, _ in poller.select(0.2):
        key.data(key.fileobj)


def test_it_is_closed_when_the_client_closes_whatever_it_still_sends(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = pair
    closing = Lingering()
    with selectors.DefaultSelector() as poller:
        ours.sendall(b"refused")
        started = time.monotonic()
        closing.take(ours, poller)
        assert time.monotonic() - started < 0.1
        theirs.sendall(b"x" * 200_000)
        for _ in range(6):
            turn(poller)
        assert (theirs.recv(100), theirs.recv(100)) == (b"refused", b"")
        assert ours.fileno() >= 0
        theirs.close()
        turn(poller)
        assert ours.fileno() == -1
        assert not poller.get_map()


def test_time_and_number_are_bounded(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _ = pair
    closing = Lingering()
    with selectors.DefaultSelector() as poller:
        monkeypatch.setattr(lingering, "SECONDS", 0.05)
        closing.take(ours, poller)
        closing.end_old()
        assert ours.fileno() >= 0
        time.sleep(0.1)
        closing.end_old()
        assert ours.fileno() == -1
        monkeypatch.setattr(lingering, "_MOST", 1)
        (first, one), (second, two) = socket.socketpair(), socket.socketpair()
        closing.take(first, poller)
        closing.take(second, poller)
        assert (first.fileno(), second.fileno() >= 0) == (-1, True)
        for each in (second, one, two):
            each.close()


def test_a_connection_that_is_gone_already(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = pair
    ours.close()
    with selectors.DefaultSelector() as poller:
        Lingering().take(ours, poller)
        assert not poller.get_map()
