"""The HTTP server: a port in use is named, and gunicorn serves on the socket it is given."""

from __future__ import annotations

import subprocess
import sys
import urllib.request

import pytest

from openclaw_otel_bridge.server import AddressInUse, bind

PROGRAM = """
from flask import Flask
from openclaw_otel_bridge.server import WebSettings, bind, run_web
def make_app():
    app = Flask("t")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app
listener = bind("127.0.0.1", 0)
print(listener.getsockname()[1], flush=True)
run_web(make_app, listener, WebSettings(workers=1, threads=2))
"""


def test_a_port_in_use_is_named() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressInUse, match=f"cannot listen on 127.0.0.1:{port}"):
            bind("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port", "option"), [("127.0.0.1", 99999, "--port"), ("192.0.2.1", 0, "--host")])
def test_an_impossible_address_is_named(host: str, port: int, option: str) -> None:
    with pytest.raises(AddressInUse, match=f"cannot listen on {host}:{port}: .*choose another with {option}"):
        bind(host, port)


def test_serves_and_stops() -> None:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    with process.stdout:
        port = int(process.stdout.readline())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
            assert answer.read() == b"hello"
        process.terminate()
        assert process.wait(20) == 0
