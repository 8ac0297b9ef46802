"""Root fields of a GraphQL request: the name of the operation as everybody knows it, whatever the client called it.

A tolerant reader, not a validator: it takes cut and wrong documents and returns what it can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from openclaw_otel import bodies

_IGNORED = re.compile(r'#[^\r\n]*|"""(?:[^\\]|\\.)*?(?:"""|$)|"(?:[^"\\\n]|\\.)*(?:"|$)', re.DOTALL)
_TOKEN = re.compile(r"\.\.\.|[A-Za-z_]\w*|[{}()\[\]:@!$=|&]")
_KINDS = ("query", "mutation", "subscription")
MAX_FIELDS = 5


def operation(request_body: bytes, response_body: bytes) -> str:
    """Return `graphql <root fields>` of a call; without a readable query: roots of the answer, or the client's name."""
    body = bodies.read_json(request_body)
    asked = bodies.mapping(body[0] if isinstance(body, list) and body else body)
    document = bodies.text(asked.get("query")) or ("" if asked else bodies.text_of(request_body[:50_000]))
    name = bodies.text(asked.get("operationName"))
    _, fields = root_fields(document, name or None)
    if not fields:
        data = bodies.mapping(bodies.mapping(bodies.read_json(response_body)).get("data"))
        fields = tuple(sorted(data))[:MAX_FIELDS] or ((name,) if name else ())
    return " ".join(("graphql", ",".join(fields))).strip()


def root_fields(document: str, operation_name: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the kind (`query`, `mutation`, `subscription`) and the root fields, sorted, without aliases.

    Of several operations the one called `operation_name` counts, else the first. No operation: ("", ()).
    """
    best: tuple[str, tuple[str, ...]] = ("", ())
    for kind, name, fields in _operations(list(_TOKEN.findall(_IGNORED.sub(" ", document)))):
        found = (kind, tuple(sorted(set(fields)))[:MAX_FIELDS])
        if operation_name and name == operation_name:
            return found
        best = best if best[0] else found
    return best


def _operations(tokens: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token in _KINDS or token == "{":
            kind = token if token in _KINDS else "query"
            name = tokens[at + 1] if token in _KINDS and at + 1 < len(tokens) else ""
            at = _skip_to_body(tokens, at)
            fields, at = _selection(tokens, at + 1)
            yield kind, name, fields
        elif token == "fragment":
            _, at = _selection(tokens, _skip_to_body(tokens, at) + 1)
        else:
            at += 1


def _skip_to_body(tokens: list[str], at: int) -> int:
    """Return the position of the `{` that opens the selection, past variables with default objects."""
    depth = 0
    while at < len(tokens):
        if tokens[at] in "([":
            depth += 1
        elif tokens[at] in ")]":
            depth -= 1
        elif tokens[at] == "{" and depth <= 0:
            return at
        at += 1
    return at


def _selection(tokens: list[str], at: int) -> tuple[list[str], int]:
    """Return the field names of one selection set and the position behind its `}`."""
    fields: list[str] = []
    depth = 0
    while at < len(tokens):
        token = tokens[at]
        if depth == 0 and token == "}":
            return fields, at + 1
        if token in ("{", "(", "["):
            depth += 1
        elif token in ("}", ")", "]"):
            depth -= 1
        elif depth == 0:
            at = _field(tokens, at, fields)
            continue
        at += 1
    return fields, at


def _field(tokens: list[str], at: int, fields: list[str]) -> int:
    token = tokens[at]
    if token == "@":
        return at + 2
    if token == "...":
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        return at + (3 if following == "on" else 2 if following.isidentifier() else 1)
    if not token.isidentifier():
        return at + 1
    if at + 2 < len(tokens) and tokens[at + 1] == ":" and tokens[at + 2].isidentifier():
        fields.append(tokens[at + 2])
        return at + 3
    fields.append(token)
    return at + 1
