"""A query as a condition in SQL, every value a bound parameter; agrees with `predicate.py`.

The condition speaks of an issue under the alias `i` and finds that issue's events itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from openclaw_otel_bridge.query.binding import TRUE, Binder, all_of, any_of, fragment, negated
from openclaw_otel_bridge.query.keys import Key, Kind
from openclaw_otel_bridge.query.leads import may_hold
from openclaw_otel_bridge.query.patterns import Pattern, trace_bytes
from openclaw_otel_bridge.query.subject import Context
from openclaw_otel_bridge.query.terms import Level, Me, Query, Term, Text, Value
from openclaw_otel_bridge.query.times import TimeValue

_INDEXED = frozenset({Kind.ID, Kind.TRACE})
_SIGHTED = frozenset({"project", "platform", "store", "service", "env"})
"""Event keys that places hold."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A boolean expression over `i`, and its parameters by name."""

    sql: sql.Composable
    parameters: Mapping[str, Any]


def compile_sql(
    query: Query, project_id: int, context: Context | None = None, scope: Query | None = None, prefix: str = "q"
) -> Condition:
    """Return the condition a query puts on the issue `i` of a project; `prefix` begins the names of its parameters.

    With a `scope` (see `parse_scope`), event terms see the events inside it and no others.
    """
    binder = Binder(prefix)
    conditions = [issue_condition(query, binder, project_id, context, scope)]
    if query.event_terms:
        conditions.append(_event_condition(query.event_terms, binder, project_id, scope))
    return Condition(all_of(conditions), binder.parameters)


def issue_condition(
    query: Query, binder: Binder, project_id: int, context: Context | None, scope: Query | None
) -> sql.Composable:
    """Return the condition that the issue terms of a query, free text included, put on the issue `i`."""
    at = context or Context()
    return all_of(
        [
            term_condition(term, binder, at)
            if isinstance(term, Term)
            else _text_condition(term, binder, project_id, scope)
            for term in query.issue_terms
        ]
    )


def leads_to_few(query: Query) -> bool:
    """Say whether an index over events answers the query: it is of few issues then."""
    return _lead_to_few(query.event_terms)


def _lead_to_few(terms: Iterable[Term]) -> bool:
    return any(term.key.kind in _INDEXED and not term.negated for term in terms)


def scope_condition(scope: Query, binder: Binder) -> sql.Composable:
    """Return the condition a scope puts on one event `e`; a missing field is outside."""
    return all_of([term_condition(term, binder, None) for term in scope.event_terms])


def asked_of_event(terms: Iterable[Term], around: Query, binder: Binder) -> sql.Composable:
    """Return the condition that one event `e` is inside the scope `around` and meets the terms."""
    return all_of([scope_condition(around, binder), *(term_condition(term, binder, None) for term in terms)])


def seen_in_scope(scope: Query, binder: Binder) -> sql.Composable:
    """Return the condition that one event of the issue `i` lies inside the scope."""
    return _some_sighting(scope_condition(scope, binder))


def sightings(conditions: sql.Composable, *, of_issue: bool = False) -> sql.Composable:
    """Return the relation of sightings where conditions on an event `e` hold; of the issue `i` alone, or of all."""
    folded, unfolded = (fragment("of_folded"), fragment("of_unfolded")) if of_issue else (TRUE, TRUE)
    return fragment(
        "sightings",
        among=_among("among_found" if of_issue else "among_many", conditions),
        conditions=conditions,
        unfolded=fragment("unfolded"),
        of_folded=folded,
        of_unfolded=unfolded,
    )


def _some_sighting(conditions: sql.Composable) -> sql.Composable:
    unfolded = fragment("unfolded")
    return fragment("some_sighting", among=_among("among_found", conditions), conditions=conditions, unfolded=unfolded)


def may_lie(conditions: sql.Composable) -> sql.Composable:
    """Return the condition that the grouping `g` was seen where conditions on an event `e` hold."""
    return fragment(
        "may_lie",
        among=_among("among_found", conditions),
        conditions=conditions,
        unfolded=fragment("unfolded"),
    )


def _among(name: str, conditions: sql.Composable) -> sql.Composable:
    return fragment(name, places=places(for_many(conditions))) if conditions is not TRUE else TRUE


def places(conditions: sql.Composable) -> sql.Composable:
    """Return the ids of places where conditions on an event `e` hold; see `is_sighted`."""
    return fragment("places", conditions=conditions)


