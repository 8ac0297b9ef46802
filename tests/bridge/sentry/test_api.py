"""Calls of Sentry's API: what they send, and which failures are worth another try."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from openclaw_otel_bridge.sentry.api import LONGEST_WAIT, SentryApi, SentryError
from tests.bridge.fake_sentry import FakeSentry, running_sentry


@pytest.fixture
def sentry() -> Iterator[FakeSentry]:
    with running_sentry() as found:
        yield found


def test_calls(sentry: FakeSentry) -> None:
    api = SentryApi(sentry.settings())
    api.update_issue("12", {"status": "resolved"})
    assert sentry.puts == [("12", {"status": "resolved"})]
    sentry.events["12"] = {"eventID": "a" * 32}
    assert api.latest_event("12") == {"eventID": "a" * 32}


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (429, False), (403, True), (404, True), (302, True)])
def test_refusals(sentry: FakeSentry, status: int, permanent: bool) -> None:
    sentry.answers = [status]
    with pytest.raises(SentryError, match=f"HTTP {status}") as caught:
        SentryApi(sentry.settings()).update_issue("12", {})
    assert caught.value.permanent is permanent
    assert "sntrys_token" not in str(caught.value)


def test_nobody_there() -> None:
    settings = FakeSentry().settings(base_url="http://127.0.0.1:1")
    with pytest.raises(SentryError, match="ConnectionError") as caught:
        SentryApi(settings).latest_event("12")
    assert not caught.value.permanent


def answering(raw: bytes) -> tuple[socket.socket, threading.Thread]:
    """A server that answers one request with these bytes and hangs up."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = server.accept()
        with client:
            client.recv(65536)
            client.sendall(raw)

    thread = threading.Thread(target=serve)
    thread.start()
    return server, thread


@pytest.mark.parametrize(
    ("raw", "wait"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n\r\nabc", None),
        (b"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\nRetry-After: 99999999999999999999\r\n\r\n", LONGEST_WAIT),
    ],
)
def test_answers_that_break_off_or_cannot_be_are_worth_another_try(raw: bytes, wait: float | None) -> None:
    server, thread = answering(raw)
    with server:
        settings = FakeSentry().settings(base_url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(SentryError) as caught:
            SentryApi(settings).latest_event("12")
        thread.join()
    assert (caught.value.permanent, caught.value.retry_after) == (False, wait)
