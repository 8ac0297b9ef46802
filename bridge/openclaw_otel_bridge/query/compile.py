"""A query as a condition in SQL, every value a bound parameter; agrees with `predicate.py`.

The condition speaks of an issue under the alias `i` and finds that issue's events itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from openclaw_otel_bridge.db import queries
from openclaw_otel_bridge.query.keys import Key, Kind
from openclaw_otel_bridge.query.patterns import Pattern, trace_bytes
from openclaw_otel_bridge.query.subject import Context
from openclaw_otel_bridge.query.terms import Level, Me, Query, Term, Text, Value
from openclaw_otel_bridge.query.times import TimeValue

TRUE = sql.SQL("true")
_INDEXED = frozenset({Kind.ID, Kind.TRACE})
_SIGHTED = frozenset({"project", "platform", "store", "service", "env"})
"""Event keys that places hold."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A boolean expression over `i`, and its parameters by name."""

    sql: sql.Composable
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Binder:
    """Collects parameters and gives them names of their own."""

    prefix: str = "q"
    parameters: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> sql.Placeholder:
        """Return the placeholder of a value."""
        name = f"{self.prefix}{len(self.parameters)}"
        self.parameters[name] = value
        return sql.Placeholder(name)


def compile_sql(
    query: Query, project_id: int, context: Context | None = None, scope: Query | None = None, prefix: str = "q"
) -> Condition:
    """Return the condition a query puts on the issue `i` of a project; `prefix` begins the names of its parameters.

    With a `scope` (see `parse_scope`), event terms see the events inside it and no others.
    """
    at = context or Context()
    binder = Binder(prefix)
    conditions = [
        _term(term, binder, at) if isinstance(term, Term) else _text_condition(term, binder, project_id, scope)
        for term in query.issue_terms
    ]
    if query.event_terms:
        conditions.append(_event_condition(query.event_terms, binder, project_id, scope))
    return Condition(_all(conditions), binder.parameters)


def leads_to_few(query: Query) -> bool:
    """Say whether an index over events answers the query: it is of few issues then."""
    return _lead_to_few(query.event_terms)


def _lead_to_few(terms: Iterable[Term]) -> bool:
    return any(term.key.kind in _INDEXED and not term.negated for term in terms)


def scope_condition(scope: Query, binder: Binder) -> sql.Composable:
    """Return the condition a scope puts on one event `e`; a missing field is outside."""
    return _all([_term(term, binder, None) for term in scope.event_terms])


def seen_in_scope(scope: Query, binder: Binder) -> sql.Composable:
    """Return the condition that one event of the issue `i` lies inside the scope."""
    return _some_sighting(scope_condition(scope, binder))


def sightings(conditions: sql.Composable, *, of_issue: bool = False) -> sql.Composable:
    """Return the relation of sightings where conditions on an event `e` hold; of the issue `i` alone, or of all."""
    folded, unfolded = (_fragment("of_folded"), _fragment("of_unfolded")) if of_issue else (TRUE, TRUE)
    return _fragment(
        "sightings",
        places=places(conditions if of_issue else for_many(conditions)),
        conditions=conditions,
        unfolded=_fragment("unfolded"),
        of_folded=folded,
        of_unfolded=unfolded,
    )


def _some_sighting(conditions: sql.Composable) -> sql.Composable:
    unfolded = _fragment("unfolded")
    return _fragment("some_sighting", places=places(conditions), conditions=conditions, unfolded=unfolded)


def places(conditions: sql.Composable) -> sql.Composable:
    """Return the ids of places where conditions on an event `e` hold; see `is_sighted`."""
    return _fragment("places", conditions=conditions)


def for_many(condition: sql.Composable) -> sql.Composable:
    """Return the condition as one the planner expects many rows to meet."""
    return _fragment("for_many", condition=condition)


def is_sighted(terms: Iterable[Term]) -> bool:
    """Whether sightings can answer event terms: they are kept by place, which is all that scopes speak of."""
    return all(term.key.name in _SIGHTED for term in terms)


def raised_in_scope(scope: Query, binder: Binder) -> sql.Composable:
    """Return the condition that the issue `i` was raised by hand with fields inside the scope."""
    return _fragment("raised_with", conditions=scope_condition(scope, binder))


def _text_condition(term: Text, binder: Binder, project_id: int, scope: Query | None) -> sql.Composable:
    sought = binder.bind(term.pattern.folded().within().like())
    ways: list[sql.Composable] = [sql.SQL("{} like {}").format(_fragment("words"), sought)]
    text = term.pattern.exact
    if text is not None:
        known = _fragment("known_by", text=binder.bind(text), trace=binder.bind(trace_bytes(text)))
        asked = _all([known, scope_condition(scope or Query(), binder)])
        ways.append(_fragment("among_events", conditions=asked, project=binder.bind(project_id)))
        ways.append(_fragment("raised_with", conditions=asked))
    found = _any(ways)
    return _negated(found) if term.negated else found


