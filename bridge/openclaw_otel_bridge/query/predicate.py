"""A query as a function over subjects in memory; agrees with what `compile.py` says in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from openclaw_otel_bridge.query.keys import Kind
from openclaw_otel_bridge.query.patterns import Pattern, fold
from openclaw_otel_bridge.query.subject import NOTHING, Context, EventTerms, IssueTerms, Subject
from openclaw_otel_bridge.query.terms import Level, Me, Query, Term, Text, Value
from openclaw_otel_bridge.query.times import COMPARE, TimeValue

Predicate = Callable[[Subject], bool]


def predicate(query: Query, context: Context | None = None) -> Predicate:
    """Return the function that says whether a subject matches.

    `context` (default: now, UTC, nobody) is fixed when the function is made.
    """
    at = context or Context()
    issue_terms, event_terms = query.issue_terms, query.event_terms

    def matches(subject: Subject) -> bool:
        return all(_holds_on_issue(term, subject, at) for term in issue_terms) and (
            not event_terms
            or any(all(_holds_on_event(term, event) for term in event_terms) for event in subject.events or (NOTHING,))
        )

    return matches


def _holds_on_issue(term: Term | Text, subject: Subject, at: Context) -> bool:
    if isinstance(term, Text):
        return _found(term.pattern, subject) != term.negated
    return any(_issue_value(term, value, subject.issue, at) for value in term.values) != term.negated


def _found(pattern: Pattern, subject: Subject) -> bool:
    if pattern.folded().within().matches(fold(subject.issue.words())):
        return True
    text = pattern.exact
    return text is not None and any(
        text in (event.order, event.request) or (event.trace is not None and event.trace == fold(text))
        for event in subject.events
    )


def _issue_value(term: Term, value: Value, issue: IssueTerms, at: Context) -> bool:
    match value:
        case TimeValue():
            return _in_time(value, getattr(issue, term.key.name), at, term.key.kind)
        case Level():
            return issue.severity in value.levels
        case Me():
            mine = issue.assignee_id is None and issue.team_id in at.teams
            return at.person_id is not None and (issue.assignee_id == at.person_id or mine)
        case Pattern():
            return any(value.matches(fold(text)) for text in _issue_texts(term, issue))


def _in_time(value: TimeValue, moment: datetime | None, at: Context, kind: Kind) -> bool:
    return moment is not None and all(
        COMPARE[sign](moment, bound) for sign, bound in value.bounds(at.now, at.zone, kind)
    )


def _issue_texts(term: Term, issue: IssueTerms) -> Iterable[str]:
    match term.key.kind:
        case Kind.PERSON:
            return issue.assignee_names
        case Kind.TEAM:
            return issue.team_names
        case Kind.FLAG:
            flags = {
                "unassigned": issue.assignee_id is None and issue.team_id is None,
                "regressed": issue.regressed,
                "muted": issue.muted,
            }
            return [name for name, raised in flags.items() if raised]
        case _:
            text = getattr(issue, term.key.name)
            return () if text is None else (text,)


def _holds_on_event(term: Term, event: EventTerms) -> bool:
    texts = tuple(_event_texts(term, event))
    return (
        any(value.matches(text) for value in term.values if isinstance(value, Pattern) for text in texts)
        != term.negated
    )


def _event_texts(term: Term, event: EventTerms) -> Iterable[str]:
    if term.key.kind is Kind.ATTRIBUTE:
        return (fold(text) for text in attribute_texts(event.attributes.get(term.key.column)))
    text = getattr(event, term.key.name)
    if text is None:
        return ()
    return (text if term.key.kind is Kind.ID else fold(text),)


def attribute_texts(value: Any) -> tuple[str, ...]:
    """Return an attribute's value as the texts PostgreSQL shows for its JSON; of a list, those of its elements."""
    match value:
        case None:
            return ()
        case bool():
            return ("true" if value else "false",)
        case int():
            return (str(value),)
        case float():
            return (format(Decimal(repr(value + 0.0)), "f"),)
        case list() | tuple():
            return tuple(text for element in value for text in attribute_texts(element))
        case _:
            return (str(value),)
