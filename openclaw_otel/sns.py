"""Messages of Amazon SNS over HTTPS: is this one really signed by SNS?

Fields and rules: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. A right signature says
that SNS sent the message, not that it came from our topic: anybody with an AWS account can have SNS sign for theirs.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from openclaw_otel import certificates, fetching, http_values, signing
from openclaw_otel.errors import SignatureError

if TYPE_CHECKING:
    from cryptography import x509

TYPES = frozenset({"Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"})
CERTIFICATE_NAME = "sns.amazonaws.com"
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SUBSCRIPTION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_HASHES = {"1": "SHA1", "2": "SHA256"}
_HOST = re.compile(r"^sns\.[a-zA-Z0-9-]{3,}\.amazonaws\.com(?:\.cn)?$")
_PATH = re.compile(r"^/SimpleNotificationService-[0-9a-zA-Z]{1,80}\.pem$")


def read(body: bytes) -> Mapping[str, Any] | None:
    """Return the SNS message of a body, or None when it is none. Strict: a body that goes on or breaks off is none."""
    if b'"Type"' not in body:
        return None
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    kind = message.get("Type") if isinstance(message, dict) else None
    return message if isinstance(kind, str) and kind in TYPES else None


def verify(
    message: Mapping[str, Any],
    *,
    topics: Sequence[str] = (),
    now: datetime | None = None,
    fetch: Callable[[str], bytes] | None = None,
    trust_roots: str | Sequence[str] | None = None,
    tolerance: float | None = None,
) -> None:
    """Raise SignatureError unless SNS signed the message, for one of `topics` when these are given.

    `trust_roots` (PEM texts) also checks the certificate's chain, name and validity; without, host and path of its URL
    are what is trusted. `tolerance` (seconds) also checks the signed time: SNS documents no window.
    """
    if topics and message.get("TopicArn") not in topics:
        raise SignatureError("mismatch", "TopicArn is not one of ours", "another topic was subscribed to this endpoint")
    version = message.get("SignatureVersion")
    algorithm = _HASHES.get(version) if isinstance(version, str) else None
    if algorithm is None:
        raise SignatureError("malformed", "SignatureVersion is neither 1 nor 2")
    text, signature = _signed_text(message), _signature(message.get("Signature"))
    url = message.get("SigningCertURL")
    check_certificate_url(url)
    pem = _fetched(str(url), fetch)
    roots = trust_roots
    leaf = _leaf(pem) if roots is None else certificates.trusted_key(pem, (CERTIFICATE_NAME,), now, roots)
    if not _verifies(leaf, signature, text, algorithm):
        raise SignatureError("mismatch", hint="the message was changed on its way: verify the raw body as received")
    if tolerance is not None:
        sent = http_values.timestamp(str(message.get("Timestamp")))
        if sent is None:
            raise SignatureError("malformed", "Timestamp is no time")
        signing.check_time(sent, now, float(tolerance))


def check_certificate_url(url: Any) -> None:
    """Raise SignatureError(untrusted_certificate) unless the URL is a certificate of SNS; asked before any fetch."""
    plain = isinstance(url, str) and url.isascii() and url.isprintable() and not any(char in url for char in "\\@ ")
    try:
        parts = urlsplit(url if plain else "")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    named = parts.scheme == "https" and _HOST.match(host) and port in (None, 443) and _PATH.match(parts.path)
    if not (plain and named and not parts.query and not parts.fragment):
        raise SignatureError(
            "untrusted_certificate",
            "SigningCertURL is no certificate on https://sns.<region>.amazonaws.com",
            "forged: it was not fetched",
        )


def _signed_text(message: Mapping[str, Any]) -> bytes:
    keys = _NOTIFICATION if message["Type"] == "Notification" else _SUBSCRIPTION
    lines = []
    for key in keys:
        value = message.get(key)
        if key == "Subject" and value is None:
            continue
        if not isinstance(value, str):
            raise SignatureError("malformed", f"{key} is missing or no text")
        lines.append(f"{key}\n{value}\n")
    return "".join(lines).encode("utf-8", "surrogatepass")


def _signature(value: Any) -> bytes:
    if not isinstance(value, str) or not value:
        raise SignatureError("missing_header", "Signature", "the message carries no Signature: SNS signs every message")
    try:
        return base64.b64decode(value.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise SignatureError("malformed", "Signature is not base64") from error


def _fetched(url: str, fetch: Callable[[str], bytes] | None) -> bytes:
    try:
        return (fetch or fetching.default_fetch())(url)
    except OSError as error:
        raise SignatureError(
            "key_unavailable", f"{url}: {error}", "allow outgoing HTTPS to sns.*.amazonaws.com; SNS will send again"
        ) from error


def _leaf(pem: bytes) -> x509.Certificate:
    try:
        from cryptography.x509 import load_pem_x509_certificate
    except ImportError as error:
        raise SignatureError(
            "key_unavailable", "the package cryptography is missing", "pip install 'openclaw-otel[webhooks]'"
        ) from error
    try:
        return load_pem_x509_certificate(pem)
    except ValueError as error:
        raise SignatureError("untrusted_certificate", f"no PEM certificate: {error}") from error


def _verifies(certificate: x509.Certificate, signature: bytes, text: bytes, algorithm: str) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    try:
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        chosen = hashes.SHA1() if algorithm == "SHA1" else hashes.SHA256()
        key.verify(signature, text, padding.PKCS1v15(), chosen)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
