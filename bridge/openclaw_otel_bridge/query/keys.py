"""Every key of the query language: what it speaks of, how its values are read, the column it compiles to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from openclaw_otel.record import Category, Severity

ATTRIBUTE = "attr."


class About(StrEnum):
    """An issue term holds on the issue, an event term on one event of it."""

    ISSUE = auto()
    EVENT = auto()


class Kind(StrEnum):
    """How the values of a key are read and compared."""

    TEXT = auto()
    """Globs, ASCII case ignored."""
    ID = auto()
    """Globs, exact case: what an index can find."""
    CHOICE = auto()
    """One of a known list, or a glob over it."""
    LEVEL = auto()
    """One of an ordered list; also <, <=, >, >=."""
    PAST = auto()
    """A time; `<24h` = younger than a day."""
    FUTURE = auto()
    """A time; `<24h` = before a day from now has gone."""
    PERSON = auto()
    TEAM = auto()
    FLAG = auto()
    TRACE = auto()
    ATTRIBUTE = auto()
    PROJECT = auto()
    """Only in scopes."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key; `column` is the column it reads, `choices` the values a CHOICE, LEVEL or FLAG knows."""

    name: str
    about: About
    kind: Kind
    column: str
    choices: tuple[str, ...] = ()


def _issue(name: str, kind: Kind, column: str = "", choices: tuple[str, ...] = ()) -> Key:
    return Key(name, About.ISSUE, kind, column or name, choices)


def _event(name: str, kind: Kind, column: str = "") -> Key:
    return Key(name, About.EVENT, kind, column or name)


STATUSES = ("new", "assigned", "in_review", "resolved")
FLAGS = ("unassigned", "regressed", "muted")
LEVELS = tuple(severity.value for severity in Severity)
"""From least to most severe."""

KEYS: Mapping[str, Key] = {
    key.name: key
    for key in (
        _issue("status", Kind.CHOICE, choices=STATUSES),
        _issue("is", Kind.FLAG, choices=FLAGS),
        _issue("assignee", Kind.PERSON, "assignee_id"),
        _issue("team", Kind.TEAM, "team_id"),
        _issue("category", Kind.CHOICE, choices=tuple(category.value for category in Category)),
        _issue("severity", Kind.LEVEL, choices=LEVELS),
        _issue("code", Kind.TEXT),
        _issue("platform", Kind.TEXT),
        _issue("operation", Kind.TEXT),
        _issue("first_seen", Kind.PAST),
        _issue("last_seen", Kind.PAST),
        _issue("due", Kind.FUTURE, "due_at"),
        _event("store", Kind.TEXT),
        _event("env", Kind.TEXT),
        _event("service", Kind.TEXT),
        _event("order", Kind.ID, "order_id"),
        _event("request", Kind.ID, "request_id"),
        _event("trace", Kind.TRACE, "trace_id"),
        _event("release", Kind.TEXT),
    )
}

SCOPE_KEYS: Mapping[str, Key] = {
    "project": _event("project", Kind.PROJECT, "project_id"),
    "platform": _event("platform", Kind.TEXT),
    "store": KEYS["store"],
    "service": KEYS["service"],
    "env": KEYS["env"],
}
"""What scopes may speak of: fields the server sets, all read from the event."""


def key_named(name: str) -> Key | None:
    """Return the key of that name, `attr.<name>` included, or None."""
    if name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE):
        return Key(name, About.EVENT, Kind.ATTRIBUTE, name.removeprefix(ATTRIBUTE))
    return KEYS.get(name)