def _event_condition(terms: tuple[Term, ...], binder: Binder, project_id: int, scope: Query | None) -> sql.Composable:
    around = scope or Query()
    asked = _all([scope_condition(around, binder), *(_term(term, binder, None) for term in terms)])
    raised = _fragment("raised_with", conditions=asked)
    if is_sighted(terms):
        stored = _some_sighting(asked)
    elif _lead_to_few(terms):
        return _fragment("among_few", conditions=asked, project=binder.bind(project_id), raised=raised)
    else:
        stored = _fragment("some_event", conditions=asked)
    ways = [stored, raised]
    if all(term.negated for term in terms):
        ways.append(_fragment("no_event", stored=seen_in_scope(around, binder)))
    return _any(ways)


def _term(term: Term, binder: Binder, at: Context | None) -> sql.Composable:
    condition = _any([_value(term.key, value, binder, at or Context()) for value in term.values])
    return _negated(condition) if term.negated else condition


def _value(key: Key, value: Value, binder: Binder, at: Context) -> sql.Composable:
    match value:
        case Pattern():
            return _COMPARISONS[key.kind](key, value, binder, at)
        case TimeValue():
            signs = value.bounds(at.now, at.zone, key.kind)
            return _all([_compare(key, sign, binder.bind(moment)) for sign, moment in signs])
        case Level():
            return sql.SQL("{} = any({})").format(_column(key), binder.bind(list(value.levels)))
        case Me():
            if at.person_id is None:
                return sql.SQL("false")
            return _fragment("assigned_to_me", person=binder.bind(at.person_id), teams=binder.bind(sorted(at.teams)))


def _compare(key: Key, sign: str, placeholder: sql.Placeholder) -> sql.Composable:
    templates = {"<": sql.SQL("{} < {}"), "<=": sql.SQL("{} <= {}"), ">": sql.SQL("{} > {}"), ">=": sql.SQL("{} >= {}")}
    return templates[sign].format(_column(key), placeholder)


def _text(key: Key, pattern: Pattern, binder: Binder, at: Context) -> sql.Composable:
    return _match(sql.SQL('lower({} collate "C")').format(_column(key)), pattern, binder)


def _plain(key: Key, pattern: Pattern, binder: Binder, at: Context) -> sql.Composable:
    return _match(_column(key), pattern, binder)


def _match(column: sql.Composable, pattern: Pattern, binder: Binder) -> sql.Composable:
    if pattern.exact is not None:
        return sql.SQL("{} = {}").format(column, binder.bind(pattern.exact))
    return sql.SQL("{} like {}").format(column, binder.bind(pattern.like()))


def _trace(key: Key, pattern: Pattern, binder: Binder, at: Context) -> sql.Composable:
    return sql.SQL("{} = {}").format(_column(key), binder.bind(trace_bytes(pattern.exact or "")))


def _flag(key: Key, pattern: Pattern, binder: Binder, at: Context) -> sql.Composable:
    if pattern.exact == "muted":
        return _fragment("is_muted", now=binder.bind(at.now))
    return _fragment(f"is_{pattern.exact}")


def _assignee(key: Key, pattern: Pattern, binder: Binder, at: Context) -> sql.Composable:
    return _fragment("assignee_named", pattern=binder.bind(pattern.like()))


def _team(key: Key, pattern: Pattern, binder: Binder, at: Context) -> sql.Composable:
    return _fragment("team_named", pattern=binder.bind(pattern.like()))


def _project(key: Key, pattern: Pattern, binder: Binder, at: Context) -> sql.Composable:
    return _fragment("project_named", pattern=binder.bind(pattern.like()))


def _attribute(key: Key, pattern: Pattern, binder: Binder, at: Context) -> sql.Composable:
    return _fragment("attribute_like", name=binder.bind(key.column), pattern=binder.bind(pattern.like()))


_COMPARISONS: Mapping[Kind, Callable[[Key, Pattern, Binder, Context], sql.Composable]] = {
    Kind.TEXT: _text,
    Kind.ID: _plain,
    Kind.CHOICE: _plain,
    Kind.LEVEL: _plain,
    Kind.PERSON: _assignee,
    Kind.TEAM: _team,
    Kind.FLAG: _flag,
    Kind.TRACE: _trace,
    Kind.ATTRIBUTE: _attribute,
    Kind.PROJECT: _project,
}


def _column(key: Key) -> sql.Identifier:
    return sql.Identifier("e" if key.about.value == "event" else "i", key.column)


def _fragment(name: str, /, **parts: sql.Composable) -> sql.Composable:
    return sql.SQL(queries("query")[name]).format(**parts)


def _negated(condition: sql.Composable) -> sql.Composable:
    return sql.SQL("({}) is not true").format(condition)


def _all(conditions: list[sql.Composable]) -> sql.Composable:
    return sql.SQL(" and ").join(sql.SQL("({})").format(c) for c in conditions) if conditions else TRUE


def _any(conditions: list[sql.Composable]) -> sql.Composable:
    if len(conditions) == 1:
        return conditions[0]
    return sql.SQL("({})").format(sql.SQL(" or ").join(sql.SQL("({})").format(c) for c in conditions))
