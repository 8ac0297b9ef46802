"""Group commit: one thread per process writes what many requests bring, in few transactions.

A request waits until its items are committed, so that a 2xx means kept. A bad item is found by bisection and alone
refused; a database that is gone or a queue that is full is the sender's turn to wait (503), never a loss.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import psycopg

from openclaw_otel_bridge.db import Connection, Database, queries
from openclaw_otel_bridge.problems import Overloaded, Unavailable

log = logging.getLogger(__name__)
T = TypeVar("T")
TRIES = 5
"""Attempts of one transaction, when the server says that a repeat may work."""
_REPEATABLE = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure, psycopg.errors.UniqueViolation)
_UNUSABLE = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.ProgrammingError, psycopg.InternalError)
"""Not the item's fault: connection lost, disk full, schema missing. Sent again later, it will go in."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`queue` items may wait; at most about `flush` make a transaction.

    `enough` are written at once; fewer wait for what is on its way, `seconds` at most. A request waits `patience`
    seconds for its commit.
    """

    queue: int = 20_000
    flush: int = 2000
    enough: int = 256
    seconds: float = 0.005
    patience: float = 30.0


@dataclass(frozen=True, slots=True)
class Refused(Generic[T]):
    """An item that cannot be stored, and why."""

    item: T
    reason: str


@dataclass(slots=True)
class Figures:
    """What a committer has done so far, for /metrics."""

    items: int = 0
    refused: int = 0
    transactions: int = 0
    repeats: int = 0
    seconds: float = 0.0
    turned_away: int = 0


@dataclass(slots=True, eq=False)
class _Ticket(Generic[T]):
    items: Sequence[T]
    done: threading.Event = field(default_factory=threading.Event)
    refused: list[Refused[T]] = field(default_factory=list)
    failure: str = ""
    abandoned: bool = False


class Committer(Generic[T]):
    """A bounded queue and the thread that empties it. Starts with its first item, in the process that has it."""

    def __init__(
        self,
        name: str,
        database: Database,
        write: Callable[[Connection, Sequence[T]], None],
        limits: Limits | None = None,
        prepare: Callable[[Connection, Sequence[T]], None] | None = None,
    ) -> None:
        """`write` stores items in the transaction it is given; it may be called again with the same items.

        `prepare` is called before, outside any transaction.
        """
        self.name = name
        self.figures = Figures()
        self._database = database
        self._write = write
        self._prepare = prepare
        self._limits = limits or Limits()
        self._expected: set[int] = set()
        self._wake = threading.Condition()
        self._tickets: deque[_Ticket[T]] = deque()
        self._waiting = 0
        self._thread: threading.Thread | None = None
        self._pid = 0
        self._closing = False
        self._conn: Connection | None = None

    @property
    def depth(self) -> int:
        """Items that wait for their commit."""
        return self._waiting

    @property
    def is_full(self) -> bool:
        """Say whether the queue is at its limit."""
        return self._waiting >= self._limits.queue

    def expect(self) -> None:
        """Say that this thread will submit soon: what comes before waits a moment, to be committed with it."""
        self._expected.add(threading.get_ident())

    def expect_no_more(self) -> None:
        """Say that this thread will not submit, or has: the last one lets those who wait for it go."""
        self._expected.discard(threading.get_ident())
        if not self._expected and self._tickets:
            with self._wake:
                self._wake.notify()

    def submit(self, items: Sequence[T], patience: float | None = None) -> list[Refused[T]]:
        """Store `items` and return those that could not be; returns after the commit, or raises after `patience` s.

        Raises:
            Unavailable: the queue is full, or the database cannot be used; nothing may be taken as stored.
        """
        if not items:
            self.expect_no_more()
            return []
        ticket = _Ticket(items)
        with self._wake:
            self._expected.discard(threading.get_ident())
            if self._closing or (self._waiting and self._waiting + len(items) > self._limits.queue):
                self.figures.turned_away += len(items)
                log.warning("%s queue is full: %d items wait, %d turned away", self.name, self._waiting, len(items))
                raise Overloaded("the intake queue is full; send it again", retry_after=1)
            self._start()
            self._tickets.append(ticket)
            self._waiting += len(items)
            self._wake.notify()
        patience = self._limits.patience if patience is None else patience
        if not ticket.done.wait(patience):
            ticket.abandoned = True
            log.error("%s: no commit within %s s; %d items wait", self.name, patience, self._waiting)
            raise Unavailable("the database is too slow; send it again", retry_after=5)
        if ticket.failure:
            raise Unavailable(ticket.failure, retry_after=2)
        return ticket.refused

    def offer(self, items: Sequence[T]) -> None:
        """Store `items` some time later, if there is room; for notes that nobody waits for."""
        with self._wake:
            if not self._closing and items and self._waiting + len(items) <= self._limits.queue:
                self._start()
                self._tickets.append(_Ticket(items))
                self._waiting += len(items)
                self._wake.notify()

    def close(self) -> None:
        """Write what waits, then end the thread."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not None and self._pid == os.getpid():
            self._thread.join()

    # -- the thread ---------------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._thread is None or self._pid != os.getpid():
            self._pid = os.getpid()
            self._thread = threading.Thread(target=self._run, name=f"commit-{self.name}", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while tickets := self._take():
            started = time.perf_counter()
            try:
                self._store(tickets)
            except Exception:  # the thread must live: whatever it was, these requests are told to come back
                log.exception("%s: commit failed", self.name)
                self._fail(tickets, "the bridge failed to store it; send it again")
            self.figures.seconds += time.perf_counter() - started
            with self._wake:
                self._waiting -= sum(len(ticket.items) for ticket in tickets)
            for ticket in tickets:
                ticket.done.set()
        self._disconnect()

    def _take(self) -> list[_Ticket[T]]:
        """Wait for tickets, then a moment for what is on its way; return a transaction's worth, nothing at the end."""
        with self._wake:
            while not self._tickets and not self._closing:
                self._wake.wait()
            deadline = time.monotonic() + self._limits.seconds
            enough = min(self._limits.enough, self._limits.flush)
            while self._expected and not self._closing and self._waiting < enough:
                rest = deadline - time.monotonic()
                if rest <= 0:
                    break
                self._wake.wait(rest)
            taken: list[_Ticket[T]] = []
            count = 0
            while self._tickets and (not taken or count + len(self._tickets[0].items) <= self._limits.flush):
                taken.append(self._tickets.popleft())
                count += len(taken[-1].items)
            return taken

    def _store(self, tickets: Sequence[_Ticket[T]]) -> None:
        live = [ticket for ticket in tickets if not ticket.abandoned]
        owners = {id(item): ticket for ticket in live for item in ticket.items}
        items = [item for ticket in live for item in ticket.items]
        for start in range(0, len(items), 2 * self._limits.flush):
            try:
                refused = self._bisect(items[start : start + 2 * self._limits.flush])
            except _UNUSABLE as error:
                log.error("%s: the database cannot be used, %d items are sent back: %s", self.name, len(items), error)
                self._disconnect()
                self._fail(live, "the database cannot be used now; send it again")
                return
            for bad in refused:
                owners[id(bad.item)].refused.append(bad)

    def _bisect(self, items: Sequence[T]) -> list[Refused[T]]:
        """Write `items`; when that fails for their own sake, find the bad ones by halves."""
        try:
            self._transaction(items)
        except _UNUSABLE:
            raise
        except Exception as error:
            if len(items) > 1:
                half = len(items) // 2
                return self._bisect(items[:half]) + self._bisect(items[half:])
            self.figures.refused += 1
            log.warning("%s: one item is refused: %r", self.name, error, exc_info=not isinstance(error, psycopg.Error))
            return [Refused(items[0], str(error).partition("\n")[0] or type(error).__name__)]
        self.figures.items += len(items)
        return []

    def _transaction(self, items: Sequence[T]) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                conn = self._connected()
                if self._prepare is not None:
                    self._prepare(conn, items)
                with conn.transaction():
                    self._write(conn, items)
            except (*_REPEATABLE, psycopg.OperationalError) as error:
                lost = self._conn is None or self._conn.broken
                if attempt == TRIES or not (lost or isinstance(error, _REPEATABLE)):
                    raise
                self.figures.repeats += 1
                log.warning("%s: attempt %d failed, repeated: %s", self.name, attempt, error)
                if lost:
                    self._disconnect()
                time.sleep(0.05 * 2**attempt)
            else:
                self.figures.transactions += 1
                return

    def _connected(self) -> Connection:
        if self._conn is None or self._conn.closed:
            self._conn = self._database.connect(autocommit=True)
            self._conn.execute(queries("intake")["plan_by_index"])
        return self._conn

    def _disconnect(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            conn.close()

    @staticmethod
    def _fail(tickets: Sequence[_Ticket[T]], reason: str) -> None:
        for ticket in tickets:
            ticket.failure = reason
