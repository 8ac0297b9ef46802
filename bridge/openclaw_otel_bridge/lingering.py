"""Closing connections without losing their last answer, and without waiting for anybody.

Closed at once while the client still sends, a connection is reset, and the client may never read why it was refused.
So it is closed for sending first; what still comes is read and thrown away, until the client closes or time is up.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import OrderedDict
from contextlib import suppress

SECONDS = 2.0
_MOST = 500
_CHUNK = 64 * 1024


class Lingering:
    """The connections of one poller that are about to be closed. Used by the poller's own thread alone."""

    def __init__(self) -> None:
        self._known: OrderedDict[socket.socket, tuple[float, selectors.BaseSelector]] = OrderedDict()

    def take(self, sock: socket.socket, poller: selectors.BaseSelector) -> None:
        """Close a connection soon; `poller` calls back when something comes of it. It must not know it yet."""
        try:
            sock.shutdown(socket.SHUT_WR)
            sock.setblocking(False)
            poller.register(sock, selectors.EVENT_READ, self._read)
        except (OSError, ValueError, KeyError):  # gone already, or the process ends
            sock.close()
            return
        self._known[sock] = time.monotonic() + SECONDS, poller
        if len(self._known) > _MOST:
            self._close(next(iter(self._known)))

    def end_old(self) -> None:
        """Close those that had their time."""
        now = time.monotonic()
        for sock, (until, _) in list(self._known.items()):
            if until > now:
                break
            self._close(sock)

    def _read(self, sock: socket.socket) -> None:
        try:
            if sock.recv(_CHUNK):
                return
        except BlockingIOError:
            return
        except OSError:  # reset by the client
            pass
        self._close(sock)

    def _close(self, sock: socket.socket) -> None:
        _, poller = self._known.pop(sock)
        with suppress(OSError, ValueError, KeyError):  # the process ends: the poller is closed
            poller.unregister(sock)
        sock.close()
