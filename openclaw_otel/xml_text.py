"""Reading error answers in XML as text: whole or cut, any prefix, no parser that could be made to expand entities.

Leaf module, never raises on any text. Enough for flat error elements; not a reader for documents.
"""

from __future__ import annotations

import html
import re

_ROOT = re.compile(r"\s*(?:<\?[^<>]*\?>\s*|<!--.*?-->\s*)*<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)


def root(text: str) -> str:
    """Return the local name of the first element; "" when the text does not begin as XML."""
    found = _ROOT.match(text)
    return found.group(1) if found else ""


def blocks(text: str, name: str) -> list[str]:
    """Return what stands inside every element of that local name; the open rest too when it was cut."""
    tag = rf"(?:[\w.-]+:)?{re.escape(name)}"
    return re.findall(rf"<{tag}(?:\s[^<>]*)?>(.*?)(?:</{tag}\s*>|\Z)", text, re.DOTALL)


def value(text: str, name: str) -> str:
    """Return the text of the first element of that local name; "" when there is none or it was cut."""
    tag = rf"(?:[\w.-]+:)?{re.escape(name)}"
    start = re.search(rf"<{tag}(?:\s[^<>]*)?>", text)
    end = start and re.compile(rf"</{tag}\s*>").search(text, start.end())
    return plain(text[start.end() : end.start()]) if start and end else ""


def plain(text: str) -> str:
    """Return element content as text: CDATA opened, entities resolved, outer space gone."""
    return html.unescape(_CDATA.sub(r"\1", text)).strip()
