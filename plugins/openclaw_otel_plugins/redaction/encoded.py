"""Texts inside texts: percent-encoded parts and base64; opened, redacted, and closed again only when they changed."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import quote, unquote_to_bytes

from openclaw_otel_plugins.redaction.run import Run, TooDense

MAX_DEPTH = 6
"""Texts inside texts inside texts …: beyond this many, the rest is replaced whole."""
Redact = Callable[[bytes, Run], bytes]
_PERCENT = re.compile(
    rb"(?<![^\s\"'<>&=?#;,\x1f%])[^\s\"'<>&=?#;,\x1f%]*+%(?:2[0-9A-Fa-f]|3[A-Da-d]|40|5[Bb]|7[BbCc])[^\s\"'<>&=?#;,\x1f]*+"
)
"""A run with something encoded in it; begins only where a run can, so that each is read once."""
_BASE64 = re.compile(rb"(?<![A-Za-z0-9+/_=.\-])[A-Za-z0-9+/_\-]{32,}+={0,2}+(?![A-Za-z0-9+/_.])")
_LETTERS = re.compile(rb"(?<!\\)\\++u([0-9A-Fa-f]{4})")
_PERCENT_LETTERS = re.compile(
    rb"(?:%[Cc][2-9A-Fa-f]|%[Dd][0-9A-Fa-f]|%[Ee][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]|%[Ff][0-4]%[89ABab][0-9A-Fa-f]%[89ABab]"
    rb"[0-9A-Fa-f])%[89ABab][0-9A-Fa-f]"
)
_LETTERS_ALONE = re.compile(rb"[\x80-\xff]+")
_WIDE = re.compile(rb"\xef\xbc[\x88\x89\x8b\x8d\x8e\x90-\x99\xa0]")
_RUN = re.compile(rb"[A-Za-z0-9+]{32,}+")
_ONE_CASE = re.compile(rb"[a-z0-9+/_\-]*+=*|[A-Z0-9+/_\-]*+=*")
_USER_PASSWORD = re.compile(rb"[A-Za-z0-9._@+\-]{3,}:[\x21-\x7e]{8,}")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
PROBE = r"%(?:2[BbFf]|3[AaDd]|40|5[Bb]|7[BbCc]|22)|[0-9]%20[0-9]{3}|%28[0-9]|%[C-Fc-f][0-9A-Fa-f]%[89ABab]"
WIDE_PROBE = r"(?:[\x{ff10}-\x{ff19}][\x{ff0d}\x{ff0e} \-]?){5}|\x{ff20}"
"""Digits and at signs as wide as Chinese characters."""
BASE64_PROBE = r"[A-Za-z0-9+]{32}"
_LONG = 1 << 16
_SAFE = "[]!$'()*,:;@/-_.~"


def percent(data: bytes, run: Run, redact: Redact) -> bytes:
    """Return the text with every percent-encoded part that hides something redacted."""
    if b"%" not in data:
        return data

    def one(match: re.Match[bytes]) -> bytes:
        run.spend()
        if len(match[0]) > _LONG:
            raise TooDense
        text = unquote_to_bytes(match[0]).decode("utf-8", "replace").encode()
        changed = redact(text, run)
        return match[0] if changed == text else quote(changed, safe=_SAFE).encode()

    return _PERCENT.sub(one, data)


def plain(data: bytes) -> bytes:
    """Return the text with letters as letters: no escapes, no percent-encoding, no wide digits among them."""
    if b"\\u" in data:
        data = with_letters(data)
    if b"\xef\xbc" in data:
        data = narrow(data)
    return _PERCENT_LETTERS.sub(lambda match: unquote_to_bytes(match[0]), data) if b"%" in data else data


def as_before(data: bytes, before: bytes) -> bytes:
    """Return a text whose letters `plain` decoded with its letters percent-encoded again, where all of them were."""
    if not before.isascii() or b"%" not in before or b"\\u" in before:
        return data
    return _LETTERS_ALONE.sub(lambda match: quote(match[0]).encode(), data)


def narrow(data: bytes) -> bytes:
    """Return the text with digits, plus, dash, dot, brackets and at sign as wide as Chinese characters made narrow."""
    return _WIDE.sub(lambda match: bytes((match[0][2] - 0x60,)), data)


def with_letters(data: bytes) -> bytes:
    r"""Return the text with `\u5bc6` and the like as letters, at any level of escaping; ASCII escapes stay."""

    def letter(match: re.Match[bytes]) -> bytes:
        code = int(match[1], 16)
        return match[0] if code < 0xA0 or 0xD800 <= code < 0xE000 else chr(code).encode()

    return _LETTERS.sub(letter, data)


def base64_parts(data: bytes, run: Run, redact: Redact) -> bytes:
    """Return the text with every base64 part that hides something redacted; what holds no text stays."""

    def one(match: re.Match[bytes]) -> bytes:
        run.spend()
        return blob(match[0], run, redact) or match[0]

    return _BASE64.sub(one, data)


def may_hide_text(data: bytes) -> bool:
    """Say whether a long run could be base64 of a text: upper and lower case mixed, unlike digests and ids."""
    return any(not _ONE_CASE.fullmatch(match[0]) for match in _RUN.finditer(data))


def blob(encoded: bytes, run: Run, redact: Redact) -> bytes | None:
    """Return base64 of text redacted, in base64 again; None when it holds no text or nothing to redact."""
    if _ONE_CASE.fullmatch(encoded):
        return None
    text = decoded(encoded)
    if text is None:
        return None
    if _USER_PASSWORD.fullmatch(text):
        run.note("value:base64_user_password", "[token]")
        return b"[token]"
    changed = redact(text, run)
    if changed == text:
        return None
    again = base64.urlsafe_b64encode(changed) if b"-" in encoded or b"_" in encoded else base64.b64encode(changed)
    return again if encoded.endswith(b"=") or len(encoded) % 4 == 0 else again.rstrip(b"=")


def decoded(encoded: bytes) -> bytes | None:
    """Return what base64 (standard or URL alphabet, padded or not, cut or not) says, when that is readable text."""
    plain = encoded.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    if len(plain) % 4 == 1:
        plain = plain[:-1]
    try:
        text = base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return None
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(text) - 3:  # not merely cut inside a character
            return None
        text = text[: error.start]
    return None if not text or _CONTROL.search(text) else text
