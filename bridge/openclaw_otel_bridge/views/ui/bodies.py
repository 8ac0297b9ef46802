"""Captured bodies as people read them: JSON indented and coloured, what was redacted marked; pure."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl

from markupsafe import Markup, escape

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<str>"(?:[^"\\]|\\.)*")'
    r"|(?P<num>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<lit>\btrue\b|\bfalse\b|\bnull\b)"
)
GONE = re.compile(r"\[(?:redacted|removed|withheld)[^\]\n]{0,80}\]", re.IGNORECASE)
"""What a redactor leaves in the place of a value."""
DEEPEST = 60


def pretty(body: str) -> tuple[Markup, str]:
    """Return a body as marked-up text, and its kind: json, form, xml, html or text. Never raises."""
    text = body.strip()
    if text[:1] in ("{", "["):
        try:
            return _coloured(json.dumps(json.loads(text), indent=2, ensure_ascii=False)), "json"
        except (ValueError, RecursionError):  # cut at the cap, or not JSON after all: shown as it came
            return _marked(body), "text"
    if text[:1] == "<":
        return _marked(body), "html" if "<html" in text[:300].lower() else "xml"
    if re.fullmatch(r"[\w.\[\]%+-]+=[^\s]*", text):
        pairs = parse_qsl(text, keep_blank_values=True)
        return _marked("\n".join(f"{key} = {value}" for key, value in pairs)), "form"
    return _marked(body), "text"


def _coloured(text: str) -> Markup:
    parts: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        parts += (str(escape(text[end : token.start()])), f'<span class="j-{token.lastgroup}">')
        parts += (str(_marked(token.group())), "</span>")
        end = token.end()
    parts.append(str(escape(text[end:])))
    return Markup("".join(parts))  # every piece is escaped above


def _marked(text: str) -> Markup:
    parts: list[str] = []
    end = 0
    for gone in GONE.finditer(text):
        parts += (str(escape(text[end : gone.start()])), f'<span class="j-gone">{escape(gone.group())}</span>')
        end = gone.end()
    parts.append(str(escape(text[end:])))
    return Markup("".join(parts))  # every piece is escaped above
