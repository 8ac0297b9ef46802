"""Fetching keys: bounded, cached, https only, no redirects."""

from __future__ import annotations

import http.server
import socket
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from openclaw_otel import fetching


class Keys(http.server.BaseHTTPRequestHandler):
    hits = 0
    bearer: str | None = None

    def do_GET(self) -> None:
        type(self).hits += 1
        type(self).bearer = self.headers.get("Authorization")
        body = b"x" * (fetching.MAX_KEY_BYTES + 10) if self.path == "/big" else b"the key"
        self.send_response(302 if self.path == "/moved" else 200)
        if self.path == "/moved":
            self.send_header("Location", "/key")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, ssl.SSLContext]]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 7)
        .not_valid_before(datetime.now(UTC) - timedelta(1))
        .not_valid_after(datetime.now(UTC) + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    web.socket = context.wrap_socket(web.socket, server_side=True)
    thread = threading.Thread(target=web.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    Keys.hits = 0
    yield (
        f"https://localhost:{web.server_port}",
        ssl.create_default_context(cadata=pem.read_text().split("KEY-----\n")[2]),
    )
    web.shutdown()
    web.server_close()
    thread.join()


def test_a_key_is_fetched_once_an_hour(server: tuple[str, ssl.SSLContext]) -> None:
    now = [0.0]
    url, trust = server
    cache = fetching.KeyCache(lambda: now[0], trust)
    assert [cache(f"{url}/key"), cache(f"{url}/key")] == [b"the key"] * 2
    assert Keys.hits == 1
    now[0] = 4000.0
    cache(f"{url}/key")
    assert Keys.hits == 2


def test_headers_go_with_the_request(server: tuple[str, ssl.SSLContext]) -> None:
    url, trust = server
    cache = fetching.KeyCache(trust=trust)
    assert cache(f"{url}/key", {"Authorization": "Bearer t"}) == b"the key"
    assert Keys.bearer == "Bearer t"
    with pytest.raises(OSError):  # noqa: PT011 - the contract is OSError, whatever the cause
        cache(f"{url}/other", {"Authorization": "Bearer a\nb"})
    assert Keys.hits == 1


@pytest.mark.parametrize("path", ["/big", "/moved"])
def test_large_files_and_redirects_are_refused(server: tuple[str, ssl.SSLContext], path: str) -> None:
    url, trust = server
    with pytest.raises(OSError):  # noqa: PT011 - the contract is OSError, whatever the cause
        fetching.KeyCache(trust=trust)(url + path)


@pytest.mark.parametrize(
    "url", ["http://localhost/key", "file:///etc/passwd", "ftp://x/", "", "https://", "https://[::1"]
)
def test_only_https_is_asked(url: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - the contract is OSError, whatever the cause
        fetching.KeyCache()(url)


def test_an_untrusted_or_absent_server_is_an_os_error(server: tuple[str, ssl.SSLContext]) -> None:
    with pytest.raises(OSError, match="certificate"):
        fetching.KeyCache()(f"{server[0]}/key")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(urllib.request.URLError):
        fetching.KeyCache()(f"https://127.0.0.1:{port}/key")


def test_the_process_shares_one_cache() -> None:
    assert fetching.default_fetch() is fetching.default_fetch()
