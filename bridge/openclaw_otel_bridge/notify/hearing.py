"""Whether a channel's filter lets an issue through. A filter that cannot be read lets everything through: told once
too often is better than never."""

from __future__ import annotations

import logging

from openclaw_otel_bridge.query import QueryError, Subject, parse, predicate

_log = logging.getLogger(__name__)


def hears(query: str, subject: Subject) -> bool:
    """Say whether the filter (query language, "" = everything) lets the subject through."""
    if not query.strip():
        return True
    try:
        return predicate(parse(query))(subject)
    except QueryError as error:
        _log.error("channel filter %r cannot be read, so it filters nothing: %s", query, error)
        return True
