"""Raise sites of the JVM."""

from __future__ import annotations

import pytest

from openclaw_otel_plugins.v1.frames import Site
from openclaw_otel_plugins.v1.stack import raise_site

HERE = Site("StockRepository.reserve", "com/acme/stock/StockRepository.java")
DEEP = """com.mysql.cj.jdbc.exceptions.MySQLTransactionRollbackException: Deadlock found
\tat com.mysql.cj.jdbc.exceptions.SQLError.createSQLException(SQLError.java:260)
\tat com.zaxxer.hikari.pool.HikariProxyPreparedStatement.executeUpdate(HikariProxyPreparedStatement.java:355)
\tat jdk.internal.reflect.GeneratedMethodAccessor12.invoke(Unknown Source)
\tat com.acme.stock.StockRepository$$SpringCGLIB$$0.reserve(<generated>)
\tat com.acme.stock.StockRepository.reserve(StockRepository.java:403)
\tat com.acme.stock.StockService.onPaid(StockService.java:36)
\tat java.base/java.lang.Thread.run(Thread.java:172)
Caused by: java.net.SocketException: below
\tat com.acme.net.Wire.read(Wire.java:1)
\t... 23 more
"""


def test_the_exception_printed_first_is_the_one_raised_last() -> None:
    assert raise_site(DEEP) == HERE


@pytest.mark.parametrize(
    "frame",
    [
        "com.acme.stock.StockRepository.reserve(StockRepository.java:1)",
        "com.acme.stock.StockRepository.lambda$reserve$0(StockRepository.java:9)",
        "com.acme.stock.StockRepository$1.reserve(StockRepository.java:9)",
        "app//com.acme.stock.StockRepository.reserve(StockRepository.java:9)",
        "com.acme/com.acme.stock.StockRepository.reserve(StockRepository.java:9)",
        "com.acme.stock.StockRepository.reserve(StockRepository.java:9) ~[classes!/:1.2]",
    ],
)
def test_names_without_what_the_compiler_adds(frame: str) -> None:
    assert raise_site(f"java.lang.X: y\n\tat {frame}\n") == HERE


def test_only_library_frames() -> None:
    assert raise_site("java.lang.X\n\tat java.base/java.lang.Integer.parseInt(Integer.java:668)\n") == Site(
        "Integer.parseInt", "java/lang/Integer.java"
    )


def test_php_as_opentelemetry_prints_it() -> None:
    text = "TypeError: no\n\tat Illuminate.Queue.Worker.run(Worker.php:3)\n\tat App.Sync.Pusher.push(Pusher.php:46)\n"
    assert raise_site(text) == Site("Pusher.push", "App/Sync/Pusher.php")
