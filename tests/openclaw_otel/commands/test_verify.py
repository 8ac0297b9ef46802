"""`openclaw-otel verify` from the outside."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path

import pytest

from openclaw_otel.commands.verify import InputError, main
from openclaw_otel.testing import load_vectors

BODY = b'{"id":1,"note":"\xe4\xb8\xad/x"}'


class Files:
    """A delivery on disk, signed with `shh`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        digest = base64.b64encode(hmac.new(b"shh", BODY, hashlib.sha256).digest()).decode()
        self.headers = self.write(
            "headers.json", json.dumps({"X-Shopify-Hmac-Sha256": digest, "X-Shopify-Topic": "orders/paid"})
        )
        self.digest = digest

    def write(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def verify(self, body: bytes, secret: str = "shh", headers: str | None = None) -> int:
        return main(["shopify", "--secret", secret, "--headers", headers or self.headers, self.write("body", body)])


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_a_right_signature(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert files.verify(BODY) == 0
    assert "orders/paid" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "secret", "hint"),
    [
        (BODY + b"\n", "shh", "without its last line break"),
        (json.dumps(json.loads(BODY), ensure_ascii=False).encode(), "shh", "compact JSON"),
        (json.dumps(json.loads(BODY)).encode(), "shh", "compact JSON"),
        (BODY, " shh\n", "blanks"),
        (BODY, "'shh'", "quotes"),
        (BODY, "other", "wrong secret"),
        (b"not json", "shh", "wrong secret"),
        (b"", "shh", "consumed"),
    ],
)
def test_hints_are_found_by_trying(
    files: Files, capsys: pytest.CaptureFixture[str], body: bytes, secret: str, hint: str
) -> None:
    assert files.verify(body, secret) == 1
    said = capsys.readouterr().out
    assert hint in said.splitlines()[1]


def test_headers_in_other_forms(files: Files) -> None:
    pairs = files.write("list.json", json.dumps([{"name": "x-shopify-hmac-sha256", "value": files.digest}]))
    lines = files.write("headers.txt", f"POST /in HTTP/1.1\nX-Shopify-Hmac-Sha256: {files.digest}\n")
    assert files.verify(BODY, headers=pairs) == 0
    assert files.verify(BODY, headers=lines) == 0
    with pytest.raises(InputError, match="neither JSON"):
        files.verify(BODY, headers=files.write("bad", "nothing here"))


def test_secrets_by_reference(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_SECRET", "shh")
    assert files.verify(BODY, "env:SHOP_SECRET") == 0
    assert files.verify(BODY, f"file:{files.write('secret', 'shh')}") == 0
    with pytest.raises(InputError, match="NOT_THERE is not set"):
        files.verify(BODY, "env:NOT_THERE")


def test_a_certificate_signature_with_files_instead_of_the_network(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    vector = next(one for one in load_vectors("tests/payloads/paypal/vectors.json") if one.name == "own-key")
    headers = files.write("paypal.json", json.dumps(dict(vector.request.headers)))
    arguments = ["paypal", "--headers", headers, "--now", "2026-09-30T01:00:00Z"]
    arguments += ["--certificate", files.write("cert.pem", vector.data["cert_pem"])]
    arguments += ["--parameter", f"trust_roots={files.write('root.pem', vector.data['root_pem'])}"]
    body = files.write("event", vector.request.body)
    assert main([*arguments, "--parameter", f"webhook_id={vector.parameters['webhook_id']}", body]) == 0
    assert main([*arguments, "--parameter", "webhook_id=WRONG", body]) == 1
    assert "webhook_id" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--now", "later"], "is no time"),
        (["--parameter", "x"], "NAME=VALUE"),
        (["--parameter", "tolerance=long"], "seconds"),
        (["--certificate", "/nowhere"], "No such file"),
    ],
)
def test_bad_arguments_are_named(files: Files, option: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        main(["shopify", "--headers", files.headers, *option, files.write("body", BODY)])
