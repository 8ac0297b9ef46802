"""Queries that only the events themselves can answer, in parts: what issues and groupings tell, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from openclaw_otel_bridge.query.binding import Binder, all_of
from openclaw_otel_bridge.query.compile import (
    asked_of_event,
    is_sighted,
    issue_condition,
    leads_to_few,
    may_lie,
    without_events,
)
from openclaw_otel_bridge.query.leads import may_hold
from openclaw_otel_bridge.query.subject import Context
from openclaw_otel_bridge.query.terms import Query


@dataclass(frozen=True, slots=True)
class Walk:
    """A query found by walking: an issue matches when `issue` holds on it and either it is `settled` without looking at
    events, or one of its groupings that can be meant has an `event` that meets the rest.
    """

    issue: sql.Composable
    """Over `i`: the issue terms."""
    settled: sql.Composable
    """Over `i`: the event terms hold whatever events are stored."""
    grouping: sql.Composable | None
    """Over `g`: one of its events can meet the event terms; None where any can."""
    event: sql.Composable
    """Over `e`: it meets them."""
    parameters: Mapping[str, Any]


def needs_walk(query: Query) -> bool:
    """Say whether neither an index nor sightings answer the event terms of a query."""
    return not is_sighted(query.event_terms) and not leads_to_few(query)


def walk_of(query: Query, project_id: int, context: Context, scope: Query | None) -> Walk:
    """Return the parts of a query of which `needs_walk` is true."""
    binder = Binder()
    around = scope or Query()
    terms = query.event_terms
    met = asked_of_event(terms, around, binder)
    groupings = may_hold(terms, binder)
    if placed := [term for term in terms if is_sighted([term])]:  # the scope alone is met by what issues are visible
        groupings.append(may_lie(asked_of_event(placed, around, binder)))
    return Walk(
        issue=issue_condition(query, binder, project_id, context, scope),
        settled=without_events(terms, met, around, binder),
        grouping=all_of(groupings) if groupings else None,
        event=met,
        parameters=binder.parameters,
    )
