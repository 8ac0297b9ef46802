"""From event terms to the few groupings whose events can meet them, by the shapes of what was read of those events."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

from openclaw_otel_bridge.query.binding import Binder, fragment
from openclaw_otel_bridge.query.keys import Kind
from openclaw_otel_bridge.query.patterns import Pattern
from openclaw_otel_bridge.query.shapes import ANYTHING, LONGEST_NAME, MASK, RELEASE, shape_regex
from openclaw_otel_bridge.query.terms import Term


def may_hold(terms: Iterable[Term], binder: Binder) -> list[sql.Composable]:
    """Return conditions on a grouping `g` without which none of its events meets the terms.

    Only terms that ask for a value, not for its absence, over what has shapes: attributes and releases.
    """
    return [_may_hold(term, name, binder) for term in terms if not term.negated and (name := _name(term)) is not None]


def _name(term: Term) -> str | None:
    if term.key.kind is Kind.ATTRIBUTE:
        return term.key.column[:LONGEST_NAME]
    return RELEASE if term.key.name == "release" else None


def _may_hold(term: Term, name: str, binder: Binder) -> sql.Composable:
    asked = [shape_regex(value) for value in term.values if isinstance(value, Pattern)]
    return fragment(
        "may_hold",
        name=binder.bind(name),
        anything=binder.bind(ANYTHING),
        mask=binder.bind(MASK),
        times=binder.bind(max(times for _, times in asked)),
        like=binder.bind([regex for regex, _ in asked]),
    )
