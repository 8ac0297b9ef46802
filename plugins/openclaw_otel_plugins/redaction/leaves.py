"""One value under a sensitive key: what it is replaced by, or why it stays."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from openclaw_otel_plugins.redaction.run import Run

_DONE = re.compile(r"\s*(?:(?:Bearer|Basic|Digest|Negotiate|[A-Z0-9-]{4,20})\s+)?\[[a-z][a-z0-9_]*\]\s*")
_SCHEME = re.compile(
    r"(Bearer|Basic|Digest|Negotiate|NTLM|AWS4-HMAC-SHA256|OAuth|GoogleLogin)[ +]+(?=\S)", re.IGNORECASE
)
_NOTHING = frozenset({"", "none", "null", "nil", "true", "false", "undefined", "nan", "n/a", "-", "0", "{{auto}}"})
_HOST = re.compile(r"(?=.*[.:])[0-9a-fA-F:.]+|[a-z0-9.\-]+:[0-9]{2,5}")
"""An address of a machine: an IP address, host:port."""
_FIVE_DIGITS = re.compile(r"(?:[0-9\u0660-\u0669\uff10-\uff19][^0-9\uff10-\uff19]{0,3}){5}")
_ORDER_NAME = re.compile(
    r"#[\w\-]{1,24}|(?=[A-Z0-9#-]*[0-9])[A-Z0-9#-]{1,20}|[a-z]{2,10}_(?=[A-Za-z]*[0-9])[A-Za-z0-9]{10,}"
)
_NUMBER = re.compile(r"\+?[0-9][0-9 ().\-]{6,}")
_LITERAL = re.compile(r"'(?:[^'\\\\]|''|\\\\.)*+(?:'|$)", re.DOTALL)
_COARSE = frozenset({"name", "note", "account", "email"})
_EMAIL = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+")


class Leaves:
    """Replaces scalars by the class their key gives them."""

    def __init__(self, pseudonyms: bool) -> None:
        self._pseudonyms = pseudonyms

    def replace(self, text: str, name: str, run: Run, rule: str, *, encoded: bool = False) -> str | None:
        """Return what stands instead of a text of class `name`; None when the text is to be looked at as any other."""
        value = plain = text.strip()
        if (len(plain) < 10 and plain.lower() in _NOTHING) or (plain[-1:] == "]" and _DONE.fullmatch(text)):
            return None
        if encoded and ("%" in plain or "+" in plain):
            value = unquote_plus(plain)
        keeps = _KEEPS.get(name)
        if keeps is not None and keeps(value):
            return None
        placeholder = _finer(name, value) if name in _COARSE else name
        if self._pseudonyms and placeholder in ("email", "phone"):
            run.buyer(placeholder, value)
        mark = f"[{placeholder}]"
        if run.findings is not None:
            run.note(f"{rule}:{name}", mark)
        if name == "token" and not encoded and (scheme := _SCHEME.match(plain)):
            return f"{scheme[1]} {mark}"
        return mark

    def number(self, value: float, name: str, run: Run, rule: str) -> Any:
        """Return what stands instead of a number of class `name`, or the number."""
        size = value.bit_length() * 3 // 10 + 1 if isinstance(value, int) else 0  # decimal digits, nearly
        if name in ("phone", "card", "id", "account") and size < 5:
            return value
        if name in ("name", "email", "note", "ip") or (name == "token" and (size < 4 or isinstance(value, float))):
            return value
        if name == "phone" and self._pseudonyms:
            run.buyer("phone", str(value))
        run.note(f"{rule}:{name}", f"[{name}]")
        return f"[{name}]"


def _finer(name: str, value: str) -> str:
    """A receiver may be a name, an e-mail or a phone: say which."""
    if "@" in value and _EMAIL.fullmatch(value):
        return "email"
    if name != "note" and len(value) < 24 and _NUMBER.fullmatch(value):
        return "phone"
    return name


def _public(value: str) -> bool:
    """Whether one of the addresses is a person's: not private, not loopback, and an address at all."""
    for part in re.split(r"[,\s]+", value):
        try:
            address = ipaddress.ip_address(part.strip("[]").partition("%")[0])
        except ValueError:
            continue
        if not (address.is_private or address.is_loopback or address.is_unspecified) or _documentation(address):
            return True
    return False


def _documentation(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Documentation networks count as private in `ipaddress`, yet stand for real addresses in samples."""
    return str(address).startswith(("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"))


_KEEPS: Mapping[str, Callable[[str], object]] = {
    "phone": lambda value: not _FIVE_DIGITS.search(value),
    "name": _ORDER_NAME.fullmatch,
    "ip": lambda value: not _public(value),
    "address": _HOST.fullmatch,
}
"""Class → what of it is none after all."""


def without_literals(statement: str) -> str:
    """Return an SQL statement without its string literals; a literal that was cut off is one too."""
    return _LITERAL.sub("'?'", statement)
