"""OTLP JSON → the same protobuf messages, by the rules of the OTLP specification.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: lowerCamelCase keys (all others are ignored), ids as
hex, enums as integers only, 64-bit integers as number or string. `google.protobuf.json_format` breaks three of these:
it reads hex ids as base64, takes snake_case keys and takes enum names.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

DEEPEST = 90
"""Levels of messages; protobuf itself takes 100."""
_NUMBER = re.compile(r"-?\d{1,400}(?:\.\d{1,400})?(?:[eE][-+]?\d{1,4})?", re.ASCII)
"""A number as text, which JSON of protobuf takes for one."""
_HEX = frozenset({"trace_id", "span_id", "parent_span_id"})
_INTEGERS = {
    FieldDescriptor.TYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.TYPE_FIXED32: (0, 2**32 - 1),
    FieldDescriptor.TYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_SFIXED64: (-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_UINT64: (0, 2**64 - 1),
    FieldDescriptor.TYPE_FIXED64: (0, 2**64 - 1),
    FieldDescriptor.TYPE_ENUM: (-(2**31), 2**31 - 1),
}


class BadJson(ValueError):
    """The document is not OTLP JSON; the message names the place."""


def parse_json(data: bytes, message: Message) -> None:
    """Fill `message` from an OTLP JSON document.

    Raises:
        BadJson: not JSON, or a value of the wrong kind; the message says where.
    """
    fill(message, load(data))


def load(data: bytes | str) -> Any:
    """Return what JSON holds; bytes that are no UTF-8 become `\ufffd`, so that one text does not cost a request.

    Raises:
        BadJson: not JSON.
    """
    try:
        return json.loads(data)
    except UnicodeDecodeError as error:
        return load(error.object.decode("utf-8", "replace"))
    except RecursionError as error:
        raise BadJson("nested too deeply") from error
    except ValueError as error:
        raise BadJson(f"not JSON: {error}") from error


def fill(message: Message, document: Any) -> None:
    """Fill `message` from what JSON held.

    Raises:
        BadJson: a value is of the wrong kind; the message says where.
    """
    _fill(message, document, "", 0)


@cache
def _fields(descriptor: Descriptor) -> dict[str, FieldDescriptor]:
    return {field.json_name: field for field in descriptor.fields}


def _fill(message: Message, data: Any, path: str, depth: int) -> None:
    if not isinstance(data, dict):
        raise BadJson(f"{path or 'document'}: an object is expected, not {_kind(data)}")
    if depth > DEEPEST:
        raise BadJson(f"{path}: nested deeper than {DEEPEST} levels")
    fields = _fields(message.DESCRIPTOR)
    for key, value in data.items():
        field = fields.get(key)
        if field is None or value is None:
            continue
        where = f"{path}.{key}" if path else key
        if field.is_repeated:
            _fill_list(message, field, value, where, depth)
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            child = getattr(message, field.name)
            child.SetInParent()
            _fill(child, value, where, depth + 1)
        else:
            setattr(message, field.name, _scalar(field, value, where))


def _fill_list(message: Message, field: FieldDescriptor, value: Any, path: str, depth: int) -> None:
    if not isinstance(value, list):
        raise BadJson(f"{path}: a list is expected, not {_kind(value)}")
    target = getattr(message, field.name)
    for index, item in enumerate(value):
        where = f"{path}[{index}]"
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            _fill(target.add(), item, where, depth + 1)
        else:
            target.append(_scalar(field, item, where))


def _scalar(field: FieldDescriptor, value: Any, path: str) -> Any:
    kind = field.type
    if kind == FieldDescriptor.TYPE_STRING:
        if isinstance(value, str):
            return value if value.isascii() else value.encode("utf-8", "replace").decode()
    elif kind == FieldDescriptor.TYPE_BYTES:
        if isinstance(value, str):
            return _bytes(field, value, path)
    elif kind == FieldDescriptor.TYPE_BOOL:
        if isinstance(value, bool):
            return value
    elif kind == FieldDescriptor.TYPE_DOUBLE:
        return _double(value, path)
    else:
        return _integer(field, value, path)
    raise _wrong(field, value, path)


def _wrong(field: FieldDescriptor, value: Any, path: str) -> BadJson:
    names = {
        FieldDescriptor.TYPE_STRING: "text",
        FieldDescriptor.TYPE_BYTES: "text (hex or base64)",
        FieldDescriptor.TYPE_BOOL: "true or false",
    }
    return BadJson(f"{path}: {names[field.type]} is expected, not {_kind(value)}")


def _bytes(field: FieldDescriptor, value: str, path: str) -> bytes:
    if field.name in _HEX:
        try:
            return bytes.fromhex(value) if value.isascii() and " " not in value else b"?"
        except ValueError:
            return b"?"  # a bad id costs its span, not the request
    text = value.replace("-", "+").replace("_", "/")  # the URL-safe alphabet is allowed too
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadJson(f"{path}: not base64") from error


def _integer(field: FieldDescriptor, value: Any, path: str) -> int:
    number: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    elif isinstance(value, str) and field.type != FieldDescriptor.TYPE_ENUM:
        text = value.removeprefix("-")
        number = int(value) if text.isascii() and text.isdecimal() and len(text) <= 20 else None
    if number is None:
        kind = "an integer, not a name," if field.type == FieldDescriptor.TYPE_ENUM else "an integer"
        raise BadJson(f"{path}: {kind} is expected, not {_kind(value)}")
    low, high = _INTEGERS[field.type]
    if not low <= number <= high:
        raise BadJson(f"{path}: {number} is out of range")
    return number


def _double(value: Any, path: str) -> float:
    if isinstance(value, bool):
        raise BadJson(f"{path}: a number is expected, not {_kind(value)}")
    if isinstance(value, int | float):
        return float(value) if not isinstance(value, int) or abs(value) < 2**1023 else math.inf
    if isinstance(value, str) and (value in ("NaN", "Infinity", "-Infinity") or _NUMBER.fullmatch(value)):
        return float(value)
    raise BadJson(f"{path}: a number is expected, not {_kind(value)}")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {
        bool: "true/false",
        int: "a number",
        float: "a number",
        str: f"the text {str(value)[:40]!r}",
        list: "a list",
    }
    return names.get(type(value), "an object")
