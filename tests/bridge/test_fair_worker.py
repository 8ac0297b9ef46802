from __future__ import annotations

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from flask import Flask

from openclaw_otel_bridge.fair_worker import UNUSED, OpenConnections
from openclaw_otel_bridge.server import WebSettings, bind, run_web


def test_the_fewest_of_the_others() -> None:
    connections = OpenConnections(4)
    assert connections.fewest_of_others(0) is None
    connections.write(0, 7)
    assert connections.fewest_of_others(0) is None
    connections.write(1, 3)
    connections.write(2, 5)
    assert connections.fewest_of_others(0) == 3
    connections.write(1, UNUSED)
    assert connections.fewest_of_others(0) == 5


def _pid_app() -> Flask:
    app = Flask("pid")
    app.add_url_rule("/", view_func=lambda: str(os.getpid()))
    return app


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    listener = bind("127.0.0.1", 0)
    host, port = listener.getsockname()
    pid = os.fork()
    if pid == 0:
        try:
            run_web(_pid_app, listener, WebSettings(workers=3, threads=2, graceful_seconds=1))
        finally:
            os._exit(0)
    listener.close()
    yield host, port
    os.kill(pid, 15)
    os.waitpid(pid, 0)


def _until_served(address: tuple[str, int]) -> None:
    for _ in range(200):
        try:
            with socket.create_connection(address, timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server does not listen")


def test_connections_that_stay_are_spread_over_the_processes(address: tuple[str, int]) -> None:
    _until_served(address)
    pids: set[str] = set()
    while len(pids) < 3:  # all have started
        conn = HTTPConnection(*address, timeout=10)
        conn.request("GET", "/")
        pids.add(conn.getresponse().read().decode())
        conn.close()
    time.sleep(0.3)  # until the last has seen that it was left
    kept = [HTTPConnection(*address, timeout=10) for _ in range(9)]
    served: Counter[str] = Counter()

    def ask(conn: HTTPConnection) -> None:
        conn.request("GET", "/")
        served[conn.getresponse().read().decode()] += 1

    for conn in kept:
        thread = threading.Thread(target=ask, args=(conn,))
        thread.start()
        thread.join()
    for conn in kept:
        conn.close()
    assert sorted(served.values()) == [3, 3, 3]


def test_requests_sent_in_one_go_are_answered_in_order(address: tuple[str, int]) -> None:
    _until_served(address)
    with socket.create_connection(address, timeout=10) as conn:
        request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"  # 405, body and all
        conn.sendall(request * 5 + b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answers = b""
        while part := conn.recv(65536):
            answers += part
    assert answers.count(b"HTTP/1.1 405") == 5
    assert answers.count(b"HTTP/1.1 200") == 1


def test_more_connections_than_threads_are_all_served(address: tuple[str, int]) -> None:
    _until_served(address)
    kept = [HTTPConnection(*address, timeout=20) for _ in range(24)]
    for _ in range(3):
        for conn in kept:
            conn.request("GET", "/")
        for conn in kept:
            answer = conn.getresponse()
            assert answer.status == 200
            answer.read()
    for conn in kept:
        conn.close()
