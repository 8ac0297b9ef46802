"""What the signature schemes of all platforms share: HMAC in constant time on bytes, and signed times.

Every failure is a SignatureError with a machine reason and a hint; nothing here raises anything else on any bytes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from openclaw_otel.errors import SignatureError

Encoding = Literal["base64", "hex"]


def required_header(headers: Mapping[str, str], *names: str) -> str:
    """Return the first of these headers that is there and not empty.

    Raises:
        SignatureError: missing_header.
    """
    for name in names:
        value = headers.get(name)
        if value and value.strip():
            return value.strip()
    raise SignatureError(
        "missing_header",
        names[0],
        f"the request carries no {names[0]}: is a proxy dropping it, or is it not from the platform?",
    )


def usable_secrets(secrets: Sequence[str]) -> list[bytes]:
    """Return the non-empty secrets as bytes.

    Raises:
        SignatureError: no_secret.
    """
    if isinstance(secrets, str):
        secrets = [secrets]
    usable = [secret.encode("utf-8", "surrogateescape") for secret in secrets if secret]
    if not usable:
        raise SignatureError("no_secret", hint="give the webhook secret of this store, see [[stores]] in openclaw.toml")
    return usable


def digest(secret: bytes, message: bytes, *, algorithm: str = "sha256", encoding: Encoding = "base64") -> bytes:
    """Return the HMAC of a message as printable bytes (hex is lower case)."""
    raw = hmac.new(secret, message, getattr(hashlib, algorithm)).digest()
    return base64.b64encode(raw) if encoding == "base64" else raw.hex().encode()


def check_hmac(
    received: str,
    secrets: Sequence[str],
    message: bytes,
    *,
    algorithm: str = "sha256",
    encoding: Encoding = "base64",
) -> None:
    """Raise SignatureError(mismatch) unless `received` is the HMAC of `message` under one of `secrets`.

    All secrets are always tried, compared as bytes: a header may hold any character, and the time must not tell which
    secret fitted. Hex digits are compared without case.
    """
    given = received.encode("utf-8", "surrogateescape")
    given = given.lower() if encoding == "hex" else given
    fits = False
    for secret in usable_secrets(secrets):
        fits |= hmac.compare_digest(given, digest(secret, message, algorithm=algorithm, encoding=encoding))
    if not fits:
        raise SignatureError("mismatch", hint=mismatch_hint(message))


def check_key(received: str, secrets: Sequence[str]) -> None:
    """Raise SignatureError(mismatch) unless `received` is one of `secrets`, a key sent as it is; in constant time."""
    given = received.encode("utf-8", "surrogateescape")
    fits = False
    for secret in usable_secrets(secrets):
        fits |= hmac.compare_digest(given, secret)
    if not fits:
        raise SignatureError("mismatch", hint="wrong API key: another connection's, or rotated")


def mismatch_hint(message: bytes) -> str:
    """Return what most often makes a right delivery look wrong, best guess first for these bytes."""
    if message.endswith((b"\n", b"\r")):
        return "the body ends with a line break that platforms do not send: verify the raw bytes as received"
    if message[:2] in (b"{\n", b"{ ", b"[\n", b'{"') and (b'": ' in message[:200] or b"\n  " in message[:200]):
        return "the body looks re-encoded (spaces after colons): verify the raw bytes; else the secret is another app's"
    return "wrong secret (another app, test instead of live, or rotated), or the body was changed on its way"


def check_time(signed_at: datetime, now: datetime | None, tolerance: float, skew: float | None = None) -> None:
    """Raise SignatureError(expired) when a signed time is older than `tolerance` seconds or ahead by more than `skew`.

    `skew` None: the same as `tolerance`.
    """
    age = (now or datetime.now(UTC)) - signed_at
    if age > timedelta(seconds=tolerance):
        raise SignatureError(
            "expired", f"signed {age} ago", "a replay, a long queue in front of us, or our clock is ahead"
        )
    if -age > timedelta(seconds=tolerance if skew is None else skew):
        raise SignatureError("expired", f"signed {-age} in the future", "our clock is behind: check NTP")
