"""What conditions in SQL are put together from: bound values, named fragments of `sql/query.sql`, and, or, not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from openclaw_otel_bridge.db import queries

TRUE = sql.SQL("true")


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


def fragment(name: str, /, **parts: sql.Composable) -> sql.Composable:
    """Return a named part of `sql/query.sql` with its places filled in."""
    return sql.SQL(queries("query")[name]).format(**parts)


def negated(condition: sql.Composable) -> sql.Composable:
    """Return what holds where the condition is false or unknown."""
    return sql.SQL("({}) is not true").format(condition)


def all_of(conditions: Sequence[sql.Composable]) -> sql.Composable:
    """Return what holds where every condition does."""
    return sql.SQL(" and ").join(sql.SQL("({})").format(c) for c in conditions) if conditions else TRUE


def any_of(conditions: Sequence[sql.Composable]) -> sql.Composable:
    """Return what holds where one of the conditions does."""
    if len(conditions) == 1:
        return conditions[0]
    return sql.SQL("({})").format(sql.SQL(" or ").join(sql.SQL("({})").format(c) for c in conditions))
