"""What may be said of a person, field by field; each refusal names the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from openclaw_otel_bridge.people.actor import Role
from openclaw_otel_bridge.query import QueryError, parse_scope
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField

_EMAIL = re.compile(r"[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00.]+")
FIELDS = ("name", "email", "role", "locale", "timezone", "view_scope", "act_scope", "disabled", "teams")
"""What a change may name; `teams` are slugs."""


def checked_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as they will be stored.

    Raises:
        MissingField, InvalidField: a field is unknown, empty or bad.
    """
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise InvalidField(name, f"unknown field; known: {known}", f"未知字段；可用：{known}")
        checked[name] = _CHECKS[name](name, value)
    return checked


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= 200 or "\x00" in value:
        raise InvalidField(field, "1 to 200 characters", "应为 1 到 200 个字符")
    return value.strip()


def _email(field: str, value: Any) -> str:
    if not value:
        raise MissingField(field)
    text = _text(field, value)
    if not _EMAIL.fullmatch(text):
        raise InvalidField(field, f"{text!r} is not an e-mail address", f"{text!r} 不是邮箱地址")
    return text


def _role(field: str, value: Any) -> str:
    if value not in list(Role):
        words = ", ".join(Role)
        raise InvalidField(field, f"{value!r} is no role; use {words}", f"没有角色 {value!r}；可用：{words}")
    return str(value)


def _locale(field: str, value: Any) -> str:
    if value not in ("en", "zh"):
        raise InvalidField(field, "en or zh", "应为 en 或 zh")
    return str(value)


def _timezone(field: str, value: Any) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, TypeError, OSError):
        raise InvalidField(field, f"{value!r} is no IANA time zone", f"{value!r} 不是 IANA 时区") from None
    return str(value)


def _scope(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidField(field, "must be text", "应为文本")
    try:
        parse_scope(value)
    except QueryError as error:
        raise InvalidField(field, error.text("en"), error.text("zh")) from error
    return value.strip()


def _disabled(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidField(field, "true or false", "应为 true 或 false")
    return value


def _teams(field: str, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or any(not isinstance(item, str) for item in value):
        raise InvalidField(field, "a list of team slugs", "应为团队标识列表")
    return list(value)


_CHECKS = {
    "name": _text,
    "email": _email,
    "role": _role,
    "locale": _locale,
    "timezone": _timezone,
    "view_scope": _scope,
    "act_scope": _scope,
    "disabled": _disabled,
    "teams": _teams,
}
