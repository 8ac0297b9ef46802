"""The buyer's pseudonym: a keyed hash that correlates events of one buyer and lets them be found for erasure."""

from __future__ import annotations

import hashlib
import hmac
import re

ATTRIBUTE = "enduser.pseudo.id"
"""https://opentelemetry.io/docs/specs/semconv/registry/attributes/enduser/"""


def key_id(key: bytes) -> str:
    """Return the public name of a hash key: it tells keys apart and reveals nothing."""
    return hashlib.sha256(b"openclaw-otel hash key id\x00" + key).hexdigest()[:8]


def pseudonym(key: bytes, kind: str, value: str) -> str:
    """Return `<key id>:<32 hex>` of an e-mail or a phone (`kind`), however it is written."""
    plain = value.strip().lower() if kind == "email" else re.sub(r"\D", "", value)
    digest = hmac.new(key, f"{kind}:{plain}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return f"{key_id(key)}:{digest[:32]}"
