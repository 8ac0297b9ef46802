"""A problem carries what the answer needs."""

from __future__ import annotations

from openclaw_otel_bridge.problems import Problem, Unavailable


def test_defaults_and_overrides() -> None:
    assert (Problem("no").status, Problem("no").code, Problem("no").field) == (400, "bad_request", None)
    problem = Problem("no such state", status=422, code="missing", field="to")
    assert (problem.status, problem.code, problem.field, str(problem)) == (422, "missing", "to", "no such state")


def test_unavailable_says_when_to_come_back() -> None:
    problem = Unavailable("queue full", retry_after=3)
    assert problem.status == 503
    assert problem.headers == {"Retry-After": "3"}
