"""Is this number what it looks like: checksums, plausible phones, and what the words around a candidate say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from importlib.resources import files

Check = Callable[[bytes, int, int], bool]
"""(text, start, end) → whether the candidate between the two is to be replaced."""

_DATA = json.loads(files("openclaw_otel_plugins.redaction").joinpath("values.json").read_text("utf-8"))
_ID_WORDS = frozenset(word.encode() for word in _DATA["id_words"] if word.isascii())
_NUMBER_WORDS = frozenset(word.encode() for word in _DATA["number_words"])
_LABELS = tuple(word.encode() for word in _DATA["id_words"] if not word.isascii())
"""What makes the number right behind it an id: order, item, product, 订单, 单号 …"""
_JUNK = b" \t\"'`([{#:=<>"
_GLUE = frozenset(b"#/.-_+:\\$%~*")
_DIGITS = re.compile(rb"[^0-9]")
_IBAN_LENGTHS: Mapping[bytes, int] = {
    code.encode(): length
    for length, codes in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK", 21: "CH CR HR LI LV",
        22: "BG BH DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU", 31: "MT SC", 32: "LC",
    }.items()
    for code in codes.split()
}  # fmt: skip
"""IBAN registry: country → length (https://www.swift.com/standards/data-standards/iban)."""
_DATE = re.compile(rb"(?:19|20)[0-9]{2}[.\- ][01][0-9][.\- ][0-3][0-9]")
_CALLING_CODES = re.compile(
    rb"(?:1|7|2[07]|2[1-689]\d|3[0-469]|3[578]\d|4[013-9]|42\d|5[1-8]|5[09]\d|6[0-6]|6[789]\d|8[1246]|8[058]\d|9[0-58]|9[679]\d)"
)
"""ITU E.164 country codes, by shape."""


def digits(data: bytes) -> bytes:
    """Return the digits alone."""
    return _DIGITS.sub(b"", data)


def luhn(number: bytes) -> bool:
    """Say whether a string of digits passes the Luhn check (ISO/IEC 7812-1)."""
    total = 0
    for position, digit in enumerate(reversed(number)):
        value = digit - 48
        if position % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def stands_alone(data: bytes, start: int, end: int) -> bool:
    """Say whether a number is neither part of a longer token nor labelled as an id."""
    if start and (data[start - 1] in _GLUE or _word(data[start - 1])) and not _sentence(data, start):
        return False
    if end < len(data):
        after = data[end]
        if _word(after):
            return False
        if after in b"-./_:" and end + 1 < len(data) and (_word(data[end + 1]) or data[end + 1] in b"-_/"):
            return False
    return not _labelled_as_id(data[max(0, start - 48) : start])


def _labelled_as_id(before: bytes) -> bool:
    text = before.rstrip(_JUNK)
    if text.endswith(b"\xef\xbc\x9a"):  # ：
        text = text[:-3]
    if len(before) - len(text) > 6:
        return False
    if text.endswith(_LABELS):
        return True
    word, rest = _last_word(text)
    if not word and text.endswith(b"."):  # no.
        word, rest = _last_word(text[:-1])
        return word in _NUMBER_WORDS and _last_word(rest.rstrip(b" _-"))[0] in _ID_WORDS
    if word in _NUMBER_WORDS or word == b"":
        word, _ = _last_word(rest.rstrip(b" ._-"))
        return word in _ID_WORDS
    return word in _ID_WORDS


def _last_word(text: bytes) -> tuple[bytes, bytes]:
    """Return the last Latin word in lower case (of `orderId` the `id`), and what stands before it."""
    start = len(text)
    while start and (65 <= text[start - 1] <= 90 or 97 <= text[start - 1] <= 122):
        start -= 1
        if text[start] <= 90 and start + 1 < len(text) and text[start + 1] > 90:
            break
    return text[start:].lower(), text[:start]


def _word(byte: int) -> bool:
    return 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122 or byte == 95


def _sentence(data: bytes, start: int) -> bool:
    """A colon that ends a word before the number (`tel:138…`, `电话-138…`), not a token (`a-1:138…`)."""
    before = data[max(0, start - 24) : start]
    latin = before[-1:] in b":~*" and re.search(rb"(?:^|[\s\"'(,;])[A-Za-z\x80-\xff]+[\"']?\s?[:~*]+$", before)
    return bool(latin) or (len(before) > 1 and before[-2] >= 0x80)


def card(data: bytes, start: int, end: int) -> bool:
    """A payment card: Luhn, not one digit throughout, and not labelled as an id."""
    number = digits(data[start:end])
    return len(set(number)) > 1 and luhn(number) and stands_alone(data, start, end)


def cn_id(data: bytes, start: int, end: int) -> bool:
    """A Chinese resident identity number (GB 11643-1999): check character over 17 digits."""
    number = data[start:end].upper()
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum((digit - 48) * weight for digit, weight in zip(number[:17], weights, strict=True))
    return b"10X98765432"[total % 11] == number[17]


def cpf(data: bytes, start: int, end: int) -> bool:
    """A Brazilian CPF: two check digits."""
    number = [digit - 48 for digit in digits(data[start:end])]
    if len(number) != 11 or len(set(number)) == 1:
        return False
    for size in (9, 10):
        rest = sum(number[i] * (size + 1 - i) for i in range(size)) * 10 % 11 % 10
        if rest != number[size]:
            return False
    return True


def cnpj(data: bytes, start: int, end: int) -> bool:
    """A Brazilian CNPJ: two check digits."""
    number = [digit - 48 for digit in digits(data[start:end])]
    if len(number) != 14 or len(set(number)) == 1:
        return False
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    for size in (12, 13):
        rest = sum(number[i] * weights[i + 13 - size] for i in range(size)) % 11
        if (0 if rest < 2 else 11 - rest) != number[size]:
            return False
    return True


def cpf_cnpj(data: bytes, start: int, end: int) -> bool:
    """Digits after the word CPF or CNPJ that pass either check."""
    return cpf(data, start, end) or cnpj(data, start, end)


def thai_id(data: bytes, start: int, end: int) -> bool:
    """A Thai citizen number: check digit over 12 digits."""
    number = [digit - 48 for digit in digits(data[start:end])]
    return (11 - sum(number[i] * (13 - i) for i in range(12)) % 11) % 10 == number[12]


def iban(data: bytes, start: int, end: int) -> bool:
    """An IBAN: length of its country and ISO 7064 mod 97."""
    text = data[start:end].replace(b" ", b"")
    if _IBAN_LENGTHS.get(text[:2]) != len(text):
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(chr(char), 36)) for char in moved)) % 97 == 1


