"""failures: the same failure is known again, another one is not."""

from __future__ import annotations

from typing import Any

import pytest

from openclaw_otel.failures import Failure, Failures, mark, marked

TRACE = 7
FAILED = Failure(
    record_id="r1",
    at=100,
    trace_id=TRACE,
    type="requests.exceptions.ConnectionError",
    message="connection to api.example refused",
    quotes=("http://api.example/orders/1", "Invalid API key or access token", "short"),
    packages=frozenset({"stripe"}),
)


@pytest.fixture
def failures() -> Failures:
    """A memory with one failure."""
    known = Failures()
    known.remember(FAILED)
    return known


def alike(failures: Failures, kind: str, message: str, stack: str = "", trace_id: int = TRACE, at: int = 200) -> Any:
    return failures.alike(kind, message, stack, trace_id=trace_id, at=at)


def test_the_same_text(failures: Failures) -> None:
    assert alike(failures, FAILED.type, FAILED.message) == "r1"
    assert alike(failures, "app.Error", "wrapped", f"...\n{FAILED.type}: {FAILED.message}\n...") == "r1"


def test_what_it_quotes(failures: Failures) -> None:
    assert alike(failures, "app.Error", "401 for url: http://api.example/orders/1?x=1") == "r1"
    assert alike(failures, "app.Error", "refused: Invalid API key or access token") == "r1"
    assert alike(failures, "app.Error", "something short") is None


def test_the_client_library_that_called(failures: Failures) -> None:
    assert alike(failures, "stripe.error.CardError", "declined") == "r1"
    assert alike(failures, "paypal.Error", "declined") is None


def test_never_before_it_happened_nor_in_another_trace(failures: Failures) -> None:
    assert alike(failures, FAILED.type, FAILED.message, at=99) is None
    assert alike(failures, FAILED.type, FAILED.message, trace_id=8) is None


def test_without_a_trace_only_soon_after(failures: Failures) -> None:
    assert alike(failures, FAILED.type, FAILED.message, trace_id=0) == "r1"
    assert alike(failures, "stripe.error.CardError", "declined", trace_id=0) is None
    assert alike(failures, FAILED.type, FAILED.message, trace_id=0, at=100 + 61_000_000_000) is None


def test_the_newest_of_equal_failures(failures: Failures) -> None:
    failures.remember(Failure("r2", 150, TRACE, FAILED.type, FAILED.message))
    assert alike(failures, FAILED.type, FAILED.message, at=140) == "r1"
    assert alike(failures, FAILED.type, FAILED.message, at=160) == "r2"


def test_marks_through_causes_contexts_and_responses(failures: Failures) -> None:
    class Response:
        pass

    class LibraryError(Exception):
        pass

    response, cause = Response(), OSError("down")
    failures.remember(Failure("r3", 1), response, cause)
    assert marked(cause) == "r3"
    by_argument, by_attribute = LibraryError("x", response), LibraryError("x")
    by_attribute.http_response = response  # type: ignore[attr-defined]
    assert marked(by_argument) == marked(by_attribute) == "r3"
    assert failures.of(by_argument) == "r3"
    mark(stranger := ValueError("x"), "a stamp")
    assert failures.of(stranger) is None
    explicit, implicit, bug = LibraryError("x"), LibraryError("x"), KeyError("x")
    explicit.__cause__ = implicit.__context__ = bug.__context__ = cause
    assert marked(explicit) == marked(implicit) == "r3"
    assert marked(bug) is None  # a bug in the handler is another failure
    bug.__suppress_context__ = True
    assert marked(bug) == "r3"  # raised `from None`: meant to stand for it


def test_of_an_exception_by_its_text(failures: Failures) -> None:
    assert failures.of(ValueError("Invalid API key or access token"), trace_id=TRACE, at=200) == "r1"
    assert failures.of(ValueError("Invalid API key or access token")) is None


def test_circles_and_slots_are_survived() -> None:
    class Slotted(Exception):
        __slots__ = ()

    error = ValueError("x")
    error.__cause__ = error
    assert marked(error) is None
    mark(object(), "r")
    mark(Slotted(), "r")

    class Hostile(Exception):
        def __getattribute__(self, name: str) -> Any:
            if name == "__dict__":
                raise RuntimeError
            return super().__getattribute__(name)

    assert marked(Exception(Hostile())) is None


def test_memory_is_bounded() -> None:
    failures = Failures(kept=3)
    for number in range(10):
        failures.remember(Failure(str(number), number))
    assert failures.get("6") is None
    assert failures.get("9") is not None
