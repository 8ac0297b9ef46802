"""SNS messages: the certificate's address is checked before any fetch, its chain when roots are given."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from openclaw_otel import sns, testing
from openclaw_otel.errors import SignatureError

VECTORS = {
    vector.name: vector
    for vector in testing.load_vectors(Path(__file__).parents[1] / "payloads" / "amazon_sp" / "vectors.json")
}
GOOD = VECTORS["v2-sha256"]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123abcd.pem"


def issued(name: str, key: Any, issuer: tuple[x509.Name, Any] | None, *, ca: bool = False) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by, with_key = issuer or (subject, key)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return built.sign(with_key, hashes.SHA256())


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="module")
def keys() -> dict[str, Any]:
    root_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    root = issued("A Root", root_key, None, ca=True)
    named = {name: issued(name, key, (root.subject, root_key)) for name in ("sns.amazonaws.com", "evil.example")}
    return {"key": key, "root": pem(root), **{name: pem(leaf) for name, leaf in named.items()}}


def message(keys: dict[str, Any], **changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "Type": "SubscriptionConfirmation",
        "Message": "confirm",
        "MessageId": "m1",
        "SubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription",
        "Timestamp": "2026-01-01T00:00:00.000Z",
        "Token": "t",
        "TopicArn": "arn:aws:sns:us-east-1:1:a",
        "SignatureVersion": "2",
        "SigningCertURL": URL,
    }
    names = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    text = "".join(f"{name}\n{told[name]}\n" for name in names).encode()
    told["Signature"] = base64.b64encode(keys["key"].sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()
    return {**told, **changes}


def verdict(told: dict[str, Any], **arguments: Any) -> str:
    try:
        sns.verify(told, **arguments)
    except SignatureError as error:
        return error.reason
    return "right"


def test_subscription_messages_sign_other_fields(keys: dict[str, Any]) -> None:
    leaf = keys["sns.amazonaws.com"].encode()
    assert verdict(message(keys), fetch=lambda url: leaf) == "right"
    for field in ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn"):
        assert verdict(message(keys, **{field: "other"}), fetch=lambda url: leaf) == "mismatch"
        assert verdict(message(keys, **{field: None}), fetch=lambda url: leaf) == "malformed"
    assert verdict(message(keys, Type="UnsubscribeConfirmation"), fetch=lambda url: leaf) == "mismatch"


def test_the_chain_counts_only_when_roots_are_given(keys: dict[str, Any]) -> None:
    for name, with_roots in (("sns.amazonaws.com", "right"), ("evil.example", "untrusted_certificate")):
        leaf = keys[name].encode()
        assert verdict(message(keys), fetch=lambda url, leaf=leaf: leaf, now=NOW) == "right"
        assert (
            verdict(message(keys), fetch=lambda url, leaf=leaf: leaf, now=NOW, trust_roots=keys["root"]) == with_roots
        )
    leaf = keys["sns.amazonaws.com"].encode()
    late = NOW + timedelta(days=60)
    assert verdict(message(keys), fetch=lambda url: leaf, now=late, trust_roots=keys["root"]) == "untrusted_certificate"


def test_topics_and_age(keys: dict[str, Any]) -> None:
    def fetch(url: str) -> bytes:
        return bytes(keys["sns.amazonaws.com"].encode())

    assert verdict(message(keys), fetch=fetch, topics=["arn:aws:sns:us-east-1:1:a"]) == "right"
    assert verdict(message(keys), fetch=fetch, topics=["arn:aws:sns:us-east-1:1:b"]) == "mismatch"
    assert verdict(message(keys), fetch=fetch, tolerance=300, now=NOW) == "right"
    assert verdict(message(keys), fetch=fetch, tolerance=300, now=NOW + timedelta(hours=1)) == "expired"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Signature": ""}, "missing_header"),
        ({"Signature": None}, "missing_header"),
        ({"Signature": "签名"}, "malformed"),
        ({"Signature": "AAAA"}, "mismatch"),
        ({"SignatureVersion": "3"}, "malformed"),
        ({"SignatureVersion": []}, "malformed"),
        ({"Timestamp": 5}, "malformed"),
        ({"SigningCertURL": None}, "untrusted_certificate"),
    ],
)
def test_odd_messages(keys: dict[str, Any], changes: dict[str, Any], reason: str) -> None:
    assert verdict(message(keys, **changes), fetch=lambda url: keys["sns.amazonaws.com"].encode()) == reason


def test_keys_that_cannot_be_had_or_used(keys: dict[str, Any]) -> None:
    def offline(url: str) -> bytes:
        raise OSError("no route")

    curve = ec.generate_private_key(ec.SECP256R1())
    other = pem(issued("sns.amazonaws.com", curve, None))
    assert verdict(message(keys), fetch=offline) == "key_unavailable"
    assert verdict(message(keys), fetch=lambda url: b"<html>") == "untrusted_certificate"
    assert verdict(message(keys), fetch=lambda url: other.encode()) == "mismatch"


def test_hostile_addresses_are_never_fetched() -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return b""

    for name, vector in VECTORS.items():
        if name.startswith("bad-cert-url"):
            assert verdict(json.loads(vector.request.body), fetch=fetch) == "untrusted_certificate"
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem",
        "https://sns.us-east-1.amazonaws.com/other.pem",
        "https://sns.us-east-1.amazonaws.com/a/SimpleNotificationService-1.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem?x=1",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem#x",
        "https://sns.us-east-1.amazonaws.com:8443/SimpleNotificationService-1.pem",
        "https://u@sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://bucket.s3.amazonaws.com/SimpleNotificationService-1.pem",
        "https://[::1/SimpleNotificationService-1.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem\n",
        7,
    ],
)
def test_other_addresses(url: Any) -> None:
    with pytest.raises(SignatureError, match="SigningCertURL"):
        sns.check_certificate_url(url)


def test_good_addresses() -> None:
    for host in ("sns.eu-west-1.amazonaws.com", "sns.cn-north-1.amazonaws.com.cn"):
        sns.check_certificate_url(f"https://{host}/SimpleNotificationService-0123abcd.pem")


def test_reading_is_strict() -> None:
    body = GOOD.request.body
    assert sns.read(body) is not None
    for other in (
        body[:-1],
        body + b"x",
        b"",
        b'{"Type": "Order"}',
        b'["Type"]',
        b'{"Type": []}',
        b'"Type"' + b"[" * 9000,
    ):
        assert sns.read(other) is None
