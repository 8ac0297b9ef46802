"""Reading requests within bounds of time: threads are few, and a client whose network has gone says nothing of it."""

from __future__ import annotations

import socket
import struct
import time

from gunicorn.http.errors import NoMoreData
from gunicorn.http.unreader import SocketUnreader

STALL = 10
"""Seconds a client may send nothing in the middle of a request, or take nothing of its answer."""
START = 20.0
"""Seconds a request may keep its thread waiting, however little comes at a time …"""
SLOWEST = 16 * 1024
"""… and the bytes that give it a second more: what is slower would keep a thread for nothing."""
_TIMEVAL = struct.Struct("@ll")


class Stalled(NoMoreData, TimeoutError):
    """The client has not gone, but what it sends does not come."""


class BoundedReader(SocketUnreader):
    """Reads from a client that keeps sending; one that stalls or drips is not waited for."""

    _left = START

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        # By the kernel: a timeout of Python's would cost two system calls more with each read.
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            sock.setsockopt(socket.SOL_SOCKET, option, _TIMEVAL.pack(STALL, 0))

    def begin(self) -> None:
        """A new request may take its time anew."""
        self._left = START

    def chunk(self, *size_hint: int | None) -> bytes:
        """Return what comes next, b"" at the end.

        Raises:
            Stalled: nothing came in time.
        """
        if self._left <= 0:
            raise Stalled
        started = time.monotonic()
        try:
            found: bytes = super().chunk(*size_hint)
        except BlockingIOError as error:
            raise Stalled from error
        self._left += len(found) / SLOWEST - (time.monotonic() - started)
        return found
