"""PostgreSQL connections of one process, and the SQL files by name (`sql/<subject>.sql`)."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, LiteralString, cast

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

Connection = psycopg.Connection[Any]
_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


class Database:
    """The connections of a process: one bounded pool for requests, and single ones for long-lived threads.

    Nothing is opened before the first use, and a forked child opens its own: an application made before gunicorn
    forks its workers is safe.
    """

    def __init__(self, url: str, *, pool_size: int = 8, timeout: float = 5.0) -> None:
        """`url` as libpq takes it; `timeout` in seconds, how long a request waits for a free connection."""
        self.url = url
        self._size = pool_size
        self._timeout = timeout
        self._lock = threading.Lock()
        self._pool: ConnectionPool[Connection] | None = None
        self._pid = 0
        self._lent = 0

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A pooled connection in one transaction: committed at the end, rolled back when the block raises.

        Raises:
            psycopg_pool.PoolTimeout: all connections are in use, or the server cannot be reached; its text says which.
        """
        with ExitStack() as stack:
            try:
                conn = stack.enter_context(self._opened().connection())
            except PoolTimeout as error:
                raise PoolTimeout(self._why(error)) from error
            with self._lock:
                self._lent += 1
            try:
                yield conn
            finally:
                with self._lock:
                    self._lent -= 1

    def connect(self, *, autocommit: bool = False) -> Connection:
        """Return a new connection outside the pool, for a thread that lives long; the caller closes it."""
        conn = psycopg.connect(self.url, autocommit=True, connect_timeout=5)
        _configure(conn)
        conn.autocommit = autocommit
        return conn

    def stats(self) -> Mapping[str, int]:
        """Return the pool's figures (`pool_size`, `pool_available`, `requests_waiting`, …); empty before first use."""
        pool = self._pool
        return pool.get_stats() if pool is not None and self._pid == os.getpid() else {}

    def close(self) -> None:
        """Close the pool; a later use opens it again."""
        with self._lock:
            pool, self._pool = self._pool, None
            if pool is not None and self._pid == os.getpid():
                pool.close()

    def _why(self, error: PoolTimeout) -> str:
        """Return what an operator can act on."""
        if self._lent < self._size:
            return f"the server gives no connection: {error}"
        return (
            f"no database connection came free within {self._timeout:g} s: "
            f"the pool has {self._size}, all of them in use (OPENCLAW_OTEL_POOL_SIZE)"
        )

    def _opened(self) -> ConnectionPool[Connection]:
        with self._lock:
            if self._pool is None or self._pid != os.getpid():
                self._pid = os.getpid()
                self._lent = 0
                self._pool = ConnectionPool(
                    self.url,
                    min_size=1,
                    max_size=self._size,
                    timeout=self._timeout,
                    max_idle=120,
                    reconnect_timeout=30,
                    kwargs={"connect_timeout": 5, "autocommit": False},
                    configure=_configure,
                    check=ConnectionPool.check_connection,  # a restarted server costs nobody a failed request
                    open=True,
                )
            return self._pool


def _configure(conn: Connection) -> None:
    """Times come back as UTC; no JIT, which costs more than our short queries take."""
    conn.execute("select set_config('TimeZone', 'UTC', false), set_config('jit', 'off', false)")
    if not conn.autocommit:
        conn.commit()


@cache
def queries(subject: str) -> Mapping[str, LiteralString]:
    """Return the queries of `sql/<subject>.sql` by name.

    A query begins with `-- name: x`; the lines of comment after it say what it is for.
    """
    text = (resources.files("openclaw_otel_bridge") / "sql" / f"{subject}.sql").read_text("utf-8")
    head, *rest = _NAME.split(text)
    if re.sub(r"--.*", "", head).strip():
        raise ValueError(f"sql/{subject}.sql: text before the first `-- name:` line")
    found = dict(zip(rest[::2], (body.strip() for body in rest[1::2]), strict=True))
    if len(found) != len(rest) // 2:
        raise ValueError(f"sql/{subject}.sql: a name is used twice")
    return MappingProxyType(cast("dict[str, LiteralString]", found))
