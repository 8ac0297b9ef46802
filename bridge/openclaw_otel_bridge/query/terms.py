"""What a query is once it is read: frozen terms, compared by meaning and not by where they were written."""

from __future__ import annotations

from dataclasses import dataclass, field

from openclaw_otel_bridge.query.keys import About, Key, Kind
from openclaw_otel_bridge.query.patterns import Pattern
from openclaw_otel_bridge.query.times import TimeValue


@dataclass(frozen=True, slots=True)
class Me:
    """The person who reads; `assignee:me`."""


@dataclass(frozen=True, slots=True)
class Level:
    """A comparison with an ordered word; `levels` are the words that satisfy it."""

    written: str
    levels: tuple[str, ...]


Value = Pattern | TimeValue | Level | Me


@dataclass(frozen=True, slots=True)
class Term:
    """`key:value,value`; one of the values must match, none of them when negated."""

    key: Key
    values: tuple[Value, ...]
    negated: bool = False
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """Free text: found in the issue's title, message or code, whatever its case; or the very order, request or
    trace id of one of its events.
    """

    pattern: Pattern
    negated: bool = False
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query: every term must hold. `written` is the text it was read from."""

    terms: tuple[Term | Text, ...] = ()
    written: str = field(default="", compare=False)

    def __str__(self) -> str:
        """Return the query in its plain spelling; reading it gives an equal query."""
        return " ".join(map(_spelled, self.terms))

    @property
    def issue_terms(self) -> tuple[Term | Text, ...]:
        """The terms that speak of the issue, free text included."""
        return tuple(term for term in self.terms if isinstance(term, Text) or term.key.about is About.ISSUE)

    @property
    def event_terms(self) -> tuple[Term, ...]:
        """The terms that must hold on one and the same event."""
        return tuple(term for term in self.terms if isinstance(term, Term) and term.key.about is About.EVENT)


def _spelled(term: Term | Text) -> str:
    sign = "-" if term.negated else ""
    if isinstance(term, Text):
        return sign + _glob(term.pattern, commas=True)
    return f"{sign}{term.key.name}:" + ",".join(_value(value, term.key.kind) for value in term.values)


def _value(value: Value, kind: Kind) -> str:
    match value:
        case Pattern():
            return _glob(value, commas=False, plain_me=kind is not Kind.PERSON)
        case TimeValue():
            return f"{value.operator}{value.written}"
        case Level():
            return value.written
        case Me():
            return "me"


def _glob(pattern: Pattern, *, commas: bool, plain_me: bool = True) -> str:
    """Spell a pattern: bare where reading it back gives the same, quoted piecewise otherwise."""
    text = "*".join(pattern.pieces)
    if len(pattern.pieces) > 1 and all(_bare(piece, commas) for piece in pattern.pieces):
        return text
    if len(pattern.pieces) == 1 and text and _bare(text, commas) and (plain_me or text != "me"):
        return text
    return "*".join(_quoted(piece) for piece in pattern.pieces)


def _bare(text: str, commas: bool) -> bool:
    return (
        "*" not in text
        and not any(character.isspace() or character in '"“”:：' for character in text)
        and (commas or not any(comma in text for comma in ",，"))
        and not text.startswith("-")
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
