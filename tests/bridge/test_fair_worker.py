from __future__ import annotations

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask, request

from openclaw_otel_bridge import bounded_reader
from openclaw_otel_bridge.error_answers import render_problem
from openclaw_otel_bridge.fair_worker import UNUSED, OpenConnections
from openclaw_otel_bridge.intake.bodies import body_of
from openclaw_otel_bridge.problems import Problem
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
    app.add_url_rule("/size", view_func=_size, methods=["POST"])
    app.register_error_handler(Problem, render_problem)
    return app


def _size() -> str:
    return str(len(body_of(request, 10**8)))


@contextmanager
def _serving(make_app: Callable[[], Flask], settings: WebSettings) -> Iterator[tuple[str, int]]:
    """Run a server of its own processes while the block runs; yield its address."""
    listener = bind("127.0.0.1", 0)
    host, port = listener.getsockname()
    pid = os.fork()
    if pid == 0:
        try:
            run_web(make_app, listener, settings)
        finally:
            os._exit(0)
    listener.close()
    try:
        yield host, port
    finally:
        os.kill(pid, 15)
        os.waitpid(pid, 0)


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    monkeypatch.setattr(bounded_reader, "STALL", 1)
    monkeypatch.setattr(bounded_reader, "START", 2.0)
    with _serving(_pid_app, WebSettings(workers=3, threads=2, graceful_seconds=1)) as place:
        yield place


def _until_served(address: tuple[str, int]) -> None:
    for _ in range(200):
        try:
            with socket.create_connection(address, timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server does not listen")


def _until_all_serve(address: tuple[str, int]) -> None:
    _until_served(address)
    pids: set[str] = set()
    while len(pids) < 3:
        conn = HTTPConnection(*address, timeout=10)
        conn.request("GET", "/")
        pids.add(conn.getresponse().read().decode())
        conn.close()
    time.sleep(0.3)  # until the last has seen that it was left


def test_connections_that_stay_are_spread_over_the_processes(address: tuple[str, int]) -> None:
    _until_all_serve(address)
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


def test_the_first_connections_are_left_to_processes_that_still_start(tmp_path: Path) -> None:
    def slow_but_one() -> Flask:
        try:
            (tmp_path / "first").touch(exist_ok=False)
        except FileExistsError:
            time.sleep(0.15)
        return _pid_app()

    served: Counter[str] = Counter()
    with _serving(slow_but_one, WebSettings(workers=2, threads=2, graceful_seconds=1)) as place:
        kept = [HTTPConnection(*place, timeout=30) for _ in range(20)]
        for conn in kept:
            conn.connect()
        for conn in kept:
            conn.request("GET", "/")
        for conn in kept:
            served[conn.getresponse().read().decode()] += 1
        for conn in kept:
            conn.close()
    assert min(served.values()) >= 5
    assert len(served) == 2


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


HEAD = b"POST /size HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


def _answer(conn: socket.socket) -> bytes:
    found = b""
    while part := conn.recv(65536):
        found += part
    return found


@pytest.mark.parametrize("sent", [b"Content-Length: 9\r\n\r\nab", b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"])
def test_senders_that_stand_still_keep_nobody_waiting(address: tuple[str, int], sent: bytes) -> None:
    _until_all_serve(address)
    stalled = [socket.create_connection(address, timeout=20) for _ in range(12)]  # twice as many as threads
    for conn in stalled:
        conn.sendall(HEAD + sent)
    half_a_head = socket.create_connection(address, timeout=20)
    half_a_head.sendall(b"POST /size HT")
    time.sleep(0.2)
    started = time.monotonic()
    alive = HTTPConnection(*address, timeout=10)
    alive.request("POST", "/size", b"x" * 5_000_000)
    assert alive.getresponse().read() == b"5000000"
    assert time.monotonic() - started < 5
    answers = [_answer(conn) for conn in stalled]
    assert [answer.split(b"\r\n")[0] for answer in answers] == [b"HTTP/1.1 503 SERVICE UNAVAILABLE"] * 12
    assert all(b"\r\nRetry-After: 1\r\n" in answer for answer in answers), "its network may come back"
    assert _answer(half_a_head) == b""
    alive.close()
    for conn in (*stalled, half_a_head):
        conn.close()


def test_clients_that_do_not_close_keep_nobody_waiting(address: tuple[str, int]) -> None:
    _until_all_serve(address)
    kept = [socket.create_connection(address, timeout=10) for _ in range(12)]
    for conn in kept:
        conn.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert _answer(conn).startswith(b"HTTP/1.1 200")
    started = time.monotonic()
    alive = HTTPConnection(*address, timeout=10)
    alive.request("GET", "/")
    assert alive.getresponse().status == 200
    assert time.monotonic() - started < 1
    alive.close()
    for conn in kept:
        conn.close()


def test_a_refusal_reaches_who_is_still_sending(address: tuple[str, int]) -> None:
    _until_served(address)
    with socket.create_connection(address, timeout=20) as conn:
        conn.sendall(HEAD + b"Content-Length: 200000000\r\n\r\n")
        for _ in range(30):
            conn.sendall(b"x" * 1_000_000)
            time.sleep(0.01)
        assert _answer(conn).startswith(b"HTTP/1.1 413")


def test_a_sender_that_drips_is_cut_off_and_a_slow_one_is_not(address: tuple[str, int]) -> None:
    _until_all_serve(address)
    with socket.create_connection(address, timeout=20) as dripping, socket.create_connection(address) as slow:
        dripping.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
        slow.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % (8 * 16384))
        started = time.monotonic()
        for _ in range(8):
            slow.sendall(b"x" * 16384)
            time.sleep(0.5)
            with suppress(OSError):
                dripping.sendall(b"x")
        assert time.monotonic() - started > 3.9, "longer than a request may take that brings nothing"
        assert b"\r\n\r\n131072" in _answer(slow)
        with suppress(OSError):
            assert b"HTTP/1.1 503" in _answer(dripping)


@pytest.mark.parametrize("chunks", [b"zz\r\nab\r\n0\r\n\r\n", b"2\r\nabXX0\r\n\r\n", b"2\r\nab\r\n"])
def test_chunks_that_cannot_be_read_are_the_senders_fault(address: tuple[str, int], chunks: bytes) -> None:
    _until_served(address)
    with socket.create_connection(address, timeout=20) as conn:
        conn.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
        conn.shutdown(socket.SHUT_WR)
        assert _answer(conn).startswith(b"HTTP/1.1 400 ")