def phone_international(data: bytes, start: int, end: int) -> bool:
    """A + and a country code, 8 to 15 digits, not glued to a word (an offset, a sum, a base64 text)."""
    text = data[start:end]
    number = digits(text[3:] if text[:1] == b"%" else text)
    if not 8 <= len(number) <= 15 or not _CALLING_CODES.match(number):
        return False
    if start and (_word(data[start - 1]) or data[start - 1] in b"/+=") and text[:1] == b"+":
        return data[start - 1] in b"=" and re.search(rb"[A-Za-z_\]]=$", data[max(0, start - 8) : start]) is not None
    return not (end < len(data) and (_word(data[end]) or data[end] in b"/+="))


def phone_double_zero(data: bytes, start: int, end: int) -> bool:
    """00 and a country code, 8 to 15 digits; no counter before a date, no number with zeros before it."""
    text = data[start:end]
    number = digits(text)[2:]
    if text.isdigit() and (len(number) < 11 or _gtin(text)):
        return False
    if not 8 <= len(number) <= 15 or not _CALLING_CODES.match(number) or _DATE.search(text):
        return False
    return stands_alone(data, start, end)


def bare_phone(data: bytes, start: int, end: int) -> bool:
    """A national phone number that stands alone; twelve digits of a product code are not one."""
    number = digits(data[start:end])
    if len(number) in (12, 13) and number == data[start:end] and _gtin(number):
        return False
    return stands_alone(data, start, end)


def _gtin(number: bytes) -> bool:
    total = sum((digit - 48) * (1 if i % 2 == 0 else 3) for i, digit in enumerate(reversed(number)))
    return total % 10 == 0


def digits_7_15(data: bytes, start: int, end: int) -> bool:
    """What follows the word telephone: 7 to 15 digits, and no date or dotted address."""
    text = data[start:end]
    return 7 <= len(digits(text)) <= 15 and re.match(rb"(?:19|20)\d\d-\d\d-\d\d|\d+\.\d+\.\d+\.\d+$", text) is None


def email(data: bytes, start: int, end: int) -> bool:
    """An address of a mailbox; not a package version (`left-pad@1.3.0`) nor a file (`sprite@2x.png`)."""
    text = data[start:end].lower()
    domain = text.replace(b"%40", b"@").rpartition(b"@")[2]
    return domain.rpartition(b".")[2] not in (b"png", b"jpg", b"jpeg", b"gif", b"svg", b"webp", b"js", b"py", b"css")


def credential(data: bytes, start: int, end: int) -> bool:
    """What follows Basic or Bearer: a token, not a word (`Bearer authentication`)."""
    text = data[start:end]
    return len(text) >= 40 or _mixed(text)


def mixed(data: bytes, start: int, end: int) -> bool:
    """Letters and digits mixed, as random strings are; no snake_case word, no path, no number."""
    return _mixed(data[start:end])


def _mixed(text: bytes) -> bool:
    has_digit = re.search(rb"[0-9]", text) is not None
    has_letter = re.search(rb"[A-Za-z]", text) is not None
    if has_letter and has_digit:
        return True
    return has_letter and (text.endswith(b"=") or len(re.findall(rb"[a-z][A-Z]", text)) >= 3)


def secret_path(data: bytes, start: int, end: int) -> bool:
    """The last parts of a robot's or webhook's path, when one of them is random rather than a name."""
    parts = re.split(rb"[/:@]", data[start:end])
    return any(len(part) >= 16 and _mixed(part) and not re.search(rb"[a-z]{12}", part) for part in parts)


def handle(data: bytes, start: int, end: int) -> bool:
    """A messenger id after its label; not a plain Latin word (`wechat payment`) unless a colon or 号 stands between."""
    text = data[start:end]
    before = data[max(0, start - 6) : start].rstrip()
    if re.search(rb"[0-9_]", text):
        return True
    return before.endswith((b"\xe5\x8f\xb7", b"\xe5\xbe\xae\xe4\xbf\xa1", b"\xef\xbc\x9a")) and text.isalpha()


CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        card, cn_id, cpf, cnpj, cpf_cnpj, thai_id, iban, phone_international, phone_double_zero, bare_phone,
        digits_7_15, email,
        credential, mixed, secret_path, handle,
    )
}  # fmt: skip
"""Name in the rule data → function."""
