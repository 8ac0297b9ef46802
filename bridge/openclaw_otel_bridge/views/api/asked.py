"""What a request asks: its JSON body and its query string, each field known by name, checked, or refused by name."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request

from openclaw_otel_bridge.problems import Problem
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField

DEFAULT_LIMIT = 50
MOST = 200
MOST_BODY = 1024 * 1024
"""Bytes of a request body; the longest texts are some ten thousand characters."""
_BIGINT = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a JSON object, read by name and type; `prefix` names where a nested object stands."""

    values: Mapping[str, Any]
    prefix: str = ""

    def text(self, name: str) -> str | None:
        """Return a text, None when it is absent or null."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.wrong(name, "must be text", "应为文本")
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise self.wrong(name, "holds a character that cannot be stored", "含有无法存储的字符")
        return value

    def number(self, name: str) -> int | None:
        """Return a whole number, None when it is absent or null."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _BIGINT:
            raise self.wrong(name, "must be a whole number", "应为整数")
        return value

    def numbers(self, name: str) -> list[int]:
        """Return a list of whole numbers; it must be there."""
        value = self.values.get(name)
        if value is None:
            raise MissingField(self.prefix + name)
        if not isinstance(value, list) or any(type(item) is not int or abs(item) > _BIGINT for item in value):
            raise self.wrong(name, "must be a list of whole numbers", "应为整数列表")
        return value

    def time(self, name: str) -> datetime | None:
        """Return a time with its zone, None when it is absent or null."""
        value = self.text(name)
        if value is None:
            return None
        time = _moment(value)
        if time is None:
            raise self.wrong(name, "must be a time like 2026-01-31T08:00:00Z", "应为 2026-01-31T08:00:00Z 这样的时间")
        return time

    def object(self, name: str, known: Collection[str]) -> Fields | None:
        """Return a nested object, None when it is absent or null."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong(name, "must be an object", "应为对象")
        return Fields(_known(value, known, f"{self.prefix}{name}."), f"{self.prefix}{name}.")

    def wrong(self, name: str, en: str, zh: str) -> InvalidField:
        """Return the error that names a field."""
        return InvalidField(self.prefix + name, en, zh)


def body(*known: str) -> Fields:
    """Return the fields of the request's JSON object.

    Raises:
        Problem: 400 for what is no JSON object, 413 when it is too large, 415 for another content type.
        InvalidField: a field is not among `known`.
    """
    return Fields(_known(_object(), known, ""))


def values(*known: str) -> dict[str, Any]:
    """Return the same as a plain mapping, for functions that check every value themselves."""
    return dict(_known(_object(), known, ""))


def arguments(*known: str) -> Mapping[str, str]:
    """Return the query string's parameters.

    Raises:
        Problem: one is unknown, or given twice.
    """
    for name, given in request.args.lists():
        if name not in known:
            hint = f"known: {', '.join(known)}" if known else "this takes none"
            raise Problem(f"{name}: unknown parameter; {hint}", code="unknown_parameter", field=name)
        if len(given) > 1:
            raise Problem(f"{name}: given more than once", code="bad_parameter", field=name)
        if "\0" in given[0] or any("\ud800" <= character <= "\udfff" for character in given[0]):
            raise Problem(f"{name}: holds a character that cannot be searched for", code="bad_parameter", field=name)
    return request.args


def limit_of(given: Mapping[str, str]) -> int:
    """Return the page size asked for.

    Raises:
        Problem: it is no number from 1 to MOST.
    """
    text = given.get("limit", str(DEFAULT_LIMIT))
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MOST:
        raise Problem(f"limit: a whole number from 1 to {MOST}", code="bad_parameter", field="limit")
    return int(text)


def number_of(given: Mapping[str, str], name: str) -> int | None:
    """Return an id from the query string, None when it is not given.

    Raises:
        Problem: it is no id.
    """
    text = given.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise Problem(f"{name}: must be an id", code="bad_parameter", field=name)
    return int(text)


def time_of(given: Mapping[str, str], name: str) -> datetime | None:
    """Return a time with its zone from the query string, None when it is not given.

    Raises:
        Problem: it is no time, or has no zone.
    """
    text = given.get(name)
    found = _moment(text) if text is not None else None
    if text is not None and found is None:
        raise Problem(f"{name}: must be a time like 2026-01-31T08:00:00Z", code="bad_parameter", field=name)
    return found


def word_of(given: Mapping[str, str], name: str, known: Collection[str]) -> str | None:
    """Return one of the known words from the query string, None when it is not given.

    Raises:
        Problem: it is another word.
    """
    text = given.get(name)
    if text is not None and text not in known:
        raise Problem(f"{name}: {text!r} is unknown; use {', '.join(known)}", code="bad_parameter", field=name)
    return text


def expected_version() -> int | None:
    """Return the version in If-Match, None without one or for `*`.

    Raises:
        Problem: it is no ETag of ours.
    """
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    found = re.fullmatch(r'(?:W/)?"([0-9]{1,9})"|([0-9]{1,9})', header)
    if found is None:
        raise Problem('If-Match: send the ETag you were given, like "3"', code="bad_header", field="If-Match")
    return int(found[1] or found[2])


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _object() -> dict[str, Any]:
    if request.content_length is not None and request.content_length > MOST_BODY:
        raise Problem(f"the body is larger than {MOST_BODY} bytes", status=413, code="too_large")
    raw = request.get_data(cache=False)
    if not raw:
        return {}
    if not request.is_json:
        raise Problem("send JSON with Content-Type: application/json", status=415, code="unsupported_media_type")
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Problem(f"the body is no JSON: {error}", code="bad_json") from error
    if not isinstance(found, dict):
        raise Problem("the body must be a JSON object", code="bad_json")
    return found


def _known(found: Mapping[str, Any], known: Collection[str], prefix: str) -> Mapping[str, Any]:
    for name in found:
        if name not in known:
            names = ", ".join(known) or "-"
            raise InvalidField(prefix + name, f"unknown field; known: {names}", f"未知字段；可用：{names}")
    return found
