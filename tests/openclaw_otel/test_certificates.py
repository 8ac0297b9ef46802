"""Certificates: chain, validity, name."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from openclaw_otel import certificates
from openclaw_otel.errors import SignatureError

NAMES = ("messageverificationcerts.sandbox.paypal.com",)
NOW = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    path = Path(__file__).parents[1] / "payloads" / "paypal" / "vectors.json"
    return {vector["name"]: vector for vector in json.loads(path.read_text())["vectors"]}


def problem(pem: bytes, names: tuple[str, ...], now: datetime, roots: Any) -> str:
    with pytest.raises(SignatureError) as error:
        certificates.trusted_key(pem, names, now, roots)
    assert error.value.reason == "untrusted_certificate"
    return error.value.detail


def test_a_right_chain_gives_the_leaf(vectors: dict[str, Any]) -> None:
    own = vectors["own-key"]
    leaf = certificates.trusted_key(own["cert_pem"].encode(), ("other.example", *NAMES), NOW, [own["root_pem"]])
    assert NAMES[0] in leaf.subject.rfc4514_string()


def test_what_is_refused(vectors: dict[str, Any]) -> None:
    own, old = vectors["own-key"], vectors["expired-leaf"]
    pem, root = own["cert_pem"].encode(), own["root_pem"]
    assert "not valid at" in problem(old["cert_pem"].encode(), NAMES, NOW, root)
    assert "not valid at" in problem(pem, NAMES, datetime(2060, 1, 1, tzinfo=UTC), root)
    assert problem(pem, ("messageverificationcerts.paypal.com",), NOW, root)
    assert problem(pem, NAMES, NOW, None)
    assert "no trusted roots" in problem(pem, NAMES, NOW, [])
    assert "no PEM" in problem(b"\x00nonsense", NAMES, NOW, root)
    assert "no PEM" in problem(pem, NAMES, NOW, "nonsense")


def test_the_system_has_roots() -> None:
    assert len(certificates.system_roots()) > 20


def test_signatures_of_an_elliptic_key() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    joined = pem.decode().replace("\n", "")
    for digest, algorithm in (("SHA1", hashes.SHA1()), ("SHA256", hashes.SHA256())):
        signature = key.sign(b"text", ec.ECDSA(algorithm))
        assert certificates.ecdsa_fits(joined, signature, digest, b"text")
        assert not certificates.ecdsa_fits(joined, signature, digest, b"texs")
        assert not certificates.ecdsa_fits(joined, b"no signature", digest, b"text")
    with pytest.raises(SignatureError, match="key_unavailable"):
        certificates.ecdsa_fits("nonsense", b"", "SHA1", b"")