def for_many(condition: sql.Composable) -> sql.Composable:
    """Return the condition as one the planner expects many rows to meet."""
    return fragment("for_many", condition=condition)


def is_sighted(terms: Iterable[Term]) -> bool:
    """Whether sightings can answer event terms: they are kept by place, which is all that scopes speak of."""
    return all(term.key.name in _SIGHTED for term in terms)


def raised_in_scope(scope: Query, binder: Binder) -> sql.Composable:
    """Return the condition that the issue `i` was raised by hand with fields inside the scope."""
    return fragment("raised_with", conditions=scope_condition(scope, binder))


def _text_condition(term: Text, binder: Binder, project_id: int, scope: Query | None) -> sql.Composable:
    sought = binder.bind(term.pattern.folded().within().like())
    ways: list[sql.Composable] = [sql.SQL("{} like {}").format(fragment("words"), sought)]
    text = term.pattern.exact
    if text is not None:
        known = fragment("known_by", text=binder.bind(text), trace=binder.bind(trace_bytes(text)))
        asked = all_of([known, scope_condition(scope or Query(), binder)])
        ways.append(fragment("among_events", conditions=asked, project=binder.bind(project_id)))
        ways.append(fragment("raised_with", conditions=asked))
    found = any_of(ways)
    return negated(found) if term.negated else found


def _event_condition(terms: tuple[Term, ...], binder: Binder, project_id: int, scope: Query | None) -> sql.Composable:
    around = scope or Query()
    asked = asked_of_event(terms, around, binder)
    if is_sighted(terms):
        stored = _some_sighting(asked)
    elif _lead_to_few(terms):
        raised = fragment("raised_with", conditions=asked)
        return fragment("among_few", conditions=asked, project=binder.bind(project_id), raised=raised)
    else:
        stored = all_of([*_led(terms, binder, project_id), fragment("some_event", conditions=asked)])
    return any_of([stored, without_events(terms, asked, around, binder)])


def without_events(terms: Sequence[Term], asked: sql.Composable, around: Query, binder: Binder) -> sql.Composable:
    """Return the condition that event terms, `asked` of one event, hold on the issue `i` whatever events it has."""
    ways = [fragment("raised_with", conditions=asked)]
    if all(term.negated for term in terms):
        ways.append(fragment("no_event", stored=seen_in_scope(around, binder)))
    return any_of(ways)


def _led(terms: Sequence[Term], binder: Binder, project_id: int) -> list[sql.Composable]:
    grouping = may_hold(terms, binder)
    if not grouping:
        return []
    return [fragment("of_some_grouping", grouping=all_of(grouping), project=binder.bind(project_id))]


def term_condition(term: Term, binder: Binder, at: Context | None) -> sql.Composable:
    """Return the condition of one term on the issue `i`, or on the event `e`."""
    condition = any_of([_value(term.key, value, binder, at or Context()) for value in term.values])
    return negated(condition) if term.negated else condition


def _value(key: Key, value: Value, binder: Binder, at: Context) -> sql.Composable:
    match value:
        case Pattern():
            return _COMPARISONS[key.kind](key, value, binder, at)
        case TimeValue():
            signs = value.bounds(at.now, at.zone, key.kind)
            return all_of([_compare(key, sign, binder.bind(moment)) for sign, moment in signs])
        case Level():
            return sql.SQL("{} = any({})").format(_column(key), binder.bind(list(value.levels)))
        case Me():
            if at.person_id is None:
                return sql.SQL("false")
            return fragment("assigned_to_me", person=binder.bind(at.person_id), teams=binder.bind(sorted(at.teams)))


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
        return fragment("is_muted", now=binder.bind(at.now))
    return fragment(f"is_{pattern.exact}")


def _assignee(key: Key, pattern: Pattern, binder: Binder, at: Context) -> sql.Composable:
    return fragment("assignee_named", pattern=binder.bind(pattern.like()))


def _team(key: Key, pattern: Pattern, binder: Binder, at: Context) -> sql.Composable:
    return fragment("team_named", pattern=binder.bind(pattern.like()))


def _project(key: Key, pattern: Pattern, binder: Binder, at: Context) -> sql.Composable:
    return fragment("project_named", pattern=binder.bind(pattern.like()))


def _attribute(key: Key, pattern: Pattern, binder: Binder, at: Context) -> sql.Composable:
    return fragment("attribute_like", name=binder.bind(key.column), pattern=binder.bind(pattern.like()))


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
