"""A problem carries what the answer needs."""

from __future__ import annotations

from openclaw_otel_bridge.problems import Overloaded, Problem, Unavailable


def test_defaults_and_overrides() -> None:
    assert (Problem("no").status, Problem("no").code, Problem("no").field) == (400, "bad_request", None)
    problem = Problem("no such state", status=422, code="missing", field="to")
    assert (problem.status, problem.code, problem.field, str(problem)) == (422, "missing", "to", "no such state")


def test_unavailable_says_when_to_come_back() -> None:
    problem = Unavailable("queue full", retry_after=3)
    assert problem.status == 503
    assert problem.headers == {"Retry-After": "3"}


def test_a_full_queue_is_told_apart_from_a_lost_database() -> None:
    assert isinstance(Overloaded("queue full"), Unavailable)
    assert (Overloaded("queue full").status, Overloaded("queue full").code) == (503, "overloaded")
