"""A gunicorn worker made for senders that keep their connections.

It leaves a new connection to the process with fewer of them: all processes wait on one socket and the kernel wakes whom
it likes, so that the few connections of Collectors and exporters often end in one process, while another core idles.
And a thread waits a moment for the next request of its connection: the way back through the poller costs more than
reading a small request.

A client that stands still keeps nobody waiting: neither the thread that reads its request (see BoundedReader) nor, when
its connection is closed, the thread that accepts all others.
"""

from __future__ import annotations

import mmap
import select
import struct
import threading
import time
from typing import Any

from gunicorn import http
from gunicorn.workers.gthread import ThreadWorker

from openclaw_otel_bridge.bounded_reader import BoundedReader
from openclaw_otel_bridge.lingering import Lingering

PATIENCE = 0.02
"""Seconds a connection may wait for a process that has fewer."""
_PAUSE = 0.001
STAY = 0.005
"""Seconds a thread waits for the next request of its connection, when no other connection waits for a thread."""
_COUNT = struct.Struct("=i")
UNUSED = -1


class OpenConnections:
    """How many connections each process has, in memory they share. Made before they are forked."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._memory = mmap.mmap(-1, max(slots, 1) * _COUNT.size)
        for slot in range(slots):
            self.write(slot, UNUSED)

    def write(self, slot: int, count: int) -> None:
        """Say how many the process of this slot has; UNUSED: there is no such process."""
        _COUNT.pack_into(self._memory, slot * _COUNT.size, count)

    def fewest_of_others(self, slot: int) -> int | None:
        """Return the smallest count of the other processes; None when there is no other."""
        counts = (_COUNT.unpack_from(self._memory, other * _COUNT.size)[0] for other in range(self._slots))
        return min((n for other, n in enumerate(counts) if other != slot and n != UNUSED), default=None)


class FairWorker(ThreadWorker):
    """Threads that serve, and one that accepts in turn with the other processes."""

    connections: OpenConnections
    """Set by the server before it forks."""
    slot: int
    _left_since = 0.0

    def accept(self, listener: Any) -> None:
        """Accept, or leave it for a moment to a process that has fewer connections."""
        if self._others_have_fewer():
            now = time.monotonic()
            self._left_since = self._left_since or now
            if now - self._left_since < PATIENCE:
                time.sleep(_PAUSE)  # the socket stays readable: without a pause this would be a busy loop
                return
        self._left_since = 0.0
        super().accept(listener)

    def init_process(self) -> None:
        """Start, with nothing queued."""
        self._queued = 0
        self._counting = threading.Lock()
        self._lingering = Lingering()
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        """Hand a connection to the next free thread."""
        with self._counting:
            self._queued += 1
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> bool:
        """Serve the request of a connection, and those that follow at once."""
        with self._counting:
            self._queued -= 1
        kept = self._serve(conn)  # neither True nor False: it is to wait in the poller
        while kept is True and not conn.is_http2 and self.alive and not self._queued and _has_more(conn):
            kept = self._serve(conn)
        return kept

    def _serve(self, conn: Any) -> bool:
        if conn.parser is None:
            parser: Any = http.get_parser(self.cfg, conn.sock, conn.client)
            parser.unreader = BoundedReader(conn.sock)
            conn.parser = parser
        conn.parser.unreader.begin()
        kept: bool = super().handle(conn)
        return kept

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Keep the connection, or close it without waiting for its client to do the same."""
        if fs.cancelled() or fs.exception() is not None or fs.result():
            super().finish_request(conn, fs)
            return
        self.nr_conns -= 1
        self._lingering.take(conn.sock, self.poller)

    def murder_pending(self) -> None:
        """Close what nothing came of in time."""
        super().murder_pending()
        self._lingering.end_old()

    def wait_for_and_dispatch_events(self, timeout: float | None) -> None:
        """Serve what has happened, then tell the others how many connections there are."""
        self.connections.write(self.slot, self.nr_conns)
        super().wait_for_and_dispatch_events(timeout)
        self.connections.write(self.slot, self.nr_conns)

    def _others_have_fewer(self) -> bool:
        fewest = self.connections.fewest_of_others(self.slot)
        return fewest is not None and self.nr_conns > fewest


def _has_more(conn: Any) -> bool:
    if conn.parser.unreader.buf.getvalue():  # the body before it was read a little too far
        return True
    waiting = select.poll()
    waiting.register(conn.sock, select.POLLIN)
    return bool(waiting.poll(STAY * 1000))
