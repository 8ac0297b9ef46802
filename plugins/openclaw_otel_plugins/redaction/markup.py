"""XML, HTML and multipart bodies: elements, attributes and parts judged by their names."""

from __future__ import annotations

import re
from html import escape, unescape

from openclaw_otel_plugins.redaction.keys import Keys
from openclaw_otel_plugins.redaction.leaves import Leaves
from openclaw_otel_plugins.redaction.run import Run

_PIECE = re.compile(
    rb"<!\[CDATA\[(.*?)(?:\]\]>|$)|<!--.*?(?:-->|$)|<(/?)([A-Za-z_\x80-\xff][\w.:\-\x80-\xff]{0,100})([^<>]*)>|([^<]+)",
    re.DOTALL,
)
_NAMED = re.compile(rb"\b(?:name|id|key|field)\s*=\s*[\"']([^\"'<>]{1,100})[\"']")
_VALUE = re.compile(rb"\b(?:value|content)\s*=\s*[\"']([^\"'<>]*)[\"']")
_VOID = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
_PART = re.compile(
    rb"\bname=\"([^\"\r\n]{1,100})\"([^\r\n]{0,100}+(?:\r?\n[^\r\n]{1,200}+){0,5}\r?\n\r?\n)(.*?)(?=\r?\n--|\Z)",
    re.DOTALL,
)
PROBE = r"form-data|\b(?:value|content)\s?=\s?[\"']"
_DEPTH = 64


def is_markup(data: bytes) -> bool:
    """Say whether a text holds elements with text in them."""
    return b"</" in data or data.lstrip()[:1] == b"<"


_Element = tuple[bytes, str, str, str]
"""Tag, class of the text right in it, context and class that hold for the elements in it."""


class Markup:
    """Replaces what stands in sensitive elements, attributes and form parts."""

    def __init__(self, keys: Keys, leaves: Leaves) -> None:
        self._keys = keys
        self._leaves = leaves

    def elements(self, data: bytes, run: Run) -> bytes:
        """Return XML or HTML with the texts of sensitive elements replaced. One pass, cut documents included."""
        pieces: list[bytes] = []
        last = 0
        open_elements: list[_Element] = []
        for match in _PIECE.finditer(data):
            run.spend()
            if match[3] is not None:
                last = self._tag(match, data, last, pieces, open_elements, run)
                continue
            group = 1 if match[1] is not None else 5
            if match[group] is None or not open_elements or not open_elements[-1][1]:
                continue
            text = unescape(match[group].decode("utf-8", "surrogatepass"))
            kept = self._leaves.replace(text, open_elements[-1][1], run, "element")
            if kept is not None and text.strip():
                pieces += data[last : match.start(group)], kept.encode()
                last = match.end(group)
        if not pieces:
            return data
        pieces.append(data[last:])
        return b"".join(pieces)

    def _tag(
        self, match: re.Match[bytes], data: bytes, last: int, pieces: list[bytes],
        open_elements: list[_Element], run: Run,
    ) -> int:  # fmt: skip
        tag = match[3]
        if match[2]:
            while open_elements:
                if open_elements.pop()[0] == tag:
                    break
            return last
        named, value = _NAMED.search(match[4]), _VALUE.search(match[4])
        name = (named[1] if named else tag.rpartition(b":")[2]).decode("utf-8", "replace")
        verdict = self._keys.verdict(name)
        above, forced = open_elements[-1][2:] if open_elements else ("", "")
        found = verdict.placeholder or verdict.below(above) or ("" if verdict.keep else forced)
        if named and value and found:
            kept = self._leaves.replace(unescape(value[1].decode("utf-8", "replace")), found, run, "element")
            if kept is not None:
                start, end = match.start(4) + value.start(1), match.start(4) + value.end(1)
                pieces += data[last:start], escape(kept).encode()
                last = end
        if not match[4].endswith(b"/") and tag.lower() not in _VOID and len(open_elements) < _DEPTH:
            context = verdict.enters or ("" if verdict.leaves else above)
            open_elements.append((tag, found, context, "" if verdict.enters else found))
        return last

    def parts(self, data: bytes, run: Run) -> bytes:
        """Return a multipart body with the sensitive fields replaced."""

        def one(match: re.Match[bytes]) -> bytes:
            run.spend()
            verdict = self._keys.verdict(match[1].decode("utf-8", "replace"))
            if not verdict.placeholder or b"filename=" in match[2]:
                return match[0]
            text = match[3].decode("utf-8", "surrogatepass")
            kept = self._leaves.replace(text, verdict.placeholder, run, "part")
            if kept is None:
                return match[0]
            return match[0][: match.start(3) - match.start()] + kept.encode()

        return _PART.sub(one, data)
