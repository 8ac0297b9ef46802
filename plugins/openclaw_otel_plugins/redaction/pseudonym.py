"""The buyer's pseudonym: a keyed hash that correlates events of one buyer and lets them be found for erasure."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

ATTRIBUTE = "enduser.pseudo.id"
"""Of the e-mail, else of the phone: https://opentelemetry.io/docs/specs/semconv/registry/attributes/enduser/"""
SECOND_ATTRIBUTE = "user.hash"
"""Of the phone, where there is an e-mail too: https://opentelemetry.io/docs/specs/semconv/registry/attributes/user/"""
_CN_PREFIX = re.compile(r"^(?:00)?86(?=1[3-9]\d{9}$)")
"""Chinese mobile numbers are written with and without the country."""


def key_id(key: bytes) -> str:
    """Return the public name of a hash key: it tells keys apart and reveals nothing."""
    return hashlib.sha256(b"openclaw-otel hash key id\x00" + key).hexdigest()[:8]


def pseudonyms(key: bytes, emails: Sequence[str], phones: Sequence[str]) -> dict[str, str]:
    """Return the attributes that stand for the buyer whose e-mails and phones were found; {} when there are none."""
    found = [("email", value) for value in emails[:1]] + [("phone", value) for value in phones[:1]]
    names = (ATTRIBUTE, SECOND_ATTRIBUTE)
    return {name: pseudonym(key, *subject) for name, subject in zip(names, found, strict=False)}


def pseudonym(key: bytes, kind: str, value: str) -> str:
    """Return `<key id>:<32 hex>` of an e-mail or a phone (`kind`), however it is written."""
    plain = value.strip().lower() if kind == "email" else _CN_PREFIX.sub("", re.sub(r"\D", "", value))
    digest = hmac.new(key, f"{kind}:{plain}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return f"{key_id(key)}:{digest[:32]}"
