"""Values of several words, found in one linear pass: URLs, dates, object prints, quoted literals, SQL parameters."""

from __future__ import annotations

from typing import Any, NamedTuple

import re2

from openclaw_otel_plugins.v1.words import PLACEHOLDERS

MARK = "*"
"""What every value becomes."""


class Shape(NamedTuple):
    """A value by its look; what stands around it (`before`, `after`) is kept."""

    value: str
    before: str = ""
    after: str = ""


_CJK_STOP = r"\x{3000}-\x{303f}\x{ff00}-\x{ffef}\p{Han}"
_UNBROKEN = rf"[^\s\"'<>`{_CJK_STOP}]*[^\s\"'<>`,;:.!?()\[\]{{}}{_CJK_STOP}]"
_PLACEHOLDER = rf"\[(?:(?i:{PLACEHOLDERS})(?::[^\]\s]*)?|[a-z_]+:[0-9a-f]+)\]"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
_ZONE = r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})\b"
_CLOCK = rf"{_TIME}(?: ?[AP]M)?(?: ?{_ZONE})?"
_MONTH = r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_QUOTED = r"(?:'[^'\n]*'|\"[^\"\n]*\")"
_PATH_START = r"(?:/|~/|\.{1,2}/|[A-Za-z]:[\\/]|\\\\)"

SHAPES: tuple[Shape, ...] = (
    # What a redactor writes: [email], [card:1f2e3d], [REDACTED]. Not a subscript (`errors[name]`).
    Shape(rf"(?:^|[^\w\]$[:^ascii:]])(?:{_PLACEHOLDER})+"),
    Shape(rf"(?:{_PLACEHOLDER})+", before=r"[[:^ascii:]]"),
    Shape(r"(?i:<(?:redacted|masked|hidden|filtered|removed)>)"),
    # Printed objects: <Foo object at 0x7f…>, <HTTPSConnection(host='…') at 0x7f…>.
    Shape(r"<[^<>]+ at 0x[0-9A-Fa-f]+[^<>]*>"),
    # What libraries print of their input: SQLAlchemy, pydantic, PostgreSQL's DETAIL lines.
    Shape(r"[^\n]*", before=r"\[parameters: "),
    Shape(r".*?", before=r"\binput_value=", after=r", input_type="),
    Shape(r"\(.*?\)", before=r"\)=", after=r" (?:already exists|is not present|is still referenced|conflicts)"),
    Shape(r"\(.*\)", before=r"Failing row contains "),
    Shape(rf"[A-Za-z][A-Za-z0-9+.-]+://{_UNBROKEN}"),
    Shape(r"[\p{L}\p{N}_.+%-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+"),
    # Phones with the area in brackets, and Amazon's tokens: a redactor takes them whole.
    Shape(r"(?:\+\d{1,3}[ .-]?)?\(\d{2,4}\)[ .-]?\d{3,5}[ .-]?\d{3,4}\b"),
    Shape(r"(?:\+\d{1,3}[ .-]?\(\d{1,4}\)|\(\+\d{1,3}\))[ .-]?\d(?:[ .-]?\d){5,12}\b"),
    Shape(r"\b00[1-9]\d{0,2}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d(?:[ .-]?\d){5,12}\b"),
    Shape(r"\bAt(?:za|zr|c)\|[\w+/=.%-]{8,}"),
    # Paths: quoted ones may hold spaces.
    Shape(rf"(?:'{_PATH_START}[^'\n]*'|\"{_PATH_START}[^\"\n]*\")"),
    Shape(rf"(?:^|[\s'\"=(\[:,])~?/{_UNBROKEN}"),
    # Dates and times of several words.
    Shape(rf"\b\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?:[T ,]{{1,2}}{_CLOCK})?"),
    Shape(rf"\b\d{{1,2}} {_MONTH},? \d{{4}}(?:,? (?:at )?{_CLOCK})?"),
    Shape(rf"{_MONTH} \d{{1,2}},? (?:{_TIME} )?(?:{_ZONE} )?\d{{4}}\b(?:,? (?:at )?{_CLOCK})?"),
    Shape(rf"\b\d{{4}}年\d{{1,2}}月\d{{1,2}}日(?: ?(?:{_TIME}|\d{{1,2}}[时点]\d{{1,2}}分(?:\d{{1,2}}秒)?))?"),
    # Quoted: what a parser, a cast or a unique key would not take.
    Shape(
        _QUOTED,
        before=r"(?i:(?:convert|isoformat|cast|coerce|literal|invalid input syntax for"
        r"|pars(?:e|ed|ing) (?:an? )?(?:string|date|time|datetime|timestamp|number|int|integer|float|decimal|amount"
        r"|price|value))[^'\"\n]{0,60}?(?:: ?|to [a-z_]+ ))",
    ),
    Shape(
        _QUOTED,
        before=r"(?i:\b(?:for input string|invalid (?:enum |date |number )?value|bad value|duplicate entry"
        r"|incorrect [a-z]{3,12} value|time data|got value)(?:: ?| ))",
    ),
    # V8's complaint about JSON quotes what it read, in other words in each version.
    Shape(
        r"(?:'[^'\n]{0,3}'|[^\s'\"]{1,20}),?(?: [^\n]{0,40} is not valid JSON| in JSON at position \d+[^\n]*)?",
        before=r"(?i:unexpected token )",
    ),
    # What an attribute by name holds: {"name": "gift_message", "value": "…"}.
    Shape(
        r"\\?\"[^\"\n]*\"",
        before=r"\"(?:name|key)\\?\"\s*:\s*\\?\"[^\"\n]{1,80}\"\s*,\s*\\?\"value\\?\"\s*:\s*",
    ),
    # The same in HTML: name="first_name" value="…".
    Shape(
        r"(?:\"[^\"\n]*\"|'[^'\n]*')",
        before=r"\b(?:name|id|key|field)\s?=\s?[\"'][^\"'<>\n]{1,80}[\"'][^<>\n]{0,80}?\b(?:value|content)\s?=\s?",
    ),
    # A field of JSON inside a text that holds an id or the like.
    Shape(
        r"\\?\"[^\"\n]*\"",
        before=r"(?i:\"(?:[a-z_]*(?:_|\b)(?:id|ids|sn|no|ref|token|sku|date|time|amount|price|url|path|host|ip|shop|store"
        r"|region|currency)|(?:shop|store|product|item)_?name)\\?\"\s*:\s*)",
    ),
)


