"""From the text of a query to its terms: what each key's values may be, and what to say when they are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from openclaw_otel_bridge.query.errors import QueryError, suggestion
from openclaw_otel_bridge.query.keys import ATTRIBUTE, KEYS, SCOPE_KEYS, Key, Kind, key_named
from openclaw_otel_bridge.query.patterns import trace_bytes
from openclaw_otel_bridge.query.terms import Level, Me, Query, Term, Text, Value
from openclaw_otel_bridge.query.times import TimeValue, read_time
from openclaw_otel_bridge.query.tokens import Token, Word, tokens

MOST = 100
"""Values a query may have over all its terms."""


def parse(text: str) -> Query:
    """Return the query a person wrote; "" is the query that matches everything.

    Raises:
        QueryError: it cannot be read; names the position, the bad key or value, and the nearest known one.
    """
    return _parse(text, lambda token: _term(token, _key(token)))


def parse_scope(text: str) -> Query:
    """Return the scope of a membership: positive terms over fields the server sets; "" is everything.

    Raises:
        QueryError: it cannot be read, or has other terms.
    """
    return _parse(text, lambda token: _term(token, _scope_key(token)))


def refuse_relative(query: Query) -> None:
    """Refuse what means something else tomorrow or to somebody else: rules and mutes must not change by themselves.

    Raises:
        QueryError: the query has an age like `<24h`, or `assignee:me`.
    """
    for term in query.terms:
        for value in term.values if isinstance(term, Term) else ():
            if isinstance(value, Me) or (isinstance(value, TimeValue) and value.relative):
                written = f"{value.operator}{value.written}" if isinstance(value, TimeValue) else "me"
                assert isinstance(term, Term)
                raise QueryError("relative", term.position, key=term.key.name, value=written)


def _parse(text: str, term_of: Callable[[Token], Term | Text]) -> Query:
    terms = []
    values = 0
    for token in tokens(text):
        values += len(token.words)
        if values > MOST:
            raise QueryError("too_many", token.position, limit=str(MOST))
        terms.append(term_of(token))
    return Query(tuple(terms), text)


def _key(token: Token) -> Key | None:
    if token.key is None:
        return None
    key = key_named(token.key)
    if key is None and token.key.startswith(ATTRIBUTE):
        raise QueryError("no_attribute", token.position)
    if key is None:
        near = suggestion(token.key, (*KEYS, ATTRIBUTE))
        raise QueryError("unknown_key", token.position, key=token.key, **near)
    return key


def _scope_key(token: Token) -> Key:
    key = SCOPE_KEYS.get(token.key or "")
    if key is None or token.negated:
        raise QueryError("scope", token.position)
    return key


def _term(token: Token, key: Key | None) -> Term | Text:
    if key is None:
        return Text(token.words[0].pattern, token.negated, token.position)
    read = _READERS[key.kind]
    return Term(key, tuple(read(key, word) for word in token.words), token.negated, token.position)


def _text(key: Key, word: Word) -> Value:
    return word.pattern.folded()


def _exact(key: Key, word: Word) -> Value:
    return word.pattern


def _choice(key: Key, word: Word) -> Value:
    if word.pattern.exact is not None and word.text.lower() not in key.choices:
        raise _unknown(key, word, word.text)
    return word.pattern.folded()


def _flag(key: Key, word: Word) -> Value:
    if word.pattern.exact is None:
        raise _unknown(key, word, word.text)
    return _choice(key, word)


def _level(key: Key, word: Word) -> Value:
    sign = word.text[: len(word.text) - len(word.text.lstrip("<>="))]
    if not sign or word.quoted:
        return _choice(key, word)
    level = word.text.removeprefix(sign).lower()
    if level not in key.choices or sign not in ("<", "<=", ">", ">="):
        raise _unknown(key, word, word.text)
    at = key.choices.index(level)
    start = {"<": 0, "<=": 0, ">": at + 1, ">=": at}[sign]
    end = {"<": at, "<=": at + 1}.get(sign, len(key.choices))
    return Level(sign + level, key.choices[start:end])


def _unknown(key: Key, word: Word, value: str) -> QueryError:
    near = suggestion(value.lstrip("<>="), key.choices)
    return QueryError("unknown_value", word.position, key=key.name, value=value, known=", ".join(key.choices), **near)


def _time(key: Key, word: Word) -> Value:
    try:
        value = read_time(word.text)
    except OverflowError:
        raise QueryError("time_range", word.position, key=key.name, value=word.text) from None
    except ValueError:
        value = None
    if value is None:
        raise QueryError("bad_time", word.position, key=key.name, value=word.text)
    return value


def _person(key: Key, word: Word) -> Value:
    return Me() if word.text == "me" and not word.quoted else word.pattern.folded()


def _trace(key: Key, word: Word) -> Value:
    if trace_bytes(word.text) is None:
        raise QueryError("bad_trace", word.position, value=word.text)
    return word.pattern.folded()


_READERS: Mapping[Kind, Callable[[Key, Word], Value]] = {
    Kind.TEXT: _text,
    Kind.ID: _exact,
    Kind.CHOICE: _choice,
    Kind.LEVEL: _level,
    Kind.PAST: _time,
    Kind.FUTURE: _time,
    Kind.PERSON: _person,
    Kind.TEAM: _text,
    Kind.FLAG: _flag,
    Kind.TRACE: _trace,
    Kind.ATTRIBUTE: _text,
    Kind.PROJECT: _text,
}
