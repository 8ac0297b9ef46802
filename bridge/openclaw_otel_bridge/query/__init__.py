"""The one query language: parsed once, then SQL (`compile_sql`) or a function in memory (`predicate`).

    platform:shopify category:auth,rate_limit store:us-* -env:staging is:unassigned last_seen:<24h "token expired"

Search, rules, mutes and channel filters use it; scopes use a part of it (`parse_scope`).
"""

from openclaw_otel_bridge.query.compile import Condition, compile_sql
from openclaw_otel_bridge.query.errors import QueryError
from openclaw_otel_bridge.query.keys import KEYS
from openclaw_otel_bridge.query.parse import parse, parse_scope, refuse_relative
from openclaw_otel_bridge.query.predicate import Predicate, predicate
from openclaw_otel_bridge.query.subject import Context, EventTerms, IssueTerms, Subject
from openclaw_otel_bridge.query.terms import Query

__all__ = [
    "KEYS",
    "Condition",
    "Context",
    "EventTerms",
    "IssueTerms",
    "Predicate",
    "Query",
    "QueryError",
    "Subject",
    "compile_sql",
    "parse",
    "parse_scope",
    "predicate",
    "refuse_relative",
]