def options() -> Any:
    options = re2.Options()
    options.log_errors = False
    return options


def _in_context(shapes: tuple[Shape, ...]) -> tuple[Any, str]:
    """Return one alternation of the shapes with a context, and the rewrite that keeps the context."""
    alternatives, before, after, groups = [], "", "", 0
    for shape in shapes:
        pattern = shape.value
        if shape.before:
            groups += 1
            before += rf"\g<{groups}>"
            pattern = f"({shape.before}){pattern}"
        if shape.after:
            groups += 1
            after += rf"\g<{groups}>"
            pattern = f"{pattern}({shape.after})"
        alternatives.append(pattern)
    return re2.compile("|".join(alternatives), options()), f"{before} {MARK} {after}"


_CONTEXT = tuple(shape for shape in SHAPES if shape.before or shape.after)
_PLAIN = re2.compile("|".join(shape.value for shape in SHAPES if shape not in _CONTEXT), options())
_PROBE = re2.compile("|".join(shape.before + shape.value + shape.after for shape in _CONTEXT), options())
_IN_CONTEXT, _REWRITE = _in_context(_CONTEXT)


def mark_shapes(text: str) -> str:
    """Return the text with every value of `SHAPES` replaced by ` * `; linear in the length of the text."""
    if _PROBE.search(text):  # a search that need not tell where the groups are takes a tenth of the time
        text = str(_IN_CONTEXT.sub(_REWRITE, text))
    return str(_PLAIN.sub(f" {MARK} ", text))
