"""Names without ids: field paths without list positions, and low-cardinality operations out of URLs.

Leaf module; pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "HEAD": "head", "OPTIONS": "options"}
_PLAIN_URL = re.compile(
    r"https?://([a-z0-9][a-z0-9.-]*)(?::\d{1,5})?((?:/[A-Za-z0-9._~%+,;=:@!$&'()*-]*)*)(?:\?[!-~]*)?\Z"
)
"""What nearly all URLs look like: no need to take them apart by the general rules, which cost ten times as much."""
_POSITION = re.compile(r"^(?:\d+|\*|-|#\d*|@.*|\?.*)$")
_BRACKETS = re.compile(r"\[[^\]]*\]?")
_SPLIT = re.compile(r"[./]+")
_PREDICATE = re.compile(r"@[\w.]+\s*==\s*(?:'[^']*'|\"[^\"]*\")")
_UUID = re.compile(r"^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$", re.IGNORECASE)
_HEX = re.compile(r"^(?=.*\d)[0-9a-f]{12,}$", re.IGNORECASE)
_VERSION = re.compile(r"^(?:v\d+(?:[._]\d+)*|\d{4}-\d{2}(?:-\d{2})?|unstable|20\d{4})$", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(?:json|xml|php|html?)$", re.IGNORECASE)


def field_path(name: Any) -> str:
    """Return the path of a named field without list positions, dots between names.

    Takes what platforms send: `["variants", "16", "price"]`, `items[0].receiver`, `/purchase_units/0/amount/value`,
    `/purchase_units/@reference_id=='A'/amount`, `$.items[0].sku`; "" when nothing is left.
    """
    if isinstance(name, list | tuple):
        parts: Sequence[str] = [str(part) for part in name if isinstance(part, str | int)]
    elif isinstance(name, str):
        parts = _SPLIT.split(_BRACKETS.sub("", _PREDICATE.sub("", name)))
    else:
        return ""
    kept = [part.strip() for part in parts]
    return ".".join(part for part in kept if part and part != "$" and not _POSITION.match(part))


def is_id(segment: str) -> bool:
    """Say whether a URL segment looks like an id rather than a name: numbers, UUIDs, hex, mixed upper case."""
    if segment.isdigit():
        return True
    if len(segment) < 32 and segment.isalpha() and segment.islower() and segment.isascii():
        return False  # a word, as most segments are
    if _UUID.match(segment) or _HEX.match(segment) or len(segment) > 40:
        return True
    digits = any(char.isdigit() for char in segment)
    upper = any(char.isupper() for char in segment)
    lower = any(char.islower() for char in segment)
    if upper and not lower and len(segment) >= 6:
        return True
    return (digits and upper) or (digits and len(segment) >= 8) or any(char in segment for char in "@:|,%=~")


def is_version(segment: str) -> bool:
    """Say whether a URL segment is an API version: `v2`, `2025-01`, `202309`."""
    return _VERSION.match(segment) is not None


@lru_cache(maxsize=256)  # whose call it is, which account and operation: each asks for host or path of the same URL
def _plain(url: str) -> tuple[str, str] | None:
    """Return host and path of a URL that looks as nearly all do; None for any other."""
    found = _PLAIN_URL.match(url)
    return None if found is None else (found[1], found[2])


def segments(url: str) -> list[str]:
    """Return the decoded, non-empty path segments of a URL; any text is taken."""
    plain = _plain(url)
    if plain is not None:
        path = plain[1]
    else:
        try:
            path = urlsplit(url).path
        except ValueError:
            path = url.split("?", 1)[0]
    parts = path.split("/")
    return [unquote(part) for part in parts if part] if "%" in path else [part for part in parts if part]


def host_of(url: str) -> str:
    """Return the lower-case host of a URL; "" when it has none or is no URL."""
    plain = _plain(url)
    if plain is not None:
        return plain[0]
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def without_suffix(segment: str) -> str:
    """Return a segment without its file suffix (`products.json` → `products`)."""
    return _SUFFIX.sub("", segment) if "." in segment else segment


def without_ids(parts: Iterable[str], is_name: Callable[[str], bool]) -> list[str]:
    """Return the segments with every id replaced by `0`, for APIs whose ids may look like words (SKUs, coupon names).

    What follows a resource is its id unless `is_name` says it is a sub-resource or an action; what follows an id is a
    resource again.
    """
    kept: list[str] = []
    after_name = False
    for part in parts:
        name = is_name(part) or not (after_name or is_id(part))
        kept.append(part if name else "0")
        after_name = name
    return kept


def rest_operation(method: str, parts: Iterable[str], actions: frozenset[str] = frozenset()) -> str:
    """Return `resource.verb` of a REST call: `orders.get`, `orders.list`, `orders.fulfillments.create`.

    Ids are left out. A last segment in `actions` is itself the verb: POST orders/1/cancel → `orders.cancel`.
    """
    names: list[str] = []
    ends_in_id = False
    for part in parts:
        ends_in_id = is_id(part)
        if not ends_in_id:
            names.append(part)
    names = names or ["root"]
    if not ends_in_id and names[-1] in actions:
        verb = "" if method.upper() in ("POST", "GET") else f".{method.lower()}"
        return ".".join(names) + verb
    if method.upper() == "GET":
        return ".".join([*names, "get" if ends_in_id else "list"])
    verb = VERBS.get(method.upper(), method.lower() or "call")
    if verb == "create" and ends_in_id:
        verb = "post"
    return ".".join([*names, verb])
